"""WebP with nothing but the chunks that a picture is drawn from."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from transport.media.stripping.broken import BrokenFileError

DRAWN = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
"""All others are left out: EXIF, XMP, and what nobody knows."""
FRAME, FRAME_HEAD = b"ANMF", 16
"""A frame of an animation has chunks of its own behind its head."""
EXTENDED, NOTED = b"VP8X", 0x08 | 0x04
"""Where it is said that there are EXIF and XMP."""


def strip_webp(data: bytes) -> bytes:
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise BrokenFileError("no WebP")
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise BrokenFileError("cut off")
    chunks = _kept(data[12:end])
    if not chunks.startswith((b"VP8X", b"VP8 ", b"VP8L")):
        raise BrokenFileError("no picture")
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def _kept(data: bytes, *, within: bool = False) -> bytes:
    """`within`: of a frame, in which there is no other."""
    kept: list[bytes] = []
    for kind, chunk in _chunks(data):
        if within and kind == FRAME:
            raise BrokenFileError("a frame within a frame")
        if kind in DRAWN:
            content = _content(kind, chunk)
            kept += (kind, struct.pack("<I", len(content)), content, b"\0" * (len(content) % 2))
    return b"".join(kept)


def _content(kind: bytes, chunk: bytes) -> bytes:
    if kind == EXTENDED and chunk:
        return bytes((chunk[0] & ~NOTED,)) + chunk[1:]
    return chunk[:FRAME_HEAD] + _kept(chunk[FRAME_HEAD:], within=True) if kind == FRAME else chunk


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place < len(data):
        head = data[place : place + 8]
        length = int.from_bytes(head[4:], "little")
        if len(head) < 8 or place + 8 + length > len(data):
            raise BrokenFileError("cut off")
        yield head[:4], data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
