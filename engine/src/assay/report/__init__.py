"""A Report becomes text for a terminal and JSON."""
