"""One pytest session that decides, and never imports a submission."""
