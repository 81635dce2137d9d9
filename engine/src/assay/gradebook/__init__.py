"""The class on disk: every report and every decision of a person, in one SQLite file."""
