"""Runs outside: starts guests and believes nothing that they say; the proxy that tests call."""
