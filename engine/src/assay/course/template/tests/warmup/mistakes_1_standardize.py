"""Standardize: known mistakes"""

from assay.checks import mistake


@mistake("standardize", hint="this divides by the variance: take its square root, the standard deviation")
def by_the_variance(x):
    return (x - x.mean()) / x.var(unbiased=False)


@mistake("standardize", hint="the numbers are not shifted: subtract their mean first")
def not_shifted(x):
    return x / x.std(unbiased=False)
