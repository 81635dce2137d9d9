"""The judge's answer to `assay doctor`: which promises of the sandbox this machine keeps.

The command asks here, because only the judge may import the host.
"""

from assay.host.examination import examine

__all__ = ["examine"]
