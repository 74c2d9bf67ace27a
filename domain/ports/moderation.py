"""Records of moderation: reports, levels, holds, the review list. `storage/sql/trust/` implements them on PostgreSQL and SQLite.
Each method is one transaction, and raises `domain.errors.Unavailable`.

Whoever changes a ban or a hold writes the records only. ModerationActor brings pool and sessions in line with them within a
second, in whichever process (`Moderation.changes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.separation import Separation
from domain.trust.findings import Finding
from domain.trust.reports import Reason, Report, Said


class Verdict(StrEnum):
    """What a person decided on a report."""

    OPEN = "open"
    """Nobody has decided yet."""
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A report as recorded."""

    number: int
    reporter: Address
    reported: Address
    chat: ChatId
    reason: Reason
    at: float
    """Unix seconds."""
    weight: float
    """As it was weighed when it was made."""
    counts: float
    """What is left of the weight: halved by each step, 0 once rejected. It fades with time besides."""
    verdict: Verdict = Verdict.OPEN
    decided_by: str = ""
    decided_at: float | None = None
    evidence_until: float | None = None
    """When the evidence is deleted, in Unix seconds; None where there is none any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome of a decision on a report or an item of the review list."""

    by: str
    """Who has decided. Where that is somebody else, or it was decided otherwise before, nothing was changed now."""
    at: float
    verdict: Verdict
    now: bool
    """Whether this call decided it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """Something that a person has to look at."""

    number: int
    who: Address
    rule: str
    """The rule that found it: one of spam's, or UNDER_AGE, MINORS, LADDER."""
    detail: str
    report: int | None
    """The report that led to it."""
    first: bool
    """Whether it goes before the others."""
    times: int
    """How often the rule found the person while the item was open."""
    at: float
    """When it was opened, in Unix seconds."""
    closed_by: str = ""
    closed_at: float | None = None


UNDER_AGE = "under-age"
MINORS = "reports-by-minors"
LADDER = "seven-days"
"""Rules of our own that put somebody on the review list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that moderation knows of one person."""

    user: UserId
    score: float
    level: int
    """0 to 4: how many steps were taken, less those forgiven."""
    banned_until: float = 0.0
    """Unix seconds; infinity for ever."""
    ban_reason: str = ""
    ban_by: str = ""
    held_since: float | None = None
    held_for: str = ""
    """The rule that holds the person."""
    upheld: int = 0
    rejected: int = 0
    """Of the person's own reports."""
    reports: int = 0
    """Of the person, in the days that count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Somebody's ban or hold is another one now, or an operator has ended their chat, and the pool is yet to be told."""

    user: UserId
    version: int
    banned_until: float
    """0 where there is no ban."""
    held: bool
    ended: ChatId | None = None
    """A chat that an operator has ended."""
    separations: tuple[Separation, ...] = ()
    """Of somebody who has come back after a deletion: who blocked or reported them meanwhile. The pool knows these by the number
    that stood in their place.
    """


class Moderation(Protocol):
    """What sessions and rules tell, and what follows of it."""

    async def file(self, report: Report) -> int:
        """Book the report and take the step that it leads to. Its number; the same reporter, reported person and chat again: that
        of the first.
        """
        ...

    async def note(self, who: Address, finding: Finding) -> None: ...

    async def changes(self, limit: int = 100) -> Sequence[Change]:
        """What the pool is yet to be told."""
        ...

    async def settled(self, change: Change) -> bool:
        """The pool was told of it. False where there was another change meanwhile, of which it has to be told too."""
        ...

    async def renew(self) -> int:
        """Begin anew, once each, the bans of 7 days that nobody has reviewed in time; how many."""
        ...

    async def purge(self) -> int:
        """Delete what is past its time (retention); how many rows."""
        ...


class Review(Protocol):
    """What a person looks at and decides. `by`: who. Each decision is in the audit."""

    async def reports(self, *, user: UserId | None = None, before: int | None = None, limit: int = 50) -> Sequence[Booked]:
        """The newest first. `user`: reports of that person. `before`: with a lower number."""
        ...

    async def report(self, number: int) -> Booked | None: ...

    async def evidence(self, number: int) -> Sequence[Said] | None:
        """None where there is none any more. Raises `domain.errors.SettingsError` where it was sealed with a key that is gone."""
        ...

    async def uphold(self, number: int, by: str, *, ban_until: float | None = None) -> Decision | None:
        """The report was right. `ban_until`: ban the person until then, infinity for ever; None leaves the ban as it is. None for
        an unknown report.
        """
        ...

    async def reject(self, number: int, by: str, *, lift: bool = False) -> Decision | None:
        """The report was wrong: it counts no more, and a hold that it led to ends. `lift`: end the ban too."""
        ...

    async def items(self, *, closed: bool = False, limit: int = 100) -> Sequence[ReviewItem]:
        """The review list: what goes first, then the oldest."""
        ...

    async def item(self, number: int) -> ReviewItem | None: ...

    async def close(self, number: int, by: str) -> ReviewItem | None:
        """Take an item off the list. The item, closed by whoever was first; None for an unknown one. One that somebody is held by
        stays open: they would be held and on no list.
        """
        ...

    async def standing(self, user: UserId) -> Standing: ...

    async def ban(self, user: UserId, until: float, reason: str, by: str, note: str = "", *, batch: str = "") -> bool:
        """Replaces an earlier ban. `reason`: the value of a Reason, "spam" or "operator". `note`: words for the person.
        `batch`: of a ban of many. False where this person was banned in that batch before: nothing is changed.
        """
        ...

    async def end_chat(self, user: UserId, by: str) -> ChatId | None:
        """End the chat that the person is in, locked or not. None where they are in none."""
        ...

    async def unban(self, user: UserId, by: str, *, tell_at: BotId | None = None) -> bool:
        """Lift ban and hold; False where there was none in force. Undecided reports of the person are rejected, the score and the
        level are 0, and the person's items leave the review list. `tell_at`: the bot that tells the person.
        """
        ...

    async def undo_ban(self, user: UserId, by: str, *, since: float, tell_at: BotId | None = None) -> bool:
        """Take back a ban that the same operator has made from here after `since`: things stand as before it. False where that
        was not the last act on this person. `tell_at`: the bot that tells the person.
        """
        ...

    async def lift_buried(self, user: UserId, by: str) -> bool:
        """Lift the ban of somebody who had their data deleted: it does not come back with them. False where there is none."""
        ...

    async def confirm(self, user: UserId, by: str, *, ban_until: float | None = None) -> None:
        """The ban was right: undecided reports of the person are upheld, and the person's items leave the review list.
        `ban_until`: another end of it, infinity for ever.
        """
        ...

    async def hold(self, who: Address, rule: str, detail: str = "") -> None:
        """No searches until a person decides; first on the review list."""
        ...

    async def release(self, user: UserId, by: str) -> None:
        """End a hold."""
        ...
