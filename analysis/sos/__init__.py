"""Polynomials that are nowhere negative: exact sums of squares, cells, counterexamples."""
