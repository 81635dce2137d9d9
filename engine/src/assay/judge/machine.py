"""The judge's answer to `assay doctor`: which promises of the sandbox this machine keeps."""

from assay.host.examination import examine

__all__ = ["examine"]
