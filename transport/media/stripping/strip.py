"""By the first bytes of a file: which kind it is, and how it is cleaned."""

from __future__ import annotations

from transport.media.stripping.broken import BrokenFileError
from transport.media.stripping.jpeg import strip_jpeg
from transport.media.stripping.mp4 import strip_mp4
from transport.media.stripping.png import SIGNATURE, strip_png
from transport.media.stripping.webp import strip_webp


def strip(data: bytes) -> bytes:
    """The same picture or film without the notes. Raises `BrokenFileError` for any other kind, and for what is broken."""
    if data.startswith(b"\xff\xd8"):
        return strip_jpeg(data)
    if data.startswith(SIGNATURE):
        return strip_png(data)
    if data.startswith(b"RIFF"):
        return strip_webp(data)
    if len(data) >= 8:
        return strip_mp4(data)
    raise BrokenFileError("unknown")
