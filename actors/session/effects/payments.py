"""What PaymentActor is asked for a user: it makes invoices and grants, and this only passes on."""

from __future__ import annotations

from asyncio import Future
from typing import TypeVar

from actors.payments.messages import (
    AcceptTerms,
    OpenOrder,
    OpenTicket,
    PaymentMessage,
    ReadCredits,
    ReadVip,
    RedeemGift,
    RedeemPromo,
    StartTrial,
)
from actors.runtime.asking import answer_of
from actors.runtime.handle import Handle
from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.ask import Ask
from domain.session import effects as of
from domain.session.effects import AskSupport, LookUpCredits, LookUpVip, PlaceOrder, Redeem, TryVip
from domain.session.facts import CreditsLooked, Ordered, Redeemed, TermsAccepted, TicketOpened, VipLooked, VipTried

R = TypeVar("R")


class Payments:
    def __init__(self, payments: Handle[PaymentMessage]) -> None:
        self._payments = payments

    async def look_up(self, me: SessionData, _unit: UnitOfWork, _effect: LookUpVip) -> VipLooked:
        looked = await self._ask(me, ReadVip(address=me.address, language=_language(me)))
        return VipLooked(state=looked.state, links=looked.links)

    async def look_up_credits(self, me: SessionData, _unit: UnitOfWork, _effect: LookUpCredits) -> CreditsLooked:
        looked = await self._ask(me, ReadCredits(user=me.address.user))
        return CreditsLooked(balance=looked.balance, history=looked.history)

    async def order(self, me: SessionData, _unit: UnitOfWork, effect: PlaceOrder) -> Ordered:
        if effect.accepts_terms:
            await self._ask(me, AcceptTerms(user=me.address.user))
        asked = OpenOrder(buyer=me.address, kind=effect.kind, plan=effect.plan, chat=effect.chat, language=_language(me))
        return Ordered(order=effect, refusal=await self._ask(me, asked))

    async def redeem(self, me: SessionData, _unit: UnitOfWork, effect: Redeem) -> Redeemed:
        asked = RedeemGift if effect.gift else RedeemPromo
        return Redeemed(gift=effect.gift, outcome=await self._ask(me, asked(address=me.address, code=effect.code)))

    async def try_vip(self, me: SessionData, _unit: UnitOfWork, _effect: TryVip) -> VipTried:
        return VipTried(until=await self._ask(me, StartTrial(address=me.address)))

    async def ask_support(self, me: SessionData, _unit: UnitOfWork, effect: AskSupport) -> TicketOpened:
        return TicketOpened(number=await self._ask(me, OpenTicket(address=me.address, text=effect.text)))

    async def accept_terms(self, me: SessionData, _unit: UnitOfWork, effect: of.AcceptTerms) -> TermsAccepted:
        await self._ask(me, AcceptTerms(user=me.address.user))
        return TermsAccepted(pressed=effect.pressed)

    async def _ask(self, me: SessionData, message: Ask[R]) -> R:
        """Raises `domain.errors.Unavailable`."""
        reply: Future[R] = self._payments.ask(message, timeout=me.world.ask_timeout)
        return await answer_of(reply, "the payments")


def _language(me: SessionData) -> str:
    return me.session.language if me.session is not None else "en"
