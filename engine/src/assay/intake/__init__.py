"""Bytes that were handed in become submissions."""
