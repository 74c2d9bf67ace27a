"""A memory of numbers that may forget the difference between two, but never a number: a Bloom filter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

BITS = 1 << 26
"""8 MB: with a million numbers, one new number in a thousand is taken for an old one."""
SHIFTS = (0, 26)


class Seen:
    """For numbers that are random in themselves."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._bits = bytearray(BITS // 8)
        for number in numbers:
            self.add(number)

    def add(self, number: int) -> None:
        for place in _places(number):
            self._bits[place >> 3] |= 1 << (place & 7)

    def may_hold(self, number: int) -> bool:
        """False: it was never added."""
        return all(self._bits[place >> 3] >> (place & 7) & 1 for place in _places(number))


def _places(number: int) -> Iterator[int]:
    return (number >> shift & BITS - 1 for shift in SHIFTS)
