"""Results become the documents of other programs: one function a format."""
