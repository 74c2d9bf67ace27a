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
from domain.locks.records import LockSet, TooFew, Wanted
from domain.matching.locks import Refusal
from domain.matching.requests import (
    Banned,
    Cancel,
    Decision,
    Fenced,
    Find,
    Free,
    Leave,
    LiftBlock,
    LockedIn,
    Paired,
    Separate,
    UpdateSearch,
    Waiting,
)
from domain.matching.talk import AskTopic, OfferName, Return
from domain.model.channels import MissingChannel
from domain.model.chat import ChatEnd, PastChat
from domain.model.content import Text, Uncopyable
from domain.model.events import (
    ChatEnded,
    ChatLocked,
    Expelled,
    LockBroken,
    LockEnded,
    Matched,
    NamesOffered,
    NamesShown,
    SearchEnded,
    Separated,
    TopicGiven,
)
from domain.model.ids import Address, ChatId, LockId, MessageId, Pts, UserId
from domain.model.inbound import NAMES, BotBlocked, BotUnblocked, MessageReceived
from domain.model.lock import Lock
from domain.model.outgoing import NotSent, Why
from domain.model.profile import Gender, Profile, Question
from domain.model.separation import Block
from domain.panel.login import Client
from domain.payments.orders import Kind
from domain.payments.precheckout import OFF, TERMS
from domain.ports.invitations import Invitation
from domain.ports.panel import Answered, NotAsked, PanelQuestion
from domain.ports.panel import Outcome as Answer
from domain.ports.payments import NotRedeemed, VipState
from domain.ports.talk import Rating
from domain.session.effects import BuyLock, CheckChannels, Decide, FindBlock, ListBlocks, Parting, PlaceOrder, RecallChat, Relay
from domain.session.facts import (
    Appealed,
    BanLooked,
    Begun,
    BlockFound,
    BlocksListed,
    BotRemoved,
    ChannelsChecked,
    ChatRecalled,
    CreditsLooked,
    DataDeleted,
    Decided,
    DeletionAsked,
    EvidenceRead,
    Exported,
    Hidden,
    HumanAsked,
    HumanTried,
    InvitationLooked,
    LockOffered,
    LockTried,
    LoginAsked,
    MarkReviewed,
    NotRelayed,
    Ordered,
    PastLooked,
    ProfileRefreshed,
    QuestionAnswered,
    Rated,
    Redeemed,
    Reported,
    SearchTick,
    Stands,
    TermsAccepted,
    TextLookedInto,
    TicketOpened,
    VipLooked,
    VipTried,
)
from domain.session.machine import FEATURES
from domain.session.state import Chatting, Elsewhere, Idle, Place, Searching, Session
from domain.session.transitions import ASKS, COLUMNS, read_map
from domain.trust.appeals import NotAppealed
from domain.trust.reports import Reason
from domain.trust.spam.human import Outcome, shown
from domain.trust.spam.memory import SaidBefore
from tests.domain.stories import (
    ADULT,
    BOT,
    CHAT,
    ME,
    NOW,
    OTHER_BOT,
    PARTNER,
    RULES,
    SEEKER,
    command,
    edited,
    pressed,
    said,
    step,
)

PARTINGS = tuple(
    Parting(why=why, pressed=press)
    for why in (ChatEnd.BLOCKED, ChatEnd.REPORTED)
    for press in (None, pressed(f"block:{CHAT.id}"))
)
NEXT_CHAT = replace(CHAT, id=ChatId("c2"))
CHAT_ELSEWHERE = replace(CHAT, id=ChatId("c3"), first=Address(OTHER_BOT, ME.user))
PLACES: tuple[Place, ...] = (
    Idle(),
    Searching(1000.0),
    Searching(1000.0, asked_to_widen=True),
    Chatting(CHAT),
    Chatting(CHAT, introduced=False),
    Chatting(CHAT, locked_until=NOW + 60),
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
    replace(ADULT, held=True),
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
    Paired(marks={}, chat=CHAT_ELSEWHERE, locked_until=NOW + 60),
    LockedIn(marks={}, chat=CHAT, locked_until=NOW + 60),
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
    AskTopic(address=ME, chat=CHAT.id),
    OfferName(address=ME, chat=CHAT.id, name="anna_77"),
    Return(seeker=SEEKER, former=CHAT.id, partner=PARTNER.user, seconds=600.0),
    *(
        Separate(address=ME, partner=PARTNER, chat=chat, why=why, pressed=press)
        for chat in (CHAT.id, ChatId("c0"))
        for why in (ChatEnd.BLOCKED, ChatEnd.REPORTED)
        for press in (None, pressed(f"block:{chat}"))
    ),
    LiftBlock(address=ME, other=PARTNER.user, pressed=pressed("unblock:1")),
)
SEPARATED = tuple(
    Separated(user=ME.user, partner=PARTNER, chat=chat, why=why, reason=Reason.ADS if why is ChatEnd.REPORTED else None)
    for chat in (CHAT.id, ChatId("c0"))
    for why in (ChatEnd.BLOCKED, ChatEnd.REPORTED)
)
BLOCK = Block(number=1)
LOCK = Lock(id=LockId("l"), chat=CHAT.id, owner=ME, since=NOW, until=NOW + 60)
BUYING = BuyLock(wanted=Wanted(id=LOCK.id, owner=ME, chat=CHAT.id, minutes=5, price=5), pressed=pressed(f"lock:5:5:{CHAT.id}"))


