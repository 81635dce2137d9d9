"""The bare process: it has imported torch and nothing else, and forks the others."""
