"""Guards: checks that may stop an update before it is handled. They run in the order of the tuples at the end.

`ADMISSION` runs first, so that whatever it stops costs no request to the pool. `CHECKS` run once the user's status in the pool is
known. `COMMAND_CHECKS` run after them, for commands only. A command or button says which guards let it pass (`Passes`).
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
from domain.session.effects import Effect, Say
from domain.session.feature import Passes
from domain.session.notices import ban_notices
from domain.session.replies import say, show_other_bot, toast
from domain.session.state import Elsewhere, Session
from domain.session.weights import weight

WARN_EVERY = 5.0
"""Seconds between two texts that ask somebody to slow down."""
TELL_BANNED_EVERY = 60.0
"""Seconds between two texts that tell somebody that they are banned, as an answer to messages. A command asks for an answer, and
gets it every `WARN_EVERY` seconds.
"""

Guarded = MessageReceived | CommandReceived | MessageEdited | ButtonPressed
Verdict = tuple[Session, list[Effect] | None]
"""(session, effects) where the update is stopped, (session, None) where it passes."""
Guard = Callable[[Context, Guarded, frozenset[Passes]], Verdict]
Check = Callable[[Context, CommandReceived, frozenset[Passes]], Verdict]


def not_done_before(context: Context, update: Guarded, _passes: frozenset[Passes]) -> Verdict:
    """Stops updates that were handled before. The command that the pool has decided last passes, because its user may not have
    been told of it (`Command.repeat`). Edits always pass: the same edit again changes nothing.
    """
    session = context.session
    if session.last_pts is None or update.pts is None or isinstance(update, MessageEdited):
        return session, None
    first = session.last_pts if isinstance(update, CommandReceived) else session.last_pts + 1
    return session, [] if update.pts < first else None


def within_flood_limit(context: Context, update: Guarded, _passes: frozenset[Passes]) -> Verdict:
    """Stops what exceeds the flood limit, by weight (`weights.py`). Banned people are not asked to slow down."""
    session, limit = context.session, _limit(context.configuration.flood)
    count = weight(update)
    at = _written_at(update, context.now, session.flood)
    bucket = session.flood
    if bucket is None or bucket.at > at:  # our clock went back
        bucket = limit.full(at)
    left = limit.take(bucket, at, count)
    if left is not None:
        return replace(session, flood=left), None
    if 0 <= context.now - session.warned < WARN_EVERY or is_banned(context):
        return session, []
    seconds = math.ceil(limit.wait(bucket, at, count))
    if isinstance(update, ButtonPressed):
        warning: Effect = toast(session, update, "too-fast", seconds=seconds)
    else:
        warning = say(session, "too-fast", seconds=seconds)
    return replace(session, warned=context.now), [warning]


def not_banned(context: Context, update: Guarded, passes: frozenset[Passes]) -> Verdict:
    session, profile = context.session, context.session.profile
    if Passes.BAN in passes or profile is None or not is_banned(context):
        return session, None
    if isinstance(update, ButtonPressed):
        return session, [toast(session, update, "banned-press", **ban_notices.end(profile.banned_until))]
    every = WARN_EVERY if isinstance(update, CommandReceived) else TELL_BANNED_EVERY
    if 0 <= context.now - session.told_banned < every:
        return session, []
    told = Say(notice=ban_notices.banned(profile, profile.banned_until, session.language))
    return replace(session, told_banned=context.now), [told]


def no_newcomer(context: Context, command: CommandReceived, passes: frozenset[Passes]) -> Verdict:
    """Welcomes somebody new instead, whatever the command."""
    if Passes.NEWCOMER in passes or context.session.profile is not None:
        return context.session, None
    return questions.welcome(context, command.language)


def not_elsewhere(context: Context, _command: CommandReceived, passes: frozenset[Passes]) -> Verdict:
    """Stops commands of somebody who searches or chats at another bot, and shows them that bot."""
    if Passes.ELSEWHERE in passes or not isinstance(context.place, Elsewhere):
        return context.session, None
    return context.session, [show_other_bot(context, context.place)]


def profile_finished(context: Context, _command: CommandReceived, passes: frozenset[Passes]) -> Verdict:
    session, profile = context.session, context.session.profile
    if Passes.UNFINISHED in passes or profile is None or profile.complete:
        return session, None
    ask = questions.question(context, questions.open_question(profile))
    return session, [say(session, "profile-first"), ask]


def is_banned(context: Context) -> bool:
    profile = context.session.profile
    return profile is not None and profile.banned_until > context.now


@lru_cache(maxsize=16)
def _limit(flood: Flood) -> Limit:
    return Limit(rate=flood.rate, burst=flood.burst)


def _written_at(update: Guarded, now: float, flood: Bucket | None) -> float:
    """When the update counts for the flood limit. Messages that were written while nobody served the bot come all at once, so the
    time of writing counts. It is never in the future, and never before the last update that counted, except where our clock went
    back.
    """
    dated = isinstance(update, MessageReceived | CommandReceived | MessageEdited) and update.date
    return max(min(dated or now, now), flood.at if flood and flood.at <= now else 0.0)


ADMISSION: tuple[Guard, ...] = (not_done_before, within_flood_limit, not_banned)
CHECKS: tuple[Guard, ...] = (not_done_before,)
"""`not_done_before` again, because the pool may have told by now which update it has decided last."""
COMMAND_CHECKS: tuple[Check, ...] = (no_newcomer, not_elsewhere, profile_finished)