def looked_into(partners: int, *, hooked: bool) -> TextLookedInto:
    said = SaidBefore(sketch=bytes(64), told=tuple((UserId(each), NOW) for each in range(partners)), hooked=hooked)
    relay = Relay(chat=CHAT.id, to=CHAT.second, message=MessageId(9), content=Text(text="hi"))
    return TextLookedInto(relay=relay, said=said, hooked=hooked)


def _answered(outcome: Answer) -> Answered:
    return Answered(outcome=outcome, act="Remove a bot")


FACTS: tuple[Any, ...] = (
    said("25"),
    said("write me @ivan_petrov"),
    replace(said(""), content=Uncopyable(reason="refuse-location")),
    edited(Text(text="hi"), message=4),
    edited(Uncopyable(reason="refuse-location"), message=4),
    BotBlocked(user=ME.user),
    BotRemoved(),
    BotUnblocked(user=ME.user),
    SearchTick(waited=600.0),
    *(NotRelayed(chat=CHAT.id, message=MessageId(9), failure=NotSent(why=why)) for why in Why),
    *(Stands(answer=answer) for answer in ANSWERS),
    *(BanLooked(until=inf, profile=profile) for profile in (None, ADULT, replace(ADULT, banned_until=inf))),
    *(Appealed(text=text, refused=refused) for text in ("", "please") for refused in (None, *NotAppealed)),
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
    InvitationLooked(invitation=Invitation(code="0123456789AB")),
    *(VipLooked(state=VipState(until=until), links={}) for until in (0.0, NOW + 60)),
    *(CreditsLooked(balance=balance, history=()) for balance in (0, 5)),
    *(Ordered(order=PlaceOrder(kind=Kind.VIP, plan="week"), refusal=text) for text in ("", TERMS, OFF)),
    *(Redeemed(gift=gift, outcome=outcome) for gift in (False, True) for outcome in (*NotRedeemed, 3)),
    VipTried(until=None),
    VipTried(until=NOW + 60),
    TicketOpened(number=7),
    TermsAccepted(pressed=pressed("terms")),
    TopicGiven(user=ME.user, chat=CHAT.id, number=77),
    *(NamesOffered(user=ME.user, chat=CHAT.id, mine=mine) for mine in (False, True)),
    NamesShown(user=ME.user, chat=CHAT.id, name="boris_77"),
    *(
        ChatLocked(user=ME.user, chat=CHAT.id, lock=LockId("l"), owner=owner, until=NOW + 60, extended=extended)
        for owner in (ME.user, PARTNER.user)
        for extended in (False, True)
    ),
    *(LockEnded(user=ME.user, chat=CHAT.id, owner=owner) for owner in (ME.user, PARTNER.user)),
    LockBroken(user=ME.user, lock=LOCK, ended=NOW, why=ChatEnd.STOPPED, by=ME.user),
    *(LockOffered(chat=CHAT.id, credits=credits_) for credits_ in (0, 99)),
    *(LockTried(asked=BUYING, outcome=outcome) for outcome in (LockSet(until=NOW), TooFew(balance=0), *Refusal)),
    *(
        PastLooked(past=PastChat(chat=chat, why=why, ended=ended), partner=ADULT, pressed=pressed(f"again:{CHAT.id}"))
        for chat, ended in ((CHAT, NOW), (CHAT, NOW - 601), (CHAT_ELSEWHERE, NOW))
        for why in ChatEnd
    ),
    PastLooked(past=None, pressed=pressed(f"again:{CHAT.id}")),
    *(Rated(rating=rating, pressed=pressed("rate:up:c1:seal")) for rating in Rating),
    Begun(profile=replace(ADULT, banned_until=inf)),
    Begun(profile=ADULT),
    Begun(profile=Profile(user=ME.user)),
    Exported(again_at=None),
    Exported(again_at=NOW),
    DeletionAsked(),
    DataDeleted(),
    *SEPARATED,
    *(EvidenceRead(of=each, evidence=(), answered=True) for each in SEPARATED),
    *(
        ChatRecalled(asked=RecallChat(parting=parting), past=past)
        for parting in PARTINGS
        for past in (
            None,
            PastChat(chat=CHAT, ended=None),
            PastChat(chat=CHAT, ended=1.0),
            PastChat(chat=CHAT_ELSEWHERE, ended=NOW),
        )
    ),
    Reported(number=7),
    *(BlocksListed(asked=ListBlocks(pressed=press), blocks=(BLOCK,)) for press in (None, pressed("blocks:0"))),
    *(BlockFound(asked=FindBlock(block=BLOCK, pressed=pressed("unblock:1")), other=who) for who in (None, PARTNER.user)),
    *(looked_into(partners, hooked=hooked) for partners in (1, 3, 6) for hooked in (False, True)),
    HumanAsked(),
    MarkReviewed(profile=ADULT, command=command("find")),
    MarkReviewed(profile=replace(ADULT, held=True), command=command("find")),
    HumanAsked(wait=60.0),
    HumanAsked(shown=shown(b"key", ME.user, 5)),
    *(HumanTried(outcome=outcome, pressed=pressed("human:a")) for outcome in Outcome),
    LoginAsked(command=command("admin_login"), outcome=NotAsked(wait=8.0)),
    LoginAsked(command=command("admin_login"), outcome=PanelQuestion(reference="ab", choices=(11,), client=Client(), at=NOW)),
    *(QuestionAnswered(pressed=pressed("admin:ab:11"), outcome=each) for each in (None, *map(_answered, Answer))),
    Hidden(command=command("admin_login")),
    Hidden(command=replace(command("start"), argument="login_ABCDEFGH")),
    ProfileRefreshed(profile=None),
    ProfileRefreshed(profile=replace(ADULT, vip_until=inf)),
    ProfileRefreshed(profile=replace(ADULT, held=True)),
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
    "pack:small",
    "gift:",
    f"gift:{CHAT.id}",
    "give:week:",
    f"give:week:{CHAT.id}",
    f"accept:gift:week:{CHAT.id}",
    "invite",
    "trial",
    f"lock:5:5:{CHAT.id}",
    "lock:9:9:c0",
    "lock:",
    "terms",
    f"delete:{NOW:.0f}",
    f"delete:{NOW - 3600:.0f}",
    "keep",
    "wishes",
    "wish:any",
    "wish:gender:male",
    "wish:band:2",
    "names:",
    f"names:{CHAT.id}",
    "again:",
    f"again:{CHAT.id}",
    f"rate:up:{CHAT.id}:seal",
    "rate:sideways",
    f"report:ads:{CHAT.id}:",
    f"report:under_age:{CHAT.id}:17",
    f"report-ask:{CHAT.id}",
    "report:ads:c0:",
    "report:boredom:c0:",
    f"block:{CHAT.id}",
    "block:c0",
    "blocks:1",
    "unblock:1",
    "unblock:one",
    "pictures:open",
    f"show:{CHAT.id}",
    "protect:off",
    "human:0123",
    "admin:ab:11",
    "admin:ab",
)


