"""Written answers for a person to score: a page on this machine alone, and a CSV file."""
