"""A Bloom filter: a set of numbers that may claim to contain a number it does not, but never the reverse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

BITS = 1 << 26
"""8 MB: with a million numbers, one new number in a thousand is taken for a known one."""
SHIFTS = (0, 26)


class BloomFilter:
    """The numbers must be random: their own bits serve as hashes."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._bits = bytearray(BITS // 8)
        for number in numbers:
            self.add(number)

    def add(self, number: int) -> None:
        for place in _places(number):
            self._bits[place >> 3] |= 1 << (place & 7)

    def may_contain(self, number: int) -> bool:
        return all(self._bits[place >> 3] >> (place & 7) & 1 for place in _places(number))


def _places(number: int) -> Iterator[int]:
    return (number >> shift & BITS - 1 for shift in SHIFTS)
