"""A report: why, and what is known of the chat that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.model.ids import Address, ChatId


class Reason(StrEnum):
    """Why somebody reports, in the order of the buttons."""

    ADS = "ads"
    INSULT = "insult"
    SEXUAL = "sexual"
    FRAUD = "fraud"
    THREAT = "threat"
    UNDER_AGE = "under_age"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of the chat, as the reporter's bot has it at Telegram when the report is made."""

    by_reporter: bool
    at: float
    """Unix seconds."""
    text: str = ""
    media: str = ""
    """What kind of file it has (`domain.model.content.MediaKind`), or empty."""
    earlier: tuple[str, ...] = ()
    """Its texts before edits, the oldest first."""
    marked: bool = False
    """Whether the reporter replied to it with /report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a session tells of it. The chat is over when it is told."""

    reporter: Address
    reported: Address
    chat: ChatId
    reason: Reason
    evidence: tuple[Said, ...] = ()
    """The last messages of both, the oldest first. Empty where Telegram no longer has them."""
    answered: bool = True
    """Whether the reported person said anything in the chat."""