def sessions() -> Iterator[Session]:
    for place, profile, last, ended in product(PLACES, PROFILES, (None, Pts(5)), (None, CHAT.id)):
        yield Session(address=ME, place=place, profile=profile, last_pts=last, ended=ended)


def events() -> Iterator[tuple[str, Any]]:
    for feature in FEATURES:
        for each in feature.commands:
            yield f"/{each.name}", command(each.name)
    yield f"/{NAMES}", replace(command(NAMES), username="anna_77")
    for data in DATA:
        yield f"button {data.partition(':')[0]}", replace(pressed(data), username="anna_77" if data.endswith("c1") else "")
    for fact in FACTS:
        yield type(fact).__name__, fact
    for request, answer in product(REQUESTS, ANSWERS):
        yield f"Decided {type(request).__name__}", Decided(request=request, answer=answer)


def what_is_asked(effect: Any) -> str:
    if isinstance(effect, Decide):
        return type(effect.request).__name__
    return type(effect).__name__ if isinstance(effect, CheckChannels | RecallChat) else ""


def possible(session: Session, fact: Any) -> bool:
    """Whoever searches now, or asks for it, has a complete profile and is not banned as far as is known."""
    profile = session.profile
    searches = isinstance(fact, HumanAsked | PastLooked | MarkReviewed) or (isinstance(fact, ChannelsChecked) and fact.searching)
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
    handled |= {fact.__name__ for feature in FEATURES for fact in feature.facts} | {MessageReceived.__name__, Hidden.__name__}
    handled |= {f"Decided {each.__name__}" for feature in FEATURES for each in feature.decisions}
    assert set(read_map()) == handled
    assert {each.__name__ for each in get_args(Place)} == set(COLUMNS)
