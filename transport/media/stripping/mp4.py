"""MP4 and MOV: boxes with notes become free space of the same length, so that no offset moves.

Emptied are `udta` (the place: `©xyz`), `meta`, `uuid` and what was free before, the times of recording, and the names of
handlers, which name the device's maker. Tracks that are neither picture, sound nor text, where some cameras write their place
second by second, cannot be emptied so: such a file is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from transport.media.stripping.broken import BrokenFileError

CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"edts", b"dinf", b"mvex", b"moof", b"traf"})
EMPTIED = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip", b"wide", b"pnot", b"mfra"})
DATED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
WATCHED_OR_HEARD = frozenset({b"vide", b"soun", b"tmcd", b"text", b"sbtl", b"subt", b"clcp"})
"""Kinds of tracks."""
DATA_HANDLERS = frozenset({b"alis", b"url ", b"urn "})
"""QuickTime's handlers of data, which are no tracks."""
STILLS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})
"""Brands of pictures in such boxes, which are described in `meta`."""
FIRST = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
PACKED = b"cmov"
DEEPEST = 8
HANDLER_NAME = 24
"""Where the name begins in `hdlr`."""


def strip_mp4(data: bytes) -> bytes:
    found = bytearray(data)
    kinds = list(_empty(found, 0, len(found), 0))
    if not kinds or kinds[0] not in FIRST or b"moov" not in kinds:
        raise BrokenFileError("no film")
    return bytes(found)


def _empty(data: bytearray, place: int, end: int, depth: int) -> Iterator[bytes]:
    """Empties what is between these places. Gives the kinds of its boxes."""
    if depth > DEEPEST:
        raise BrokenFileError("too deep")
    while place < end:
        kind, begin, after = _box(data, place, end)
        yield kind
        if kind in EMPTIED:
            data[place + 4 : place + 8] = b"free"
            data[begin:after] = bytes(after - begin)
        elif kind in CONTAINERS:
            inner = list(_empty(data, begin, after, depth + 1))
            if PACKED in inner:
                raise BrokenFileError("packed")
        else:
            _change(data, kind, begin, after)
        place = after


def _box(data: bytearray, place: int, end: int) -> tuple[bytes, int, int]:
    """(kind, where its content begins, where it ends)."""
    if place + 8 > end:
        if any(data[place:end]):
            raise BrokenFileError("cut off")
        return b"", end, end  # QuickTime ends lists by zeros
    size, kind = struct.unpack_from(">I4s", data, place)
    begin = place + 8
    if size == 1:
        if place + 16 > end:
            raise BrokenFileError("cut off")
        (size,) = struct.unpack_from(">Q", data, begin)
        begin += 8
    elif size == 0:
        size = end - place
    if size < begin - place or place + size > end:
        raise BrokenFileError("cut off")
    return kind, begin, place + size


def _change(data: bytearray, kind: bytes, begin: int, after: int) -> None:
    if kind == b"ftyp" and not STILLS.isdisjoint(bytes(data[at : at + 4]) for at in range(begin, after, 4)):
        raise BrokenFileError("a still picture")
    if kind in DATED:
        dates = 16 if data[begin : begin + 1] == b"\1" else 8
        if begin + 4 + dates > after:
            raise BrokenFileError("cut off")
        data[begin + 4 : begin + 4 + dates] = bytes(dates)
    if kind == b"hdlr":
        handler = bytes(data[begin + 8 : begin + 12])
        if after - begin < HANDLER_NAME or handler not in WATCHED_OR_HEARD | DATA_HANDLERS:
            raise BrokenFileError(f"a track of kind {handler!r}")
        data[begin + HANDLER_NAME : after] = bytes(after - begin - HANDLER_NAME)
