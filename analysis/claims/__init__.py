"""What is claimed: a form, along a flow or a method, for a class of operators."""
