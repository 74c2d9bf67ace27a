"""Texts about one's own data. What they say of times and of who sees what comes from where it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from domain.model.outgoing import Button, Notice
from domain.model.profile import DAY
from domain.model.retention import BANS_KEPT, CHATS_KEPT, DELETION_VALID, EVIDENCE_KEPT, GRAVE_KEPT, SIDES_KEPT, TICKETS_KEPT
from domain.session.notices.notices import plain

__all__ = ["Facts", "delete_question", "export_again", "plain", "privacy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Of the configuration of the moment."""

    media_channel: bool
    """Files between our bots pass through a channel, where a copy stays."""
    judge: bool
    """A service is asked about pictures."""
    vip: bool
    """Something is sold."""
    report_minutes: float
    """How long a partner can be reported after a chat."""


def privacy(facts: Facts, language: str) -> Notice:
    return plain(
        "privacy",
        language,
        chats=_days(CHATS_KEPT),
        bans=_days(BANS_KEPT),
        evidence=_days(EVIDENCE_KEPT),
        grave=_days(GRAVE_KEPT),
        minutes=round(facts.report_minutes),
        tickets=_days(TICKETS_KEPT),
        channel=int(facts.media_channel),
        judge=int(facts.judge),
        vip=int(facts.vip),
    )


def delete_question(now: float, language: str) -> Notice:
    yes, no = Button("delete-yes", data=f"delete:{int(now)}"), Button("delete-no", data="keep")
    arguments = {"minutes": int(DELETION_VALID / 60), "side": _days(SIDES_KEPT)}
    return Notice(text="delete-ask", language=language, arguments=arguments, buttons=((yes,), (no,)))


def export_again(when: float, language: str) -> Notice:
    at = datetime.fromtimestamp(when, UTC)
    return plain("export-again", language, day=at.date().isoformat(), time=at.strftime("%H:%M"))


def _days(seconds: float) -> int:
    return round(seconds / DAY)
