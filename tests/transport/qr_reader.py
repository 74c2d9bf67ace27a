"""Reads a QR code from a clean picture: versions 1 to 6 at level M, bytes only. By ISO/IEC 18004, not by the drawing code."""

from __future__ import annotations

import struct
import zlib

BLOCKS_M = {1: [16], 2: [28], 3: [44], 4: [32, 32], 5: [43, 43], 6: [27, 27, 27, 27]}
"""Version → codewords of data in each block."""
MASKS = (
    lambda r, c: (r + c) % 2,
    lambda r, c: r % 2,
    lambda r, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)
LEVEL_M = 0b00


def read(png: bytes, *, scale: int, border: int) -> str:
    modules = _modules(png, scale, border)
    size = len(modules)
    version = (size - 17) // 4
    form = [modules[8][c] for c in (0, 1, 2, 3, 4, 5, 7, 8)]
    value = int("".join(map(str, form)), 2) ^ 0b10101000
    level, mask = value >> 6, value >> 3 & 7
    assert level == LEVEL_M
    bits = [modules[r][c] ^ (MASKS[mask](r, c) == 0) for r, c in _path(size, version)]
    words = [int("".join(map(str, map(int, bits[at : at + 8]))), 2) for at in range(0, len(bits) - 7, 8)]
    data = _deinterleaved(words, BLOCKS_M[version])
    stream = "".join(f"{word:08b}" for word in data)
    assert stream[:4] == "0100", "bytes"
    length = int(stream[4:12], 2)
    return bytes(int(stream[12 + 8 * at : 20 + 8 * at], 2) for at in range(length)).decode()


def _modules(png: bytes, scale: int, border: int) -> list[list[int]]:
    """1 is dark. The middle of each module counts."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, parts, depth, width = 8, b"", 0, 0
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (width, depth, colour) == (height, 1, 0), "one bit of grey"
        parts += body if kind == b"IDAT" else b""
        at += 12 + length
    line = 1 + -(-width // 8)
    raw, above, lines = zlib.decompress(parts), bytes(line - 1), []
    for start in range(0, len(raw), line):
        kind, row = raw[start], raw[start + 1 : start + line]
        assert kind in {0, 2}, "no filter, or the line above"
        above = row if kind == 0 else bytes((a + b) & 255 for a, b in zip(row, above, strict=True))
        lines.append(above)
    size = width // scale - 2 * border
    middles = [(border + number) * scale + scale // 2 for number in range(size)]
    return [[1 - (lines[y][x // 8] >> 7 - x % 8 & 1) for x in middles] for y in middles]


def _path(size: int, version: int) -> list[tuple[int, int]]:
    """Where the codewords are, in order: columns of two from the right, up and down."""
    path, up = [], True
    for right in (column for column in range(size - 1, 0, -2)):
        pair = right - 1 if right <= 6 else right
        rows = range(size - 1, -1, -1) if up else range(size)
        path += [(r, c) for r in rows for c in (pair, pair - 1) if not _is_pattern(r, c, size, version)]
        up = not up
    return path


def _is_pattern(r: int, c: int, size: int, version: int) -> bool:
    if r == 6 or c == 6 or (r < 9 and (c < 9 or c >= size - 8)) or (r >= size - 8 and c < 9):
        return True
    centre = size - 7
    return version > 1 and abs(r - centre) <= 2 and abs(c - centre) <= 2


def _deinterleaved(words: list[int], blocks: list[int]) -> list[int]:
    """All blocks of these versions are of one length, so the data comes first, in turns."""
    count = len(blocks)
    return [words[at * count + block] for block in range(count) for at in range(blocks[block])]
