"""An exchange of names: both see the other's user name at once, when both have asked for it. For adults only.

Nobody's name is in a state or a record. It comes with the command or the press, and goes to the pool with the request. The pool
keeps the first of two for two minutes at most (`storage/redis/lua/pool/names.lua`).
"""

from __future__ import annotations

from domain.matching.requests import Paired
from domain.matching.talk import OfferName
from domain.model.events import NamesOffered, NamesShown
from domain.model.ids import ChatId
from domain.model.inbound import NAMES, ButtonPressed, CommandReceived
from domain.model.outgoing import AnswerPress, Notice
from domain.model.outgoing import Button as UnderMessage
from domain.model.profile import is_adult
from domain.session.context import Context, Step
from domain.session.effects import Answer, Decide, Effect, Say
from domain.session.facts import Decided
from domain.session.feature import Button, Command, Feature, chat_id
from domain.session.replies import menu_of, old_button, say, toast
from domain.session.state import Chatting, in_chat


def _names(context: Context, command: CommandReceived) -> Step:
    session, place = context.session, context.place
    if not isinstance(place, Chatting):
        return session, [say(session, "not-in-chat", menu_of(session))]
    refusal = _refusal(context, command.username)
    if refusal:
        return session, [say(session, refusal)]
    return session, [_offer(context, place.chat.id, command.username)]


def _pressed(context: Context, pressed: ButtonPressed, chat: ChatId) -> Step:
    session = context.session
    if not in_chat(session, chat):
        return old_button(context, pressed)
    refusal = _refusal(context, pressed.username)
    if refusal:
        alert = AnswerPress(query=pressed.query, text=refusal, language=session.language, alert=True)
        return session, [Answer(press=alert)]
    return session, [toast(session, pressed), _offer(context, chat, pressed.username)]


def _refusal(context: Context, username: str) -> str:
    """A text id; empty where the name may be offered. The partner is of the same side of 18."""
    profile = context.session.profile
    if profile is None or profile.age is None or not is_adult(profile.age):
        return "names-adults"
    return "" if username else "names-none"


def _offer(context: Context, chat: ChatId, username: str) -> Effect:
    return Decide(request=OfferName(address=context.session.address, chat=chat, name=username))


def _decided(context: Context, decided: Decided[OfferName]) -> Step:
    """What came of it is told by events. Where the chat is over meanwhile, its end is told."""
    session, answer = context.session, decided.answer
    if isinstance(answer, Paired) and answer.chat.id == decided.request.chat and not answer.fresh:
        return session, [say(session, "names-waiting")]
    return session, []


def _offered(context: Context, offered: NamesOffered) -> Step:
    session = context.session
    if not in_chat(session, offered.chat):
        return session, []
    if offered.mine:
        return session, [say(session, "names-asked")]
    buttons = ((UnderMessage("names-agree", data=f"{NAMES}:{offered.chat}"),),)
    return session, [Say(notice=Notice(text="names-question", language=session.language, buttons=buttons))]


def _shown(context: Context, shown: NamesShown) -> Step:
    """Also where the chat is over meanwhile, because the other one reads it too."""
    return context.session, [say(context.session, "names-shown", name=shown.name)]


FEATURE = Feature(
    name="names",
    commands=(Command(name=NAMES, handler=_names, help="command-names"),),
    buttons=(Button(prefix=NAMES, parse=chat_id, handler=_pressed),),
    facts={NamesOffered: _offered, NamesShown: _shown},
    decisions={OfferName: _decided},
)
