"""What is right, on disk."""
