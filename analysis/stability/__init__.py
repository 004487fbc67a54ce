"""Exact linear stability of methods: regions, thresholds, growth, proofs of divergence."""
