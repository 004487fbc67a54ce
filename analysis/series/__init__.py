"""Series: rooted trees, B-series, and the modified equations of methods."""
