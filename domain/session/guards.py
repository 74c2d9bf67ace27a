"""What stops an update before it is handled: cross-cutting checks in ordered tuples. Their order is policy.

`ADMISSION` comes before anybody is asked anything: what it refuses costs no look at the pool. `CHECKS` come once it is known
where the user stands, `COMMAND_CHECKS` after them for commands. A feature's command or button says which guards it passes
(`Passes`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from domain.configuration import Flood
from domain.model.inbound import ButtonPressed, CommandReceived, MessageEdited, MessageReceived
from domain.model.limits import Bucket, Limit
from domain.session import questions
from domain.session.context import Context
from domain.session.effects import Effect
from domain.session.feature import Passes
from domain.session.replies import pointed, say, toast
from domain.session.state import Elsewhere, Session

WARN_EVERY = 5.0
"""Seconds between two requests to slow down."""
TELL_BANNED_EVERY = 60.0
"""Seconds between two answers to what a banned person writes."""

Guarded = MessageReceived | CommandReceived | MessageEdited | ButtonPressed
Verdict = tuple[Session, list[Effect] | None]
"""With effects where the update stops here, with None where it may pass."""
Guard = Callable[[Context, Guarded, frozenset[Passes]], Verdict]
Check = Callable[[Context, CommandReceived, frozenset[Passes]], Verdict]


def not_done_before(context: Context, update: Guarded, _passes: frozenset[Passes]) -> Verdict:
    """The command that the pool decided last goes on: it may not have been told (`Command.repeat`). Edits are not compared: the
    same change made again changes nothing.
    """
    session = context.session
    if session.last_pts is None or update.pts is None or isinstance(update, MessageEdited):
        return session, None
    first = session.last_pts if isinstance(update, CommandReceived) else session.last_pts + 1
    return session, [] if update.pts < first else None


def within_flood_limit(context: Context, update: Guarded, _passes: frozenset[Passes]) -> Verdict:
    """An album counts as many messages as it has parts. A banned person is not asked to slow down."""
    session, limit = context.session, _limit(context.configuration.flood)
    count = (isinstance(update, MessageReceived) and len(update.places)) or 1
    at = _written_at(update, context.now, session.flood)
    bucket = session.flood
    if bucket is None or bucket.at > at:  # our clock went back
        bucket = limit.full(at)
    left = limit.take(bucket, at, count)
    if left is not None:
        return replace(session, flood=left), None
    if 0 <= context.now - session.warned < WARN_EVERY or _banned(context):
        return session, []
    seconds = math.ceil(limit.wait(bucket, at, count))
    if isinstance(update, ButtonPressed):
        warning: Effect = toast(session, update, "too-fast", seconds=seconds)
    else:
        warning = say(session, "too-fast", seconds=seconds)
    return replace(session, warned=context.now), [warning]


def not_banned(context: Context, update: Guarded, passes: frozenset[Passes]) -> Verdict:
    session = context.session
    if Passes.BAN in passes or not _banned(context):
        return session, None
    if isinstance(update, ButtonPressed):
        return session, [toast(session, update, "banned")]
    if 0 <= context.now - session.told_banned < TELL_BANNED_EVERY:
        return session, []
    return replace(session, told_banned=context.now), [say(session, "banned")]


def no_newcomer(context: Context, command: CommandReceived, passes: frozenset[Passes]) -> Verdict:
    """Somebody new is welcomed, whatever they ask for."""
    if Passes.NEWCOMER in passes or context.session.profile is not None:
        return context.session, None
    return questions.welcome(context, command.language)


def not_elsewhere(context: Context, _command: CommandReceived, passes: frozenset[Passes]) -> Verdict:
    """The pool knows each person once: they are shown the bot where they search or chat."""
    if Passes.ELSEWHERE in passes or not isinstance(context.place, Elsewhere):
        return context.session, None
    return context.session, [pointed(context, context.place)]


def profile_finished(context: Context, _command: CommandReceived, passes: frozenset[Passes]) -> Verdict:
    session, profile = context.session, context.session.profile
    if Passes.UNFINISHED in passes or profile is None or profile.complete:
        return session, None
    ask = questions.question(context, questions.open_question(profile))
    return session, [say(session, "profile-first"), ask]


def _banned(context: Context) -> bool:
    profile = context.session.profile
    return profile is not None and profile.banned_until > context.now


@lru_cache(maxsize=16)
def _limit(flood: Flood) -> Limit:
    return Limit(rate=flood.rate, burst=flood.burst)


def _written_at(update: Guarded, now: float, flood: Bucket | None) -> float:
    """What was written while nobody served the bot comes all at once and was not. Never in the future, whichever clock is wrong,
    and never before what counted already, so that no second counts twice; unless our clock went back.
    """
    dated = isinstance(update, MessageReceived | CommandReceived | MessageEdited) and update.date
    return max(min(dated or now, now), flood.at if flood and flood.at <= now else 0.0)


ADMISSION: tuple[Guard, ...] = (not_done_before, within_flood_limit, not_banned)
CHECKS: tuple[Guard, ...] = (not_done_before,)
"""Again, for by now the pool may have said which update it heard last."""
COMMAND_CHECKS: tuple[Check, ...] = (no_newcomer, not_elsewhere, profile_finished)
