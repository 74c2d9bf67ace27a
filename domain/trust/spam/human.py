"""The human check: six buttons with emoji, and a word that says which to press.

The data of a button is a keyed hash of the person, the round and the button. Whoever does not know the key can only press what
is shown: any other data counts as a wrong button, and the answer is the same. Two wrong ones, in one round or several, make one
wait: 10 minutes, and twice as long each next time, up to a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import blake2b

from domain.model.ids import UserId

THINGS = {
    "cat": "🐱", "dog": "🐶", "fish": "🐟", "bird": "🐦", "horse": "🐴", "pig": "🐷", "frog": "🐸", "bee": "🐝",
    "tree": "🌳", "apple": "🍎", "lemon": "🍋", "bread": "🍞", "egg": "🥚", "cake": "🎂", "house": "🏠", "car": "🚗",
    "train": "🚂", "ship": "🚢", "key": "🔑", "book": "📕", "clock": "⏰", "umbrella": "☂️", "ball": "⚽", "moon": "🌙",
}  # fmt: skip
"""What a check may ask for → its emoji. Words that a child knows, and of which no two look alike."""
BUTTONS = 6
SECONDS = 60.0
TRIES = 2
FIRST_WAIT = 600.0
LONGEST_WAIT = 86_400.0
POINTS = 2
"""So many signs of a program ask for a check."""
PASSED_FOR = 86_400.0
"""Seconds for which a passed check is remembered. Whoever has had a chat by then is not asked again."""


@dataclass(frozen=True, slots=True)
class Record:
    """Where somebody stands with their checks."""

    round: int = 0
    """0: none is open."""
    until: float = 0.0
    """When the open one ends, in Unix seconds."""
    failed: int = 0
    """Wrong buttons since the last wait."""
    waits_until: float = 0.0
    wait: float = 0.0
    """Seconds of the last wait."""
    passed_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A check as it is shown."""

    thing: str
    buttons: tuple[tuple[str, str], ...]
    """(emoji, data)."""


class Outcome(Enum):
    PASSED = "passed"
    WRONG = "wrong"
    WAIT = "wait"
    OVER = "over"
    """No check is open: it took too long, or was done before."""


def shown(key: bytes, user: UserId, number: int) -> Shown:
    """The same for the same person and round."""
    things = sorted(THINGS, key=lambda thing: _hash(key, user, number, f"order {thing}"))[:BUTTONS]
    right = min(things, key=lambda thing: _hash(key, user, number, f"right {thing}"))
    return Shown(right, tuple((THINGS[thing], _hash(key, user, number, thing)) for thing in things))


def is_right(key: bytes, user: UserId, number: int, data: str) -> bool:
    return data == _hash(key, user, number, shown(key, user, number).thing)


def opened(record: Record, number: int, now: float) -> Record:
    """A new round. What was wrong before still counts."""
    return replace(record, round=number, until=now + SECONDS)


def pressed(record: Record, now: float, *, right: bool) -> tuple[Record, Outcome]:
    if now < record.waits_until:
        return record, Outcome.WAIT
    if not record.round or now >= record.until:
        return record, Outcome.OVER
    if right:
        return Record(passed_at=now), Outcome.PASSED
    failed = record.failed + 1
    if failed < TRIES:
        return replace(record, failed=failed), Outcome.WRONG
    wait = min(2 * record.wait or FIRST_WAIT, LONGEST_WAIT)
    return replace(record, round=0, failed=0, wait=wait, waits_until=now + wait), Outcome.WAIT


def has_passed(record: Record, since: float) -> bool:
    """After that time; 0: ever."""
    return record.passed_at > since


def is_fresh(user: UserId, known: Sequence[int]) -> bool:
    """Whether the account is most likely younger than 30 days: its id is above nearly all ids that were first seen before.
    `known`: those ids, the newest thousand or more. With fewer nothing can be said.
    """
    if len(known) < KNOWN_IDS:
        return False
    return user > sorted(known)[int(0.99 * len(known))]


KNOWN_IDS = 1000


def _hash(key: bytes, user: UserId, number: int, what: str) -> str:
    return blake2b(f"{user} {number} {what}".encode(), key=key, digest_size=12).hexdigest()
