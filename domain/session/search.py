"""For several features: how a search begins and how it is cancelled."""

from __future__ import annotations

from domain.matching.requests import Cancel, Find, Seeker
from domain.session import seeking
from domain.session.context import Context
from domain.session.effects import CheckChannels, Decide, Effect
from domain.session.replies import menu_of, say
from domain.session.state import Chatting, Session


def search(context: Context) -> Effect:
    """Begins a search. Where there are required channels, they are checked first. Somebody held is refused at once."""
    if context.configuration.channels.required and not is_held(context):
        return CheckChannels(searching=True)
    return search_now(context)


def search_now(context: Context) -> Effect:
    """Begins a search. While chatting, the same decision ends the chat. Somebody held is told so instead."""
    if is_held(context):
        return say(context.session, "account-held", menu_of(context.session))
    if isinstance(context.place, Chatting):
        return Decide(request=Find(seeker=seeker(context), leaving=context.place.chat.id))
    return Decide(request=Find(seeker=seeker(context), priority=context.session.lost_partner))


def is_held(context: Context) -> bool:
    """Whether the user may not search until a person has decided."""
    return context.session.profile is not None and context.session.profile.held


def seeker(context: Context) -> Seeker:
    cross_bot = context.configuration.features.cross_bot_matching
    return seeking.seeker(context.profile, context.session.address, now=context.now, cross_bot=cross_bot)


def cancel(session: Session, *, silent: bool = False) -> Decide:
    return Decide(request=Cancel(address=session.address, silent=silent))
