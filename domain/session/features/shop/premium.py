"""VIP: /vip shows what somebody has and what is sold; buttons send an invoice, give VIP away, start the trial.

Nothing here charges anybody. PaymentActor makes the invoice, and refuses what may not be bought now. Minors are sold nothing, and
have no trial. What was given to them is theirs, but changes nothing in whom they meet.
"""

from __future__ import annotations

import re
from dataclasses import replace

from domain.configuration import Configuration
from domain.model.dates import day
from domain.model.ids import ChatId
from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.outgoing import Menu
from domain.payments import precheckout
from domain.payments.orders import Kind
from domain.session.buying import is_minor, place, refused
from domain.session.context import Context, Step
from domain.session.effects import Effect, LookUpVip, PlaceOrder, Say, TryVip
from domain.session.facts import Ordered, VipLooked, VipTried
from domain.session.feature import Button, Command, Feature, Heading, Key, Passes, no_argument
from domain.session.notices import shop_notices as notices
from domain.session.notices.shop_notices import Offer
from domain.session.replies import menu_of, old_button, say, toast
from domain.session.state import Chatting

PLAN, CHAT = re.compile(r"[a-z0-9-]{1,16}"), re.compile(r"[A-Za-z0-9_-]{0,32}")
"""A client may send any data. What has another shape would not fit into the data of the next button."""


def _is_offered(configuration: Configuration) -> bool:
    return configuration.features.vip


def _vip(context: Context, _command: CommandReceived) -> Step:
    if not _is_offered(context.configuration):
        return context.session, [say(context.session, precheckout.OFF, menu_of(context.session))]
    if is_minor(context):
        return context.session, [say(context.session, "vip-minor", menu_of(context.session))]
    return context.session, [LookUpVip()]


def _looked(context: Context, looked: VipLooked) -> Step:
    session, configuration, profile = context.session, context.configuration, context.session.profile
    chatting = isinstance(context.place, Chatting)
    sold = configuration.features.stars_payments
    offer = Offer(
        plans=configuration.vip.plans if sold and not chatting else (),
        links=looked.links,
        trial_days=0 if looked.state.tried or looked.state.until > context.now else configuration.vip.trial_days,
        gift=sold,
        partner=_last_chat(context) if sold else None,
        wishes=looked.state.until > context.now and profile is not None and bool(profile.adult),
        chatting=chatting,
    )
    return session, [Say(notice=notices.vip(looked.state, offer, context.now, session.language))]


def _last_chat(context: Context) -> ChatId | None:
    """The chat whose partner may be given something: the present one, or the last that is remembered. Nobody is offered a gift
    for whom they have reported or blocked.
    """
    session = context.session
    if isinstance(context.place, Chatting):
        return context.place.chat.id
    last = session.left or session.ended
    return None if last == session.parted else last


def _plan_pressed(context: Context, pressed: ButtonPressed, plan: str) -> Step:
    return place(context, pressed, PlaceOrder(kind=Kind.VIP, plan=plan))


def _gift_pressed(context: Context, pressed: ButtonPressed, chat: str) -> Step:
    """Asks which plan is given: to the partner of that chat, or by a link."""
    session = context.session
    refusal = "old-button" if chat and chat == session.parted else refused(context, Kind.GIFT)
    if refusal:
        return session, [toast(session, pressed, refusal)]
    plans = tuple(plan for plan in context.configuration.vip.plans if not plan.monthly)
    return session, [toast(session, pressed), Say(notice=notices.gift_plans(plans, chat, session.language))]


def _give_pressed(context: Context, pressed: ButtonPressed, given: tuple[str, str]) -> Step:
    plan, chat = given
    if not chat:
        return place(context, pressed, PlaceOrder(kind=Kind.GIFT_LINK, plan=plan))
    if chat == context.session.parted:
        return old_button(context, pressed)
    return place(context, pressed, PlaceOrder(kind=Kind.GIFT, plan=plan, chat=ChatId(chat)))


def _accept_pressed(context: Context, pressed: ButtonPressed, wanted: PlaceOrder) -> Step:
    """The terms are accepted once, and the purchase goes on by itself."""
    return place(context, pressed, replace(wanted, accepts_terms=True))


def _ordered(context: Context, ordered: Ordered) -> Step:
    session = context.session
    if not ordered.refusal:
        return session, []
    if ordered.refusal == precheckout.TERMS:
        return session, [Say(notice=notices.accept_terms(ordered.order, session.language))]
    return session, [say(session, ordered.refusal)]


def _trial_pressed(context: Context, pressed: ButtonPressed, _none: object) -> Step:
    if not (context.configuration.features.vip and context.configuration.vip.trial_days):
        return old_button(context, pressed)
    if is_minor(context):
        return context.session, [toast(context.session, pressed, precheckout.MINOR)]
    return context.session, [toast(context.session, pressed), TryVip()]


def _tried(context: Context, tried: VipTried) -> Step:
    session = context.session
    told: Effect = say(session, "trial-used")
    if tried.until is not None:
        told = say(session, "trial-started", until=day(tried.until))
    return session, [told]


def _plan_id(rest: str) -> str | None:
    return rest if PLAN.fullmatch(rest) else None


def _chat_or_none(rest: str) -> str | None:
    return rest if CHAT.fullmatch(rest) else None


def _plan_and_chat(rest: str) -> tuple[str, str] | None:
    plan, _, chat = rest.partition(":")
    return (plan, chat) if PLAN.fullmatch(plan) and CHAT.fullmatch(chat) else None


def _wanted(rest: str) -> PlaceOrder | None:
    """What was wanted when the terms had to be accepted first: kind:plan:chat."""
    kind, _, more = rest.partition(":")
    plan, _, chat = more.partition(":")
    if kind not in set(Kind) or _plan_and_chat(more) is None:
        return None
    return PlaceOrder(kind=Kind(kind), plan=plan, chat=ChatId(chat) if chat else None)


ANYWHERE = frozenset({Passes.ELSEWHERE})

FEATURE = Feature(
    name="premium",
    heading=Heading.SHOP,
    commands=(Command(name="vip", handler=_vip, help="command-vip", passes=ANYWHERE),),
    buttons=(
        Button(prefix="plan", parse=_plan_id, handler=_plan_pressed),
        Button(prefix="gift", parse=_chat_or_none, handler=_gift_pressed),
        Button(prefix="give", parse=_plan_and_chat, handler=_give_pressed),
        Button(prefix="accept", parse=_wanted, handler=_accept_pressed),
        Button(prefix="trial", parse=no_argument, handler=_trial_pressed),
    ),
    keys=(Key(menu=Menu.MAIN, row=1, label="menu-vip", command="vip", offered=_is_offered),),
    facts={VipLooked: _looked, Ordered: _ordered, VipTried: _tried},
)
