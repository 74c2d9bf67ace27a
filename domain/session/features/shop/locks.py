"""Locks: /lock offers to keep the partner in the chat for some minutes, for credits. LockActor sells them.

What is told of a lock is told by events of the pool, to both members. A lock keeps nobody from /report, /block and /delete_me.
"""

from __future__ import annotations

from dataclasses import replace

from domain.configuration import Configuration
from domain.locks.records import LockSet, TooFew, Wanted
from domain.locks.rules import Duration
from domain.matching.locks import Refusal
from domain.model.events import ChatLocked, LockBroken, LockEnded
from domain.model.ids import ChatId, LockId
from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.outgoing import Menu, Rows
from domain.payments.orders import Kind
from domain.session.buying import refused
from domain.session.context import Context, Step
from domain.session.effects import Amend, BuyLock, Effect, GiveBack, OfferLock, Say
from domain.session.facts import LockOffered, LockTried
from domain.session.feature import Button, Command, Feature, Heading, Key, chat_id
from domain.session.notices import lock_notices as notices
from domain.session.notices.shop_notices import pack_buttons
from domain.session.replies import menu_of, say, show_other_bot, toast
from domain.session.state import Chatting, Elsewhere, in_chat

LONGEST_NUMBER = 6
"""Digits of minutes and of a price."""


def _lock(context: Context, _command: CommandReceived) -> Step:
    session, place = context.session, context.place
    if refusal := _refusal(context):
        return session, [say(session, refusal, menu_of(session))]
    if not isinstance(place, Chatting):
        return session, [say(session, "lock-not-in-chat", menu_of(session))]
    return session, [OfferLock(chat=place.chat.id)]


def _refusal(context: Context) -> str:
    """Why nobody, or not this person, can lock a chat; empty where they can. Whoever chats with a minor is one."""
    if not _is_offered(context.configuration):
        return "lock-off"
    minor = context.session.profile is not None and context.session.profile.minor
    return "lock-minor" if minor and not context.configuration.locks.minors else ""


def _is_offered(configuration: Configuration) -> bool:
    return configuration.features.lock_chat and bool(configuration.locks.durations)


def _offered(context: Context, offered: LockOffered) -> Step:
    session, durations = context.session, context.configuration.locks.durations
    if not in_chat(session, offered.chat) or _refusal(context):
        return session, []
    cheapest = min(each.credits for each in durations)
    if offered.credits < cheapest:
        return session, [Say(notice=notices.short(offered.credits, cheapest, _packs(context), session.language))]
    return session, [Say(notice=notices.offer(durations, offered.chat, offered.credits, _packs(context), session.language))]


def _packs(context: Context) -> Rows:
    return () if refused(context, Kind.CREDITS) else pack_buttons(context.configuration)


def _pressed(context: Context, pressed: ButtonPressed, chosen: tuple[Duration, ChatId]) -> Step:
    """The button of a message buys once: pressed again, also at another device or by a redelivery, it is the same lock."""
    session, place = context.session, context.place
    duration, chat = chosen
    if refusal := _refusal(context):
        return session, [toast(session, pressed, refusal)]
    if isinstance(place, Elsewhere) and place.chatting:
        return session, [toast(session, pressed), show_other_bot(context, place)]
    if not in_chat(session, chat):
        return session, [toast(session, pressed, "lock-chat-over")]
    if duration not in context.configuration.locks.durations:
        return session, [toast(session, pressed, "lock-not-offered")]
    wanted = Wanted(
        id=LockId(f"{chat}-{session.address.bot}-{pressed.message}-{duration.minutes}"),
        owner=session.address,
        chat=chat,
        minutes=duration.minutes,
        price=duration.credits,
    )
    return session, [toast(session, pressed), BuyLock(wanted=wanted, pressed=pressed)]


def _tried(context: Context, tried: LockTried) -> Step:
    session, wanted = context.session, tried.asked.wanted
    match tried.outcome:
        case LockSet():
            bought = Duration(minutes=wanted.minutes, credits=wanted.price)
            return session, [Amend(message=tried.asked.pressed.message, notice=notices.receipt(bought, session.language))]
        case TooFew(balance=balance):
            return session, [Say(notice=notices.short(balance, wanted.price, _packs(context), session.language))]
        case Refusal.OVER:
            return session, [say(session, "lock-chat-over")]
        case Refusal.TOO_LONG:
            return session, [say(session, "lock-too-long", longest=context.configuration.locks.longest_minutes)]
        case Refusal.VOID:
            return session, [say(session, "lock-void")]


# --- what the pool tells


def _locked(context: Context, event: ChatLocked) -> Step:
    session, place = context.session, context.place
    if not isinstance(place, Chatting) or place.chat.id != event.chat:
        return session, []
    if event.owner != event.user:
        session = replace(session, place=replace(place, locked_until=event.until))
    key = f"lock:{event.lock}:{event.user}:set"
    return session, [Say(notice=notices.locked(event, context.now, session.language), key=key)]


def _ended(context: Context, event: LockEnded) -> Step:
    session, place = context.session, context.place
    if not isinstance(place, Chatting) or place.chat.id != event.chat:
        return session, []
    if event.owner == event.user:
        return session, [say(session, "lock-ended-mine", Menu.CHATTING)]
    return replace(session, place=replace(place, locked_until=0.0)), [say(session, "lock-ended", Menu.CHATTING)]


def _broken(context: Context, event: LockBroken) -> Step:
    effects: list[Effect] = [GiveBack(broken=event)]
    return context.session, effects


def _chosen(rest: str) -> tuple[Duration, ChatId] | None:
    """minutes:credits:chat, as it was offered. A client may send any data."""
    minutes, _, more = rest.partition(":")
    credits_, _, name = more.partition(":")
    chat = chat_id(name)
    numbers = all(each.isascii() and each.isdecimal() and len(each) <= LONGEST_NUMBER for each in (minutes, credits_))
    return (Duration(minutes=int(minutes), credits=int(credits_)), chat) if numbers and chat is not None else None


FEATURE = Feature(
    name="locks",
    heading=Heading.SHOP,
    commands=(Command(name="lock", handler=_lock, help="command-lock"),),
    buttons=(Button(prefix="lock", parse=_chosen, handler=_pressed),),
    keys=(Key(menu=Menu.CHATTING, row=2, label="menu-lock", command="lock", offered=_is_offered),),
    facts={LockOffered: _offered, LockTried: _tried, ChatLocked: _locked, LockEnded: _ended, LockBroken: _broken},
)
