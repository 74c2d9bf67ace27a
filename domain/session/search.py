"""For several features: how a search begins and how it is cancelled."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from domain.matching.requests import Cancel, Find, Seeker
from domain.model.ages import come_of_age
from domain.model.inbound import CommandReceived
from domain.model.profile_changes import changed
from domain.session import findings, seeking
from domain.session.context import Context, Step
from domain.session.effects import AskHuman, ChangeProfile, CheckChannels, Decide, ReviewMarked
from domain.session.replies import menu_of, say, takes_nobody
from domain.session.state import Chatting, Session
from domain.trust.spam.rules import SLOW_PAUSE
from domain.trust.spam.watch import wait_before_search


def begin(context: Context, command: CommandReceived) -> Step:
    """Begins a search, unless the bot takes nobody, the user's new chats are slowed down, or a person or a human check may come
    first.
    """
    session = context.session
    if context.closed_here:
        return session, [takes_nobody(context, session.language)]
    if seconds := wait_before_search(findings.watched(session), context.now):
        return session, [say(session, "slowed-down", seconds=ceil(seconds))]
    if command.marked and not is_held(context):
        return session, [ReviewMarked(command=command)]
    return begin_reviewed(context, command)


def begin_reviewed(context: Context, command: CommandReceived) -> Step:
    session, trust = context.session, context.configuration.trust
    watch = findings.watched(session)
    if trust.human_check and not is_held(context) and not watch.human and (command.lacks or watch.check_since):
        return session, [AskHuman(number=command.pts, lacks=command.lacks, since=watch.check_since)]
    return begin_now(context)


def begin_now(context: Context) -> Step:
    """Begins a search of somebody who may. While slowed down, the next one has to wait from now on."""
    session, watch = context.session, context.session.spam
    if watch is not None and context.now < watch.slow_until:
        session = replace(session, spam=replace(watch, next_search=context.now + SLOW_PAUSE))
    return search(context.after(session))


def search(context: Context) -> Step:
    """Begins a search. Where there are required channels, they are checked first. Somebody held is refused at once."""
    if context.configuration.channels.required and not is_held(context):
        return context.session, [CheckChannels(searching=True)]
    return search_now(context)


def search_now(context: Context) -> Step:
    """Begins a search. While chatting, the same decision ends the chat. Somebody held is told so instead."""
    if is_held(context):
        return context.session, [say(context.session, "account-held", menu_of(context.session))]
    session, grown = _come_of_age(context)
    context = context.after(session)
    if isinstance(context.place, Chatting):
        request = Find(seeker=seeker(context), leaving=context.place.chat.id)
    else:
        request = Find(seeker=seeker(context), priority=session.lost_partner)
    return session, [*grown, Decide(request=request)]


def _come_of_age(context: Context) -> Step:
    """Whoever has become 18 is told so, and searches among adults."""
    session, change = context.session, come_of_age(context.profile, context.now)
    if change is None:
        return session, []
    session = replace(session, profile=changed(context.profile, change))
    return session, [ChangeProfile(change=change), say(session, "age-came-of-age")]


def is_held(context: Context) -> bool:
    """Whether the user may not search until a person has decided."""
    return context.session.profile is not None and context.session.profile.held


def seeker(context: Context) -> Seeker:
    cross_bot = context.configuration.features.cross_bot_matching
    return seeking.seeker(context.profile, context.session.address, now=context.now, cross_bot=cross_bot)


def cancel(session: Session, *, silent: bool = False) -> Decide:
    return Decide(request=Cancel(address=session.address, silent=silent))
