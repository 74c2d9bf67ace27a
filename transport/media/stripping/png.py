"""PNG with nothing but the chunks that a picture is drawn from. The orientation is kept."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from transport.media.stripping.broken import BrokenFileError
from transport.media.stripping.orientation import only_orientation

SIGNATURE = b"\x89PNG\r\n\x1a\n"
DRAWN = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV mDCv cLLI cLLi sBIT bKGD pHYs acTL fcTL fdAT".split())
"""All others are left out: texts, times, notes of cameras, and what programs put there for themselves."""
NOTES = b"eXIf"


def strip_png(data: bytes) -> bytes:
    kept = [SIGNATURE]
    for kind, chunk in _chunks(data):
        content = only_orientation(chunk) if kind == NOTES else chunk
        if kind in DRAWN or (kind == NOTES and content):
            kept += (struct.pack(">I", len(content)), kind, content, struct.pack(">I", zlib.crc32(kind + content)))
    return b"".join(kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Up to the last one that belongs to the picture."""
    if not data.startswith(SIGNATURE):
        raise BrokenFileError("no PNG")
    place, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        head = data[place : place + 8]
        if len(head) < 8:
            raise BrokenFileError("cut off")
        length, before = int.from_bytes(head[:4], "big"), kind
        kind, content = head[4:], data[place + 8 : place + 8 + length]
        check = data[place + 8 + length : place + 12 + length]
        if not before and kind != b"IHDR":
            raise BrokenFileError("it does not begin with its header")
        if check != struct.pack(">I", zlib.crc32(kind + content)):
            raise BrokenFileError("a chunk is broken")
        yield kind, content
        place += 12 + length
