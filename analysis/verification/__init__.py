"""The standalone verifier of certificates, from the standard library alone."""
