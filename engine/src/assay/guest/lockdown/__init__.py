"""All that keeps a guest inside: what a person who distrusts us must read."""
