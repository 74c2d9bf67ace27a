"""Finds type, width and height of an image from its first bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable

Size = tuple[int, int]
HEAD = 256 * 1024
"""So many first bytes are enough. The size of a JPEG may come after a long preview."""
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
GREY_BLOCK = bytes.fromhex("28a28a00")
"""A grey square of 16 pixels, coded with the tables that clients use for stripped thumbnails."""
STRIP_SIDE = 40


def image_type(head: bytes) -> str:
    """The MIME type of an image; empty if it is unknown or no image."""
    return next((mime for magic, mime, _ in FORMATS if head.startswith(magic) and _is_whole(head, mime)), "")


def dimensions(head: bytes) -> Size | None:
    """(width, height) in pixels; None if the bytes do not contain it."""
    mime = image_type(head)
    for _, name, measure in FORMATS:
        if name == mime:
            try:
                size = measure(head)
            except (struct.error, IndexError):
                return None
            return size if size is not None and min(size) > 0 else None
    return None


def stripped(size: Size) -> bytes:
    """A stripped thumbnail of a few bytes, as photos have one: grey, with the proportions of the photo."""
    width, height = shrink(size, STRIP_SIDE)
    blocks = -(-width // 16) * -(-height // 16)
    return b"\x01" + bytes((height, width)) + GREY_BLOCK * blocks


def shrink(size: Size, side: int) -> Size:
    """The size scaled down to fit into a square; a smaller size stays."""
    longest = max(*size, 1)
    if longest <= side:
        return size
    return max(1, size[0] * side // longest), max(1, size[1] * side // longest)


def _is_whole(head: bytes, mime: str) -> bool:
    return mime != "image/webp" or head[8:12] == b"WEBP"


def _png(head: bytes) -> Size:
    width, height = struct.unpack_from(">II", head, 16)
    return width, height


def _gif(head: bytes) -> Size:
    width, height = struct.unpack_from("<HH", head, 6)
    return width, height


def _webp(head: bytes) -> Size | None:
    match head[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", head, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", head, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    return None


def _jpeg(head: bytes) -> Size | None:
    """Reads segment by segment until the start of a frame, which contains the size."""
    position = 2
    while position + 9 <= len(head) and head[position] == 0xFF:
        if head[position + 1] in START_OF_FRAME:
            height, width = struct.unpack_from(">HH", head, position + 5)
            return width, height
        (length,) = struct.unpack_from(">H", head, position + 2)
        position += 2 + length
    return None


FORMATS: tuple[tuple[bytes, str, Callable[[bytes], Size | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", _png),
    (b"\xff\xd8\xff", "image/jpeg", _jpeg),
    (b"GIF8", "image/gif", _gif),
    (b"RIFF", "image/webp", _webp),
)
