"""Compares what the phones have shown of locks with the records: who was kept too long, who got out, when ends were told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.locks.books import Books, Row
from bench.locks.handset import Diary, Ended, Kept, Parted

MOMENT = 0.05
"""Seconds by which our clock and that of Redis may differ, and within which an end is one and the same."""
NEWS_SECONDS = 5.0
"""For so long the news that a chat is over may be on its way. Who is kept after that is trapped."""
LATEST = 120.0
"""Seconds after which an end is not taken for that of an earlier lock."""

LEAVING = {"stopped", "next"}
Window = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The end of a lock, as somebody was told of it."""

    until: float
    late: float
    """Seconds from the end by the records to the arrival at the phone."""

    def touches(self, windows: Iterable[Window]) -> bool:
        return any(self.until <= end and self.until + self.late >= begin for begin, end in windows)


class Verdict:
    def __init__(self, books: Books) -> None:
        self._locks: dict[int, list[Row]] = defaultdict(list)
        """Set locks of the chats of each person, their own and those of partners."""
        for lock in books.locks:
            for user in books.partners.get(lock.chat, (lock.owner,)) if lock.was_set else ():
                self._locks[user].append(lock)

    def trapped(self, diary: Diary) -> list[Kept]:
        """Who could not leave although no lock of a partner had held since `NEWS_SECONDS` before they asked."""
        return [each for each in diary.kept if not any(self._binding(each))]

    def escaped(self, diary: Diary) -> list[Row]:
        """Locks from which the partner has got out by Stop or Next, as the owner was told."""
        parted: dict[int, list[Parted]] = defaultdict(list)
        for each in diary.parted:
            parted[each.user].append(each)
        return [
            lock for owner, ends in parted.items() for lock in self._locks[owner] if lock.owner == owner and _was_left(lock, ends)
        ]

    def around(self, kept: Kept) -> list[Row]:
        """What locked that person's chats at about that time, to find out why they were kept."""
        return [lock for lock in self._locks[kept.user] if abs(lock.bound_until - kept.at) < LATEST]

    def told(self, diary: Diary) -> tuple[list[Told], list[Ended]]:
        """The ends that were told, and those told of which there is no record."""
        found, unknown = list[Told](), list[Ended]()
        for ended in diary.ended:
            until = max(self._ends(ended), default=0.0)
            if until:
                found.append(Told(until=until, late=max(0.0, ended.at - until)))
            else:
                unknown.append(ended)
        return found, unknown

    def _binding(self, kept: Kept) -> Iterator[Row]:
        for lock in self._locks[kept.user]:
            if lock.owner != kept.user and lock.since <= kept.at + MOMENT and lock.bound_until >= kept.asked - NEWS_SECONDS:
                yield lock

    def _ends(self, ended: Ended) -> Iterator[float]:
        for lock in self._locks[ended.user]:
            if (lock.owner == ended.user) is ended.mine and not lock.why and ended.at - LATEST < lock.until <= ended.at + MOMENT:
                yield lock.until


def _was_left(lock: Row, ends: Sequence[Parted]) -> bool:
    """`ends`: of the owner's chats, in order."""
    if lock.why not in LEAVING or lock.ended is None or not lock.since <= lock.ended < lock.until - MOMENT:
        return False
    told = next((each for each in ends if each.at >= lock.ended - MOMENT), None)
    return told is not None and told.deserted
