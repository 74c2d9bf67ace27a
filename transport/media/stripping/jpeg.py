"""JPEG without its notes: all APP segments but JFIF, ICC profile and Adobe's, all comments, and what follows the picture.

The orientation is kept, as notes that say nothing else. Thumbnails go too: they may show what was cut away.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from transport.media.stripping.broken import BrokenFileError
from transport.media.stripping.orientation import only_orientation

BEGIN, END, SCAN = 0xD8, 0xD9, 0xDA
APPS, COMMENT = range(0xE0, 0xF0), 0xFE
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a segment."""
EXIF = b"Exif\0\0"


def strip_jpeg(data: bytes) -> bytes:
    kept = [b"\xff\xd8"]
    scanned = False
    for marker, segment, scan in _segments(data):
        scanned = scanned or marker == SCAN
        content = _app(marker, segment) if marker in APPS else segment
        if content and marker != COMMENT:
            kept += (bytes((0xFF, marker)), struct.pack(">H", len(content) + 2), content, scan)
    if not scanned:
        raise BrokenFileError("no picture")
    return b"".join((*kept, b"\xff\xd9"))


def _app(marker: int, segment: bytes) -> bytes:
    """What is kept of it."""
    if marker == 0xE0 and segment.startswith(b"JFIF\0") and len(segment) >= 14:
        return segment[:12] + b"\0\0"
    if marker == 0xE1 and segment.startswith(EXIF) and (notes := only_orientation(segment[len(EXIF) :])):
        return EXIF + notes
    if marker == 0xE2 and segment.startswith(b"ICC_PROFILE\0"):
        return segment
    if marker == 0xEE and segment.startswith(b"Adobe"):
        return segment[:12]
    return b""


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """(marker, content, the picture's data behind it) up to the end of the picture."""
    if not data.startswith(b"\xff\xd8"):
        raise BrokenFileError("no JPEG")
    place = 2
    while True:
        marker, place = _marker(data, place)
        if marker == END:
            return
        if marker in ALONE:
            continue
        if marker == BEGIN or place + 2 > len(data):
            raise BrokenFileError("a segment is cut off")
        (length,) = struct.unpack_from(">H", data, place)
        end = place + length
        if length < 2 or end > len(data):
            raise BrokenFileError("a segment is cut off")
        after = _end_of_scan(data, end) if marker == SCAN else end
        yield marker, data[place + 2 : end], data[end:after]
        place = after


def _marker(data: bytes, place: int) -> tuple[int, int]:
    """The marker there, and the place behind it. Any number of 0xFF may stand before it."""
    if data[place : place + 1] != b"\xff":
        raise BrokenFileError("no marker")
    while data[place : place + 1] == b"\xff":
        place += 1
    if place >= len(data) or data[place] == 0:
        raise BrokenFileError("no marker")
    return data[place], place + 1


def _end_of_scan(data: bytes, place: int) -> int:
    """Where the next segment begins. 0xFF is data where 0 or a restart marker follows."""
    while (place := data.find(b"\xff", place)) >= 0 and place + 1 < len(data):
        if data[place + 1] != 0 and data[place + 1] not in ALONE:
            return place
        place += 2
    raise BrokenFileError("the picture is cut off")
