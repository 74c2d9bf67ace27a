"""What stops an update before it is looked at: cross-cutting checks as one ordered tuple. Their order is policy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from domain.effects import Effect
from domain.inbound import Commanded, Inbound, Pressed, Said
from domain.replies import say, toast
from domain.session_state import Rules, Session

WARN_EVERY = 5.0
"""Seconds between two requests to slow down."""

Gate = Callable[[Session, Inbound, float, Rules], tuple[Session, list[Effect] | None]]
"""Answers with effects where the update stops here, with None where it may pass."""


def _not_done_before(session: Session, update: Inbound, _now: float, _rules: Rules) -> tuple[Session, list[Effect] | None]:
    if session.marked is None or update.pts is None:
        return session, None
    first = session.marked if isinstance(update, Commanded) else session.marked + 1
    return session, [] if update.pts < first else None


def _not_banned(session: Session, _update: Inbound, now: float, _rules: Rules) -> tuple[Session, list[Effect] | None]:
    banned = session.profile is not None and session.profile.banned_until > now
    return session, [say(session, "banned")] if banned else None


def _within_flood_limit(session: Session, update: Inbound, now: float, rules: Rules) -> tuple[Session, list[Effect] | None]:
    """An album counts as many messages as it has parts."""
    count = (isinstance(update, Said) and len(update.places)) or 1
    bucket = session.flood or rules.flood.full(now)
    left = rules.flood.take(bucket, now, count)
    if left is not None:
        return replace(session, flood=left), None
    if now - session.warned < WARN_EVERY:
        return session, []
    seconds = math.ceil(rules.flood.wait(bucket, now, count))
    if isinstance(update, Pressed):
        warning: Effect = toast(session, update, "too-fast", seconds=seconds)
    else:
        warning = say(session, "too-fast", seconds=seconds)
    return replace(session, warned=now), [warning]


GATES: tuple[Gate, ...] = (_not_done_before, _not_banned, _within_flood_limit)
