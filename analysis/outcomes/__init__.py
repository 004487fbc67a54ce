"""How a proof may end: proved, refuted, unknown with a reason, or out of time."""
