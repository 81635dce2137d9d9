"""Archives as learning platforms export them, read as trees of nodes; nothing is extracted to the disk.

The sizes in an archive's headers are not believed: only the bytes that come out are counted. A member that cannot be
read is refused alone, and the members before a damaged place count.
"""
