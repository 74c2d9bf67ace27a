"""Sketches: a text's likeness in 64 bytes, from which the text cannot be read. Two sketches tell how alike two texts are.

A sketch has the smallest hashes of the text's shingles, which are all groups of three letters. Of 64 bits of each hash the upper
32 are kept: their order is the same.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from struct import Struct

SHINGLE = 3
"""Letters."""
HASHES = 16
ALIKE = 0.5
"""Two texts are the same advert from this share of common shingles on (estimated)."""
SHORTEST = 20
"""Letters of a text's form. Shorter ones are not compared: too many people say the same."""

_FULL = Struct(f"<{HASHES}I")


def sketch(form: str) -> bytes:
    """Of a text in normal form with at least `SHINGLE` letters."""
    shingles = {form[at : at + SHINGLE] for at in range(len(form) - SHINGLE + 1)}
    smallest = sorted(map(_hash, shingles))[:HASHES]
    return b"".join((each >> 32).to_bytes(4, "little") for each in smallest)


def alike(one: bytes, other: bytes) -> bool:
    return similarity(one, other) >= ALIKE


def similarity(one: bytes, other: bytes) -> float:
    """The share of shingles that both texts have, as estimated by the smallest hashes of both together."""
    if not one or not other:
        return 0.0
    first, second = set(_numbers(one)), set(_numbers(other))
    common = first & second
    if 2 * len(common) < len(first):  # far below `ALIKE`
        return 0.0
    together = sorted(first | second)[:HASHES]
    return len(common.intersection(together)) / len(together)


def _numbers(packed: bytes) -> tuple[int, ...]:
    return _FULL.unpack(packed) if len(packed) == _FULL.size else Struct(f"<{len(packed) // 4}I").unpack(packed)


@lru_cache(maxsize=8192)
def _hash(shingle: str) -> int:
    """64 bits, the same in every process."""
    return int.from_bytes(blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
