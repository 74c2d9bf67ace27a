"""What one bot sends, and what it could not send."""

from __future__ import annotations

from dataclasses import dataclass

from domain.model.ids import BotId


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Of one connection. Counts are since it was made."""

    sent: int = 0
    flood_waits: int = 0
    queued: int = 0
    """Messages that are not sent yet, with those that are being sent."""
    held: int = 0
    """Those of them whose recipient has a flood wait."""
    flood_seconds: float = 0.0
    """Until the longest flood wait in force is over; 0 where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What one bot could not do. It has neither a text nor a person."""

    at: float
    """Unix seconds."""
    bot: BotId
    what: str
    """Such as answer, relay, notice, broadcast, connection."""
    why: str
    of_person: bool = False
    """Whether the reason is with the person alone, who has left the bot."""
