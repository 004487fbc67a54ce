"""Regions of parameters on which a claim is proved."""
