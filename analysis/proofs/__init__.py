"""Exact Lyapunov proofs: the search for them, squares, certificates and their files."""
