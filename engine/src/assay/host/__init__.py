"""The judge's side of the wall: it starts guests, asks them for a check, and trusts none of their answers."""
