"""The lock-down of a guest's process: all that a person who distrusts us must read."""
