"""Which side of a picture is up. It stands among the camera's notes (EXIF) and has to stay when they go."""

from __future__ import annotations

import struct

TAG, SHORT = 0x0112, 3
UPRIGHT = 1
ENTRY = 12
"""Bytes of an entry of the directory."""
ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


def orientation_of(tiff: bytes) -> int:
    """1 to 8 by the TIFF structure of the notes; 1 where they do not say."""
    order = ORDERS.get(tiff[:4])
    if order is None or len(tiff) < 10:
        return UPRIGHT
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    if start + 2 > len(tiff):
        return UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for place in range(start + 2, min(start + 2 + count * ENTRY, len(tiff) - ENTRY + 1), ENTRY):
        tag, kind, values, value = struct.unpack_from(f"{order}HHIH", tiff, place)
        if (tag, kind, values) == (TAG, SHORT, 1) and UPRIGHT <= value <= 8:
            return int(value)
    return UPRIGHT


def only_orientation(tiff: bytes) -> bytes:
    """Notes that say nothing but this; empty where the picture stands upright."""
    found = orientation_of(tiff)
    if found == UPRIGHT:
        return b""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, TAG, SHORT, 1, found, 0, 0)
