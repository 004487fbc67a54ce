"""Search for Lyapunov functions: semidefinite programming proposes, exact arithmetic disposes."""
