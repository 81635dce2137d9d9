"""Put here what all checks of this course share; pytest finds everything else in the installed grader."""
