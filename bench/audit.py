"""Checks what became of every message of a crowd: whether it was lost, doubled, reordered, or went astray.

Every message has a mark, "<speaker>:<number>", with rising numbers. It is for the speaker's partner in the chat. A phone does not
show who that is, so the partner is known from the first message that passes between the two.

- A message is lost if the partner did not get it, unless the partner had left. Its speaker may have been told by a notice ("Not
  delivered"). A notice is about one message at most, and about none that was sent after it.
- A message is astray if anybody but the partner got it, if the recipient was in no chat, or if nobody had sent it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

MARK = re.compile(r"(\d+(?:_\d+)*):(\d+)")
"""Speaker and number. The speaker's digits stand in groups, so that no mark looks like a phone number, which is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    said: int
    heard: int
    """Messages that reached the partner."""
    lost: tuple[str, ...]
    told: tuple[str, ...]
    """The lost messages of which the speaker was told."""
    doubled: tuple[str, ...]
    reordered: tuple[str, ...]
    astray: tuple[str, ...]

    @property
    def silent(self) -> tuple[str, ...]:
        """The lost messages of which the speaker was not told."""
        told = {*self.told}
        return tuple(mark for mark in self.lost if mark not in told)

    @property
    def wrong(self) -> set[str]:
        return {*self.silent, *self.doubled, *self.reordered, *self.astray}

    def __str__(self) -> str:
        counts = f"{self.said} said, {self.heard} heard, {len(self.told)} told of"
        wrong = ((name, getattr(self, name)) for name in ("silent", "doubled", "reordered", "astray"))
        return ", ".join([counts, *(f"{len(marks)} {name} {' '.join(marks[:5])}".rstrip() for name, marks in wrong)])


@dataclass(slots=True, eq=False)
class Stay:
    """One person's time in one chat, as their phone shows it."""

    user: int
    partner: Stay | None = None
    """None until a message has passed."""
    left: bool = False
    """The user asked for the end."""
    deserted: bool = False
    """The partner left."""
    over: bool = False

    @property
    def owes(self) -> bool:
        """Whether messages sent in it must reach the partner."""
        return not self.partner.left if self.partner is not None else not (self.left or self.deserted)

    def is_with(self, other: Stay) -> bool:
        """Whether the two are partners. If neither has a partner yet, they become partners."""
        if self.partner is None and other.partner is None and self.user != other.user:
            self.partner, other.partner = other, self
        return self.partner is other


@dataclass(slots=True)
class _Speaker:
    said: int = 0
    unheard: dict[int, Stay] = field(default_factory=dict)
    told: list[int] = field(default_factory=list)
    """For each notice, how many messages the speaker had sent before it."""

    def lost(self) -> list[int]:
        return [number for number, stay in self.unheard.items() if stay.owes]

    def told_of(self) -> list[int]:
        """The lost messages with a notice. Each notice is taken for the first lost message without one."""
        lost, told = iter(self.lost()), []
        number = next(lost, None)
        for said_before in self.told:
            if number is not None and number <= said_before:
                told.append(number)
                number = next(lost, None)
        return told


class Audit:
    def __init__(self) -> None:
        self._speakers: dict[int, _Speaker] = defaultdict(_Speaker)
        self._stays: dict[int, Stay] = {}
        """The latest stay of each person."""
        self._leaving: set[int] = set()
        """Users who asked for an end while their phone showed no chat. It may end the next chat, if that begins before the
        answer.
        """
        self._listeners: dict[str, int] = {}
        """The partner who got the message, by mark."""
        self._last: dict[tuple[int, int], int] = defaultdict(int)
        """The highest number that arrived, by (speaker, listener)."""
        self._doubled: dict[str, None] = {}
        self._reordered: list[str] = []
        self._astray: list[str] = []

    def meets(self, user: int) -> None:
        """The user's phone shows that a chat has begun."""
        self._stays[user] = Stay(user, left=user in self._leaving)
        self._leaving.discard(user)

    def leaves(self, user: int) -> None:
        """The user asks for the end of the chat. Messages that have not arrived by then need not arrive."""
        stay = self._stays.get(user)
        if stay is None or stay.over:
            self._leaving.add(user)
        else:
            stay.left = True

    def is_answered(self, user: int) -> None:
        """The user's request is done or refused."""
        self._leaving.discard(user)

    def is_leaving(self, user: int) -> bool:
        """Whether the user asked for the end of the chat on the phone. Then they send no more messages in it."""
        return self._stays[user].left

    def parts(self, user: int, *, deserted: bool = False) -> None:
        """The user's phone shows that they are in no chat."""
        if (stay := self._stays.get(user)) is not None and not stay.over:
            stay.over, stay.deserted = True, deserted

    def says(self, speaker: int) -> str:
        """The mark of the speaker's next message, which is its text."""
        record = self._speakers[speaker]
        record.said += 1
        record.unheard[record.said] = self._stays[speaker]
        return f"{speaker:_}:{record.said}"

    def hears(self, listener: int, text: str) -> int | None:
        """Record that a text arrived. Returns its speaker; None if the text is no mark."""
        mark = MARK.fullmatch(text)
        if mark is None:
            return None
        speaker, number = int(mark[1]), int(mark[2])
        if self._listeners.get(text) == listener:
            self._doubled[text] = None
        elif self._is_for(listener, speaker, number):
            self._arrives(listener, speaker, number)
        else:
            self._astray.append(text)
        return speaker

    def is_told(self, speaker: int) -> None:
        """The speaker gets a notice that a message was not delivered."""
        record = self._speakers[speaker]
        record.told.append(record.said)

    @property
    def crossed(self) -> int:
        return len(self._listeners)

    @property
    def under_way(self) -> int:
        """Number of messages that have neither arrived nor had a notice."""
        return sum(len(record.lost()) - len(record.told_of()) for record in self._speakers.values())

    def verdict(self) -> Verdict:
        return Verdict(
            said=sum(record.said for record in self._speakers.values()),
            heard=self.crossed,
            lost=self._marks(_Speaker.lost),
            told=self._marks(_Speaker.told_of),
            doubled=(*self._doubled,),
            reordered=(*self._reordered,),
            astray=(*self._astray,),
        )

    def _is_for(self, listener: int, speaker: int, number: int) -> bool:
        said_in, heard_in = self._speakers[speaker].unheard.get(number), self._stays.get(listener)
        return said_in is not None and heard_in is not None and not heard_in.over and said_in.is_with(heard_in)

    def _arrives(self, listener: int, speaker: int, number: int) -> None:
        mark = f"{speaker:_}:{number}"
        del self._speakers[speaker].unheard[number]
        self._listeners[mark] = listener
        if number < self._last[speaker, listener]:
            self._reordered.append(mark)
        self._last[speaker, listener] = max(number, self._last[speaker, listener])

    def _marks(self, of: Callable[[_Speaker], list[int]]) -> tuple[str, ...]:
        return tuple(f"{speaker:_}:{number}" for speaker, record in self._speakers.items() for number in of(record))
