"""Multipliers of a proof: by linear equations, and proposed by semidefinite programmes."""
