"""What a crowd said and heard, and what became of it: lost, doubled, reordered, astray.

Every word bears a mark, "<speaker>:<number>", with numbers that rise. It is for whoever the speaker is in a chat with; who that
is shows by the first word that passes between the two, for a phone does not name them.

- Lost is what the partner did not hear, unless they had left. Of a lost word its speaker may have been told ("Not delivered"):
  each notice tells of one word at most, and of none that was said after it.
- Astray is what anybody else heard, or somebody who is in no chat, or what nobody said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

MARK = re.compile(r"(\d+):(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    said: int
    heard: int
    """By the partner."""
    lost: tuple[str, ...]
    told: tuple[str, ...]
    """Those of the lost whose speaker was told."""
    doubled: tuple[str, ...]
    reordered: tuple[str, ...]
    astray: tuple[str, ...]

    @property
    def silent(self) -> tuple[str, ...]:
        """Lost, and nobody was told."""
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
    """None until a word has passed."""
    left: bool = False
    """By their own will."""
    deserted: bool = False
    """The partner left."""
    over: bool = False

    @property
    def owes(self) -> bool:
        """Whether what was said in it must be heard."""
        return not self.partner.left if self.partner is not None else not (self.left or self.deserted)

    def is_with(self, other: Stay) -> bool:
        """Two who know no partner yet are each other's from now on."""
        if self.partner is None and other.partner is None and self.user != other.user:
            self.partner, other.partner = other, self
        return self.partner is other


@dataclass(slots=True)
class _Speaker:
    said: int = 0
    unheard: dict[int, Stay] = field(default_factory=dict)
    told: list[int] = field(default_factory=list)
    """For each notice, how much had been said before it."""

    def lost(self) -> list[int]:
        return [number for number, stay in self.unheard.items() if stay.owes]

    def told_of(self) -> list[int]:
        """Each notice is about the first word that no earlier one was about."""
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
        """The last of each person."""
        self._leaving: set[int] = set()
        """Who asked for an end while their phone showed no chat: of the next one, if it begins before the answer."""
        self._listeners: dict[str, int] = {}
        """Who heard the mark, of those who should."""
        self._last: dict[tuple[int, int], int] = defaultdict(int)
        """By speaker and listener: the highest number heard."""
        self._doubled: dict[str, None] = {}
        self._reordered: list[str] = []
        self._astray: list[str] = []

    def meets(self, user: int) -> None:
        """A chat begins on their phone."""
        self._stays[user] = Stay(user, left=user in self._leaving)
        self._leaving.discard(user)

    def leaves(self, user: int) -> None:
        """They ask for the end of their chat: what they have not heard yet they need not hear."""
        stay = self._stays.get(user)
        if stay is None or stay.over:
            self._leaving.add(user)
        else:
            stay.left = True

    def is_answered(self, user: int) -> None:
        """What they asked for is done, or refused."""
        self._leaving.discard(user)

    def is_leaving(self, user: int) -> bool:
        """They asked for the end of the chat that their phone shows: they say no more in it."""
        return self._stays[user].left

    def parts(self, user: int, *, deserted: bool = False) -> None:
        """Their phone shows that they are in no chat."""
        if (stay := self._stays.get(user)) is not None and not stay.over:
            stay.over, stay.deserted = True, deserted

    def says(self, speaker: int) -> str:
        """The mark of the speaker's next word; what is sent is this."""
        words = self._speakers[speaker]
        words.said += 1
        words.unheard[words.said] = self._stays[speaker]
        return f"{speaker}:{words.said}"

    def hears(self, listener: int, text: str) -> int | None:
        """Who said it; None where the text is no mark."""
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
        """That a word of theirs was not delivered."""
        words = self._speakers[speaker]
        words.told.append(words.said)

    @property
    def crossed(self) -> int:
        return len(self._listeners)

    @property
    def under_way(self) -> int:
        """Not heard, and nobody told of it."""
        return sum(len(words.lost()) - len(words.told_of()) for words in self._speakers.values())

    def verdict(self) -> Verdict:
        return Verdict(
            said=sum(words.said for words in self._speakers.values()),
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
        mark = f"{speaker}:{number}"
        del self._speakers[speaker].unheard[number]
        self._listeners[mark] = listener
        if number < self._last[speaker, listener]:
            self._reordered.append(mark)
        self._last[speaker, listener] = max(number, self._last[speaker, listener])

    def _marks(self, of: Callable[[_Speaker], list[int]]) -> tuple[str, ...]:
        return tuple(f"{speaker}:{number}" for speaker, words in self._speakers.items() for number in of(words))
