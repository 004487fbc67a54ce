"""Proofs for one given problem with polynomial L: decrease, convexity, convergence."""
