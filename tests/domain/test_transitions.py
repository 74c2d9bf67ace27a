"""The map of the session machine, held against the machine: every possible step is on it, and no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import inf
from typing import Any, get_args

from msgspec import structs

from domain.configuration import Channels
from domain.matching.requests import Banned, Cancel, Decision, Fenced, Find, Free, Leave, Paired, UpdateSearch, Waiting
from domain.model.channels import MissingChannel
from domain.model.chat import ChatEnd
from domain.model.content import Text, Uncopyable
from domain.model.events import ChatEnded, Expelled, Matched, SearchEnded
from domain.model.ids import Address, ChatId, MessageId, Pts
from domain.model.inbound import BotBlocked, BotUnblocked, MessageReceived
from domain.model.outgoing import NotSent, Why
from domain.model.profile import Gender, Profile, Question
from domain.payments.orders import Kind
from domain.payments.precheckout import OFF, TERMS
from domain.ports.payments import NotRedeemed, VipState
from domain.session.effects import CheckChannels, Decide, OrderVip
from domain.session.facts import (
    ChannelsChecked,
    Decided,
    NotRelayed,
    Ordered,
    ProfileRefreshed,
    Redeemed,
    SearchTick,
    Stands,
    TermsAccepted,
    TicketOpened,
    VipLooked,
    VipTried,
)
from domain.session.machine import FEATURES
from domain.session.state import Chatting, Elsewhere, Idle, Place, Searching, Session
from domain.session.transitions import ASKS, COLUMNS, read_map
from tests.domain.stories import (
    ADULT,
    BOT,
    CHAT,
    ME,
    NOW,
    OTHER_BOT,
    RULES,
    SEEKER,
    command,
    edited,
    pressed,
    said,
    step,
)

NEXT_CHAT = replace(CHAT, id=ChatId("c2"))
CHAT_ELSEWHERE = replace(CHAT, id=ChatId("c3"), first=Address(OTHER_BOT, ME.user))
PLACES: tuple[Place, ...] = (
    Idle(),
    Searching(1000.0),
    Searching(1000.0, asked_to_widen=True),
    Chatting(CHAT),
    Chatting(CHAT, introduced=False),
    Elsewhere(OTHER_BOT, chatting=True),
    Elsewhere(OTHER_BOT, chatting=False),
)
PROFILES = (
    None,
    Profile(user=ME.user, asked=Question.GENDER),
    Profile(user=ME.user, gender=Gender.MALE, asked=Question.AGE),
    ADULT,
    replace(ADULT, asked=Question.AGE),
    replace(ADULT, banned_until=inf),
    replace(ADULT, vip_until=inf, adult=True),
)
CONFIGURATIONS = (RULES, structs.replace(RULES, channels=Channels(required=("@news",))))
ANSWERS = (
    Free(marks={}),
    Waiting(marks={}, since=1.0, bot=BOT, fresh=True),
    Waiting(marks={}, since=1.0, bot=BOT),
    Waiting(marks={}, since=1.0, bot=OTHER_BOT),
    Paired(marks={}, chat=CHAT),
    Paired(marks={}, chat=NEXT_CHAT),
    Paired(marks={}, chat=CHAT_ELSEWHERE),
    Banned(marks={}, until=NOW + 60),
    Fenced(),
)
REQUESTS: tuple[Decision, ...] = (
    Find(seeker=SEEKER),
    Find(seeker=SEEKER, leaving=CHAT.id),
    UpdateSearch(seeker=SEEKER),
    Cancel(address=ME),
    Cancel(address=ME, silent=True),
    *(
        Leave(address=ME, chat=chat, why=why, silent=silent)
        for chat in (CHAT.id, ChatId("c0"))
        for why in ChatEnd
        for silent in (False, True)
    ),
)
FACTS: tuple[Any, ...] = (
    said("25"),
    said("write me @ivan_petrov"),
    replace(said(""), content=Uncopyable(reason="refuse-location")),
    edited(Text(text="hi"), message=4),
    edited(Uncopyable(reason="refuse-location"), message=4),
    BotBlocked(user=ME.user),
    BotUnblocked(user=ME.user),
    SearchTick(waited=600.0),
    *(NotRelayed(chat=CHAT.id, message=MessageId(9), failure=NotSent(why=why)) for why in Why),
    *(Stands(answer=answer) for answer in ANSWERS),
    *(
        ChannelsChecked(missing=missing, searching=searching, pressed=button)
        for missing in ((), (MissingChannel(title="News", address=""),))
        for searching in (False, True)
        for button in (None, pressed("joined"))
        if not (searching and button)
    ),
    *(Matched(user=ME.user, chat=chat) for chat in (CHAT, NEXT_CHAT, CHAT_ELSEWHERE)),
    *(ChatEnded(user=ME.user, chat=chat, why=why) for chat in (CHAT.id, ChatId("c0")) for why in ChatEnd),
    SearchEnded(user=ME.user),
    SearchEnded(user=ME.user, lost=True),
    Expelled(user=ME.user, until=None),
    Expelled(user=ME.user, until=NOW + 60, chat=CHAT.id),
    *(VipLooked(state=VipState(until=until), links={}) for until in (0.0, NOW + 60)),
    *(Ordered(order=OrderVip(kind=Kind.VIP, plan="week"), refusal=text) for text in ("", TERMS, OFF)),
    *(Redeemed(gift=gift, outcome=outcome) for gift in (False, True) for outcome in (*NotRedeemed, 3)),
    VipTried(until=None),
    VipTried(until=NOW + 60),
    TicketOpened(number=7),
    TermsAccepted(pressed=pressed("terms")),
    ProfileRefreshed(profile=None),
    ProfileRefreshed(profile=replace(ADULT, vip_until=inf)),
)
DATA = (
    "held:send:contacts:9",
    "held:drop:details:5",
    "gender:male",
    "edit:age",
    "joined",
    "cancel",
    "widen",
    "gender:robot",
    "plan:week",
    "gift:",
    f"gift:{CHAT.id}",
    "give:week:",
    f"give:week:{CHAT.id}",
    f"accept:gift:week:{CHAT.id}",
    "trial",
    "terms",
    "wishes",
    "wish:any",
    "wish:gender:male",
    "wish:band:2",
)


def sessions() -> Iterator[Session]:
    for place, profile, last, ended in product(PLACES, PROFILES, (None, Pts(5)), (None, CHAT.id)):
        yield Session(address=ME, place=place, profile=profile, last_pts=last, ended=ended)


def events() -> Iterator[tuple[str, Any]]:
    for feature in FEATURES:
        for each in feature.commands:
            yield f"/{each.name}", command(each.name)
    for data in DATA:
        yield f"button {data.partition(':')[0]}", pressed(data)
    for fact in FACTS:
        yield type(fact).__name__, fact
    for request, answer in product(REQUESTS, ANSWERS):
        yield f"Decided {type(request).__name__}", Decided(request=request, answer=answer)


def what_is_asked(effect: Any) -> str:
    if isinstance(effect, Decide):
        return type(effect.request).__name__
    return type(effect).__name__ if isinstance(effect, CheckChannels) else ""


def possible(session: Session, fact: Any) -> bool:
    """Whoever searches now, or asks for it, has a complete profile and is not banned as far as is known."""
    profile = session.profile
    searches = isinstance(fact, ChannelsChecked) and fact.searching
    return not searches or (profile is not None and profile.complete)


def seen() -> dict[str, dict[str, set[str]]]:
    """By event and state: the states that follow. Under `ASKS`: what is asked."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for (name, fact), session, rules in product(events(), list(sessions()), CONFIGURATIONS):
        if possible(session, fact):
            after, effects = step(session, fact, NOW, rules)
            found[name][type(session.place).__name__].add(type(after.place).__name__)
            found[name][ASKS] |= {asked for asked in map(what_is_asked, effects) if asked}
    return found


def test_the_map_shows_every_step_and_no_other():
    drawn, walked = read_map(), seen()
    assert {event: {state: set(to) for state, to in row.items()} for event, row in drawn.items()} == walked


def test_the_map_names_every_event_there_is():
    handled = {f"/{each.name}" for feature in FEATURES for each in feature.commands}
    handled |= {f"button {each.prefix}" for feature in FEATURES for each in feature.buttons}
    handled |= {fact.__name__ for feature in FEATURES for fact in feature.facts} | {MessageReceived.__name__}
    handled |= {f"Decided {each.__name__}" for feature in FEATURES for each in feature.decisions}
    assert set(read_map()) == handled
    assert {each.__name__ for each in get_args(Place)} == set(COLUMNS)
