"""A course on disk: what is right, and how much a submission may take."""
