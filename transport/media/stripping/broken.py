"""What is raised for a file that is not understood: it is refused, never passed on half cleaned."""

from __future__ import annotations


class BrokenFileError(ValueError):
    """The bytes are not a whole file of the kind, or have parts that cannot be cleaned."""
