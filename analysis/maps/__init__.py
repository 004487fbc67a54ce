"""Maps of verdicts over two parameters of a method."""
