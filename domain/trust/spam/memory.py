"""What is remembered of the texts that somebody has said to strangers: sketches, whom they were said to, and when. Never a text.

A text counts as said once more where its sketch is alike. An hour after it was last said only its contacts are remembered, for
the rest of a day: then the same contact counts, if the text had been said to several people before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.model.ids import UserId
from domain.trust.spam.sketches import alike

HOUR = 3600.0
DAY = 86_400.0
REMEMBERED = 8
"""Texts of one person."""
PARTNERS = 16
"""Partners of one text that are remembered: more than any rule asks for."""


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """One text. In several wordings, where they are alike."""

    sketch: bytes
    told: tuple[tuple[UserId, float], ...]
    """To whom, and when last, in Unix seconds; the oldest first, and at least one."""
    hooked: bool = False
    contacts: tuple[int, ...] = ()
    """Hashes of the contacts in it."""
    step: int = 0
    """Of `rules.same_text`, at the last verdict. It counts in the session only, which also knows of the check that is due."""

    @property
    def at(self) -> float:
        """When it was last said."""
        return self.told[-1][1]

    def partners(self, now: float, seconds: float) -> int:
        return sum(now - at <= seconds for _, at in self.told)


def said_again(remembered: tuple[SaidBefore, ...], new: SaidBefore) -> tuple[tuple[SaidBefore, ...], SaidBefore]:
    """What is remembered with the new text, and that text with all to whom it was said."""
    fresh = tuple(kept for each in remembered if (kept := aged(each, new.at)) is not None)
    same = next((each for each in reversed(fresh) if _is_same(each, new)), None)
    if same is None:
        return (*fresh, new)[-REMEMBERED:], new
    merged = _merged(same, new)
    return (*(each for each in fresh if each is not same), merged), merged


def aged(said: SaidBefore, now: float) -> SaidBefore | None:
    """As it is remembered by then; None where it is forgotten."""
    age = now - said.at
    if age <= HOUR:
        return said
    if not said.contacts or age > DAY or len(said.told) < 2:
        return None
    return replace(said, sketch=b"") if said.sketch else said


def step_of(remembered: tuple[SaidBefore, ...], said: SaidBefore) -> int:
    return max((each.step for each in remembered if _is_same(each, said)), default=0)


def with_step(remembered: tuple[SaidBefore, ...], said: SaidBefore, step: int) -> tuple[SaidBefore, ...]:
    return tuple(replace(each, step=step) if _is_same(each, said) else each for each in remembered)


def _is_same(known: SaidBefore, new: SaidBefore) -> bool:
    if known.sketch:
        return alike(known.sketch, new.sketch)
    return not set(known.contacts).isdisjoint(new.contacts)


def _merged(known: SaidBefore, new: SaidBefore) -> SaidBefore:
    """The wording of now, to all partners of both."""
    told = dict(known.told) | dict(new.told)
    by_time = sorted(told.items(), key=lambda each: each[1])[-PARTNERS:]
    contacts = tuple(dict.fromkeys((*new.contacts, *known.contacts)))[:REMEMBERED]
    return SaidBefore(
        sketch=new.sketch, told=tuple(by_time), hooked=known.hooked or new.hooked, contacts=contacts, step=known.step
    )
