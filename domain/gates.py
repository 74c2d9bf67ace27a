"""What stops an update before it is looked at: cross-cutting checks as one ordered tuple. Their order is policy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from domain.effects import Effect
from domain.inbound import Commanded, Edited, Inbound, Pressed, Said
from domain.limits import Bucket
from domain.replies import say, toast
from domain.session_state import Rules, Session

WARN_EVERY = 5.0
"""Seconds between two requests to slow down."""

Gate = Callable[[Session, Inbound, float, Rules], tuple[Session, list[Effect] | None]]
"""Answers with effects where the update stops here, with None where it may pass."""


def _not_done_before(session: Session, update: Inbound, _now: float, _rules: Rules) -> tuple[Session, list[Effect] | None]:
    """Edits are not compared: their numbers are no messages', and the same change made again changes nothing."""
    if session.marked is None or update.pts is None or isinstance(update, Edited):
        return session, None
    first = session.marked if isinstance(update, Commanded) else session.marked + 1
    return session, [] if update.pts < first else None


def _not_banned(session: Session, _update: Inbound, now: float, _rules: Rules) -> tuple[Session, list[Effect] | None]:
    banned = session.profile is not None and session.profile.banned_until > now
    return session, [say(session, "banned")] if banned else None


def _within_flood_limit(session: Session, update: Inbound, now: float, rules: Rules) -> tuple[Session, list[Effect] | None]:
    """An album counts as many messages as it has parts."""
    count = (isinstance(update, Said) and len(update.places)) or 1
    at = _written_at(update, now, session.flood)
    bucket = session.flood
    if bucket is None or bucket.at > at:  # our clock went back
        bucket = rules.flood.full(at)
    left = rules.flood.take(bucket, at, count)
    if left is not None:
        return replace(session, flood=left), None
    if 0 <= now - session.warned < WARN_EVERY:
        return session, []
    seconds = math.ceil(rules.flood.wait(bucket, at, count))
    if isinstance(update, Pressed):
        warning: Effect = toast(session, update, "too-fast", seconds=seconds)
    else:
        warning = say(session, "too-fast", seconds=seconds)
    return replace(session, warned=now), [warning]


def _written_at(update: Inbound, now: float, flood: Bucket | None) -> float:
    """What was written while nobody served the bot comes all at once and was not. Never in the future, whichever clock is wrong,
    and never before what counted already, so that no second counts twice; unless our clock went back.
    """
    dated = isinstance(update, Said | Commanded | Edited) and update.date
    return max(min(dated or now, now), flood.at if flood and flood.at <= now else 0.0)


GATES: tuple[Gate, ...] = (_not_done_before, _not_banned, _within_flood_limit)
