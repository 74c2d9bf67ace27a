"""The texts of the shop: which id, arguments and buttons. The texts themselves are in `transport/texts/locale/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil

from domain.configuration import Configuration, Plan
from domain.model.dates import day
from domain.model.ids import ChatId
from domain.model.outgoing import Button, Notice, Rows
from domain.model.profile import ADULT_BANDS, DAY, Gender, Wishes
from domain.payments.credits import Why
from domain.payments.updates import NANO
from domain.ports.payments import CreditEntry, Paid, VipState
from domain.session.effects import PlaceOrder
from domain.session.facts import CreditsLooked

SIGNS: Mapping[str, str] = {
    Why.SALE: "⭐",
    Why.REFUND: "↩",
    Why.GIVEN: "🎁",
    Why.LOCK_HELD: "🔒",
    Why.LOCK_VOIDED: "🔓",
    Why.LOCK_BACK: "🔓",
    Why.REFERRAL: "👥",
    Why.COMMISSION: "👥",
    Why.COMMISSION_REVERSED: "↩",
}
"""Of entries in an account of credits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What /vip offers under its text."""

    plans: tuple[Plan, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    """Monthly plan → the link of its subscription."""
    trial_days: int = 0
    gift: bool = False
    partner: ChatId | None = None
    """The chat whose partner can be given something."""
    wishes: bool = False
    chatting: bool = False


def vip(state: VipState, offer: Offer, now: float, language: str) -> Notice:
    return Notice(
        text=_state_text(state, now),
        arguments={
            "until": day(state.until),
            "days": max(0, ceil((state.until - now) / DAY)),
            "plan": state.subscription.state if state.subscription else "none",
            "payments": len(state.history),
            "history": "\n".join(map(_line, state.history)),
            "chatting": int(offer.chatting),
        },
        language=language,
        buttons=tuple(_rows(offer)),
    )


def _state_text(state: VipState, now: float) -> str:
    if state.until > now:
        return "vip-state-active"
    return "vip-state-over" if state.until else "vip-state-none"


def _line(paid: Paid) -> str:
    """A payment in one line: its day, its price, and whether it was refunded."""
    line = f"{day(paid.at)} · {paid.amount // NANO} ⭐"
    return f"{line} ↩" if paid.refunded_at else line


def _rows(offer: Offer) -> Iterator[tuple[Button, ...]]:
    if offer.trial_days:
        yield (Button("vip-trial", data="trial", arguments={"days": offer.trial_days}),)
    for plan in offer.plans:
        yield (_plan(plan, offer.links.get(plan.id, "")),)
    if offer.wishes:
        yield (Button("vip-wishes", data="wishes"),)
    if offer.partner is not None:
        yield (Button("gift-partner" if offer.chatting else "gift-last-partner", data=f"gift:{offer.partner}"),)
    if offer.gift and not offer.chatting:
        yield (Button("gift-by-link", data="gift:"),)


def _plan(plan: Plan, link: str) -> Button:
    arguments = {"days": plan.days, "stars": plan.stars}
    if plan.monthly:
        return Button("vip-plan-monthly", data="" if link else f"plan:{plan.id}", url=link, arguments=arguments)
    return Button("vip-plan", data=f"plan:{plan.id}", arguments=arguments)


def gift_plans(plans: tuple[Plan, ...], chat: str, language: str) -> Notice:
    buttons: Rows = tuple(
        (Button("vip-plan", data=f"give:{plan.id}:{chat}", arguments={"days": plan.days, "stars": plan.stars}),) for plan in plans
    )
    return Notice(text="gift-choose-partner" if chat else "gift-choose-link", language=language, buttons=buttons)


def credits_state(looked: CreditsLooked, packs: Rows, language: str) -> Notice:
    return Notice(
        text="credits-state",
        arguments={
            "balance": looked.balance,
            "entries": len(looked.history),
            "history": "\n".join(map(_entry, looked.history)),
            "sold": int(bool(packs)),
        },
        language=language,
        buttons=packs,
    )


def _entry(entry: CreditEntry) -> str:
    """An entry in one line: its day, its amount, and a sign for why."""
    return f"{day(entry.at)} · {entry.amount:+} {SIGNS.get(entry.kind, '')}".rstrip()


def pack_buttons(configuration: Configuration) -> Rows:
    """A row for each pack; none where no Stars are taken. A press sends the invoice, whatever the button stands under."""
    if not configuration.features.stars_payments:
        return ()
    return tuple(
        (Button("credits-pack", data=f"pack:{pack.id}", arguments={"credits": pack.credits, "stars": pack.stars}),)
        for pack in configuration.credits.packs
    )


def accept_terms(order: PlaceOrder, language: str) -> Notice:
    accept = Button("accept-terms", data=f"accept:{order.kind}:{order.plan}:{order.chat or ''}")
    return Notice(text="payment-terms", language=language, buttons=((accept,),))


def wishes(current: Wishes, language: str) -> Notice:
    """A button for each gender and age band; those that are wished have a mark."""
    genders = tuple(
        Button(f"wish-gender-{gender}", data=f"wish:gender:{gender}", arguments=_mark(gender in current.genders))
        for gender in Gender
    )
    bands = [
        Button("wish-band", data=f"wish:band:{int(band)}", arguments={"band": int(band), **_mark(band in current.bands)})
        for band in sorted(ADULT_BANDS)
    ]
    rows = (genders, *(tuple(bands[at : at + 3]) for at in range(0, len(bands), 3)))
    return Notice(text="wishes", language=language, buttons=(*rows, (Button("wishes-any", data="wish:any"),)))


def _mark(chosen: object) -> dict[str, str | int]:
    return {"chosen": int(bool(chosen))}
