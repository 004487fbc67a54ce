"""Exact coefficients: their field, the regions of parameters, and the signs on them."""
