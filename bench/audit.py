"""What a crowd of phones said and heard, and what became of it: lost, doubled, reordered, in limbo.

Every message bears a mark, "<speaker>:<number>", with numbers that rise. Lost is what nobody heard and nobody was told of
("Not delivered", "We have trouble right now"): for each thing a speaker was told, one message of theirs is excused.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.pool import Look, Paired, Waiting
from domain.ports import Chats, Pool
from domain.values import UserId

MARK = re.compile(r"(\d+):(\d+)")
WAITING = "waiting"
FREE = "free"
Place = int | str
"""The partner's id, `WAITING` or `FREE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    said: int
    heard: int
    told: int
    """Of how many a speaker was told that they were not delivered."""
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    reordered: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.reordered)

    def __str__(self) -> str:
        counts = f"{self.said} said, {self.heard} heard, {self.told} told of"
        wrong = ((name, getattr(self, name)) for name in ("lost", "doubled", "reordered"))
        return ", ".join([counts, *(f"{len(marks)} {name} {' '.join(marks[:5])}".rstrip() for name, marks in wrong)])


class Audit:
    def __init__(self) -> None:
        self._said: Counter[int] = Counter()
        self._heard: Counter[str] = Counter()
        self._told: Counter[int] = Counter()
        self._last: dict[tuple[int, int], int] = defaultdict(int)
        """By speaker and listener: the highest number heard."""
        self._reordered: list[str] = []

    def says(self, speaker: int) -> str:
        """The mark of the speaker's next message; what is sent is this."""
        self._said[speaker] += 1
        return f"{speaker}:{self._said[speaker]}"

    def hears(self, listener: int, text: str) -> int | None:
        """Who said it; None where the text is no mark."""
        mark = MARK.fullmatch(text)
        if mark is None:
            return None
        speaker, number = int(mark[1]), int(mark[2])
        self._heard[text] += 1
        if self._heard[text] == 1 and number < self._last[speaker, listener]:
            self._reordered.append(text)
        self._last[speaker, listener] = max(number, self._last[speaker, listener])
        return speaker

    def is_told(self, speaker: int) -> None:
        """That a message of theirs was not delivered."""
        self._told[speaker] += 1

    @property
    def crossed(self) -> int:
        return len(self._heard)

    @property
    def under_way(self) -> int:
        """Not heard, and nobody told of it."""
        return len(self._missing())

    def verdict(self) -> Verdict:
        return Verdict(
            said=self._said.total(),
            heard=len(self._heard),
            told=self._told.total(),
            lost=tuple(self._missing()),
            doubled=tuple(mark for mark, times in self._heard.items() if times > 1),
            reordered=tuple(self._reordered),
        )

    def _missing(self) -> list[str]:
        missing = []
        for speaker, said in self._said.items():
            unheard = [mark for number in range(1, said + 1) if (mark := f"{speaker}:{number}") not in self._heard]
            missing += unheard[self._told[speaker] :]
        return missing


async def places_in_pool(pool: Pool, users: Sequence[UserId]) -> dict[int, Place]:
    places: dict[int, Place] = {}
    for user, answer in zip(users, await pool.decide([Look(user=user) for user in users]), strict=True):
        match answer:
            case Paired(chat=chat):
                places[user] = chat.partner_of(user).user
            case Waiting():
                places[user] = WAITING
            case _:
                places[user] = FREE
    return places


async def places_in_records(chats: Chats, users: Iterable[UserId]) -> dict[int, Place]:
    """The records know who chats with whom; who searches is only a note there."""
    places: dict[int, Place] = dict.fromkeys(users, FREE)
    for chat in await chats.live():
        for one, other in ((chat.first.user, chat.second.user), (chat.second.user, chat.first.user)):
            if one in places:
                places[one] = other
    return places


def in_limbo(phones: Mapping[int, Place], pool: Mapping[int, Place], records: Mapping[int, Place]) -> dict[int, str]:
    """Those of whom phone, pool and records do not say the same, and what each says."""
    limbo = {}
    for user, shown in phones.items():
        recorded = FREE if shown == WAITING else shown
        if pool[user] != shown or records[user] != recorded:
            limbo[user] = f"phone {shown}, pool {pool[user]}, records {records[user]}"
    return limbo
