"""The messages of ModerationActor. Whoever asks gets `domain.errors.Unavailable` where a store is away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.ask import Ask
from domain.model.ids import Address
from domain.trust.findings import Finding
from domain.trust.reports import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport(Ask[int]):
    """Book a report, weigh it, and take the step that it leads to. Reply: its number. The same reporter, reported person and chat
    again: the number of the first.
    """

    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFinding(Ask[None]):
    """Book what a rule found, and do what it asks for."""

    who: Address
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleChanges:
    """Tell the pool and the sessions of bans and holds that have changed."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewBans:
    """Look for bans of 7 days that nobody has reviewed in time."""

    EPHEMERAL: ClassVar[bool] = True


ModerationMessage = FileReport | NoteFinding | SettleChanges | RenewBans
