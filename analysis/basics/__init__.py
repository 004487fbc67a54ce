"""What all proofs share: ranges of parameters, how a proof may end, and limits of time."""
