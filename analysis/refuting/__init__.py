"""Witnesses against claims: rotations, trajectories and short configurations, exactly."""
