"""Pages: a report as HTML for its student, and a class for its teacher."""
