"""A Report becomes text for a terminal and JSON; knows only the model."""
