"""LaSalle–Krasovskii: limit sets of flows of polynomial problems, by exact algebra."""
