"""Classes of operators, each a few quadratic inequalities between two of its points."""
