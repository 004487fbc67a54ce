"""From a flow's Lyapunov function to its discretisation: change, remainder, largest steps."""
