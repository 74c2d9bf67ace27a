"""/start: somebody new is welcomed and asked for a profile; anybody else is shown the menu.

Its argument may be a gift, or the code of an invitation, which counts for somebody whose profile was never complete.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import assert_never

from domain.invitations.codes import read_code
from domain.model.inbound import CommandReceived
from domain.model.outgoing import Menu
from domain.model.profile_changes import Begin
from domain.session.context import Context, Step
from domain.session.effects import ChangeProfile, CheckChannels, Effect, Redeem, Say
from domain.session.facts import Begun
from domain.session.feature import Command, Feature, Passes
from domain.session.guards import is_banned
from domain.session.notices import ban_notices
from domain.session.questions import greeting, open_question, question_now, welcome
from domain.session.replies import say
from domain.session.state import Chatting, Elsewhere, Idle, Searching

GIFT = "gift_"
"""How the argument of /start begins where somebody opens a gift link."""
CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _start(context: Context, command: CommandReceived) -> Step:
    """A gift is redeemed at once, also for somebody new."""
    session, effects = _started(context, command)
    if command.argument.startswith(GIFT):
        effects = [*effects, _redeem(context, command.argument.removeprefix(GIFT))]
    return session, effects


def _redeem(context: Context, code: str) -> Effect:
    """While VIP is off, the link stays good. Whatever is not the shape of a code is not asked of the records."""
    if not context.configuration.features.vip:
        return say(context.session, "pay-off")
    if not CODE.fullmatch(code):
        return say(context.session, "gift-link-unknown")
    return Redeem(code=code, gift=True)


def _started(context: Context, command: CommandReceived) -> Step:
    session, place = context.session, context.place
    code = read_code(command.argument) if context.configuration.features.referrals else ""
    if session.profile is None:
        return welcome(context, command.language, invited_by=code)
    if code and not session.profile.complete:
        return session, [ChangeProfile(change=Begin(language=command.language, invited_by=code))]
    match place:
        case Chatting():
            return session, [say(session, "already-chatting", Menu.CHATTING)]
        case Searching():
            return session, [say(session, "already-searching", Menu.SEARCHING)]
        case Idle() | Elsewhere():
            return _begin(context)
    assert_never(place)


def _begin(context: Context) -> Step:
    session = context.session
    if context.configuration.channels.required:
        return session, [CheckChannels(searching=False)]
    if not context.profile.complete:
        return session, [question_now(context, open_question(context.profile))]
    return session, [say(session, "welcome-back", Menu.MAIN)]


def _begun(context: Context, begun: Begun) -> Step:
    """A ban of somebody who had their data deleted is told instead of a welcome."""
    session, profile = replace(context.session, profile=begun.profile), begun.profile
    if is_banned(context.after(session)):
        told = Say(notice=ban_notices.banned(profile, profile.banned_until, session.language, Menu.MAIN))
        return replace(session, told_banned=context.now), [told]
    if profile.complete:
        return session, [say(session, "welcome-back", Menu.MAIN)]
    return session, greeting(context.after(session))


FEATURE = Feature(
    name="onboarding",
    commands=(Command(name="start", handler=_start, passes=frozenset({Passes.NEWCOMER, Passes.UNFINISHED})),),
    facts={Begun: _begun},
)
