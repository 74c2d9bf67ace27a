"""Back to the last partner, where both wish it within ten minutes after the chat. Nobody learns of the wish of one alone.

The press is checked against the record of the chat: its data may be anything. The pool decides (`domain.matching.talk.Return`).
"""

from __future__ import annotations

from typing import assert_never

from domain.matching.requests import Banned, Standing
from domain.matching.talk import Return
from domain.model.chat import PastChat
from domain.model.ids import ChatId
from domain.model.inbound import ButtonPressed
from domain.model.profile import Profile
from domain.session.afterwards import RETURNED_FROM
from domain.session.context import Context, Step
from domain.session.effects import Decide, LookUpBan, LookUpPast
from domain.session.facts import Decided, PastLooked
from domain.session.feature import Button, Feature, chat_id
from domain.session.meeting import meet, place_of
from domain.session.notices.notices import time_left
from domain.session.replies import menu_of, old_button, say, show_other_bot, toast
from domain.session.search import is_held, seeker
from domain.session.state import Chatting, Elsewhere, Idle, Searching

RETURN_SECONDS = 600.0
"""After the end of a chat."""


def _again(context: Context, pressed: ButtonPressed, chat: ChatId) -> Step:
    session, place = context.session, context.place
    match place:
        case Chatting(locked_until=until) if until > context.now:
            return session, [toast(session, pressed, "locked-in", **time_left(until - context.now))]
        case Chatting():
            return session, [toast(session, pressed, "again-in-chat")]
        case Elsewhere():
            return session, [toast(session, pressed), show_other_bot(context, place)]
        case Idle() | Searching() if session.profile is None or not session.profile.complete:
            return old_button(context, pressed)
        case Idle() | Searching() if is_held(context):
            return session, [toast(session, pressed), say(session, "account-held", menu_of(session))]
        case Idle() | Searching():
            return session, [LookUpPast(chat=chat, pressed=pressed)]
    assert_never(place)


def _looked(context: Context, looked: PastLooked) -> Step:
    session, past, pressed = context.session, looked.past, looked.pressed
    if past is None or past.ended is None or not _is_mine(context, past):
        return old_button(context, pressed)
    left = past.ended + RETURN_SECONDS - context.now
    if left <= 0:
        return session, [toast(session, pressed, "again-too-late")]
    told = toast(session, pressed, "again-noted")
    if not _may_talk(looked.partner):
        return session, [told]
    chat = past.chat
    wish = Return(
        seeker=seeker(context),
        former=chat.id,
        partner=chat.partner_of(session.address.user).user,
        seconds=min(left, RETURN_SECONDS),
    )
    return session, [told, Decide(request=wish)]


def _may_talk(partner: Profile | None) -> bool:
    """Whatever is wrong with the partner: the user reads the same."""
    return partner is not None and partner.complete and not partner.held


def _is_mine(context: Context, past: PastChat) -> bool:
    """Whether it was at this bot, and the button was offered after it."""
    return context.session.address in {past.chat.first, past.chat.second} and past.why in RETURNED_FROM


def _decided(context: Context, decided: Decided[Return]) -> Step:
    """Where nobody is met, the toast has said all there is to say. That it is the last partner is told by `Matched`."""
    session, answer = context.session, decided.answer
    if isinstance(answer, Banned):
        return session, [LookUpBan(until=answer.until)]
    assert isinstance(answer, Standing)
    place = place_of(session, answer)
    match place:
        case Chatting(chat=chat):
            return meet(session, chat)
        case Elsewhere():
            return session, [show_other_bot(context, place)]
        case Idle() | Searching():
            return session, []
    assert_never(place)


FEATURE = Feature(
    name="returning",
    buttons=(Button(prefix="again", parse=chat_id, handler=_again),),
    facts={PastLooked: _looked},
    decisions={Return: _decided},
)
