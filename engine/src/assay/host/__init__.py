"""Runs outside: starts guests and believes nothing that they say; the stand-in that tests call."""
