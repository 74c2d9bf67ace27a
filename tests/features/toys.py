"""A feature that no product file knows: a command, a key of the keyboard, a button and a decision of the pool.

/rest leaves whatever one is in, a chat or a search; a button then says how tired one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from domain.configuration import Matching
from domain.matching import rules as matching
from domain.matching.requests import Decision
from domain.matching.rules import Oracle
from domain.model.chat import ChatEnd
from domain.model.ids import Address, ChatId
from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.outgoing import Button as UnderMessage
from domain.model.outgoing import Menu, Notice
from domain.session.context import Context, Step
from domain.session.effects import Decide, Effect, NoteSearch, RecordEnd, Say
from domain.session.facts import Decided
from domain.session.feature import Button, Command, Feature, Key
from domain.session.machine import FEATURES
from domain.session.replies import toast
from domain.session.state import Chatting, Idle
from storage.redis.pool.decisions import DECISIONS, PoolScript, asker, recent_partners_ms
from storage.redis.scripts import Argument, made
from transport.texts.catalogue import LOCALE

TEXTS = """
menu-rest = 🛌 Rest
command-rest = leave everything
rested = You rest. How tired are you?
tired = Very
slept = You slept { $hours } hours.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest(Decision):
    """Leave the chat or the search that one is in."""

    address: Address
    chat: ChatId | None
    """Handed back with the answer: its end is to be recorded."""

    @property
    def asker(self) -> Address:
        return self.address


def _rest(context: Context, _command: CommandReceived) -> Step:
    chat = context.place.chat.id if isinstance(context.place, Chatting) else None
    return context.session, [Decide(request=Rest(address=context.session.address, chat=chat))]


def _rested(context: Context, decided: Decided[Rest]) -> Step:
    chat = decided.request.chat
    ended: list[Effect] = [RecordEnd(chat=chat, why=ChatEnd.STOPPED)] if chat else []
    buttons = ((UnderMessage("tired", data="slept:9"),),)
    told = Say(notice=Notice(text="rested", language=context.session.language, buttons=buttons))
    return replace(context.session, place=Idle(), ended=chat), [*ended, told, NoteSearch(searching=False)]


def _slept(context: Context, pressed: ButtonPressed, hours: int) -> Step:
    return context.session, [toast(context.session, pressed, "slept", hours=hours)]


def _hours(rest: str) -> int | None:
    return int(rest) if rest.isdecimal() else None


FEATURE = Feature(
    name="toy",
    commands=(Command(name="rest", handler=_rest, help="command-rest"),),
    buttons=(Button(prefix="slept", parse=_hours, handler=_slept),),
    keys=(Key(menu=Menu.CHATTING, row=2, label="menu-rest", command="rest"),),
    decisions={Rest: _rested},
)

SCRIPT = """
-- include: base users/gate users/status users/unchanged queue/end_search chats/leave_chat users/expiry
-- Leave everything (tests/features/toys.py).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua) · 3 recent partners ms
local known, asker = gate(ARGV[2])
if known then
  return known
end
if search_of(asker) then
  end_search(asker)
elseif chat_of(asker) then
  leave_chat(asker, 'stopped', ARGV[3])
  set_free(asker)
end
return unchanged(asker)
"""


def _arguments(request: Rest, rules: Matching) -> Sequence[Argument]:
    return asker(request), recent_partners_ms(rules)


def _rule(pool: Oracle, request: Rest) -> bool:
    user = request.address.user
    pool.searches.pop(user, None)
    if user in pool.chats:
        pool.end_chat(user, ChatEnd.STOPPED, by=user)
    return False


TOY_FEATURES = (*FEATURES, FEATURE)
TOY_DECISIONS = {**DECISIONS, Rest: PoolScript(script=made("toy_rest", SCRIPT), arguments=_arguments)}
TOY_RULES = {**matching.DECISIONS, Rest: _rule}


def catalogues(folder: Path) -> Path:
    """The product's English, and the toy's texts."""
    english = (LOCALE / "en.ftl").read_text(encoding="utf-8")
    (folder / "en.ftl").write_text(english + TEXTS, encoding="utf-8")
    return folder
