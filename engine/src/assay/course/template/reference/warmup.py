"""Warm-up"""

# 1. Standardize


def standardize(x):
    """x, a 1-D tensor of two or more different numbers, shifted to mean 0 and scaled to standard deviation 1."""
    return (x - x.mean()) / x.std(unbiased=False)
