"""The course's folder on disk: model answers, checks, settings, and the limits of a submission."""
