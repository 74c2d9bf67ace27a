"""The table of effects, and the one way in which they are carried out: in order, and without a task until one has to wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from actors.session.data import Later, Result, SessionData, Work
from actors.session.effects.channels import Channels
from actors.session.effects.evidence import Evidence
from actors.session.effects.invitations import InvitationEffects
from actors.session.effects.locks import LockEffects
from actors.session.effects.moderation import ModerationEffects
from actors.session.effects.operators import Operators
from actors.session.effects.partings import Partings
from actors.session.effects.payments import Payments
from actors.session.effects.personal import Personal
from actors.session.effects.pool import PoolDecisions
from actors.session.effects.records import Records
from actors.session.effects.relays import Relays
from actors.session.effects.replies import Replies
from actors.session.effects.spam import SpamEffects
from actors.session.effects.talk import Talk
from actors.session.excuses import could_not
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.session import effects as of
from domain.session.effects import Effect
from domain.session.facts import Fact

if TYPE_CHECKING:
    from actors.session.context import SessionContext

E = TypeVar("E", bound=Effect)
E_contra = TypeVar("E_contra", contravariant=True)


class Handler(Protocol[E_contra]):
    def __call__(self, me: SessionData, unit: UnitOfWork, effect: E_contra, /) -> Result: ...


class EffectTable:
    def __init__(self) -> None:
        self._handlers: dict[type, Handler[Any]] = {}

    def add(self, kind: type[E], handler: Handler[E]) -> None:
        self._handlers[kind] = handler

    def __contains__(self, kind: type[Effect]) -> bool:
        return kind in self._handlers

    def carry_out(self, me: SessionData, work: Work, first: Callable[[], Result] | None = None) -> Awaitable[None] | None:
        """All of its effects and what follows from them; then the unit is closed. A coroutine where one has to wait for a store.

        Where a store is away the state is `work.before` again: a decision that was made all the same is found out later.
        `first`: what comes before the effects.
        """
        try:
            result = first() if first is not None else None
            while work.ahead or result is not None:
                if result is None:
                    effect = work.ahead.pop()
                    result = self._handlers[type(effect)](me, work.unit, effect)
                elif isinstance(result, Later):
                    me.suspend(work, result)
                    return None
                elif isinstance(result, Awaitable):
                    return self._wait(me, work, result)
                else:
                    work.ahead += me.decide(result, work.unit)[::-1]
                    result = None
        except Unavailable as error:
            _take_back(me, work, error)
            return None
        work.unit.close()
        return None

    async def do(self, me: SessionData, unit: UnitOfWork, effect: Effect) -> None:
        """One alone, of which nothing follows. Raises Unavailable."""
        result = self._handlers[type(effect)](me, unit, effect)
        if isinstance(result, Awaitable):
            await result

    async def _wait(self, me: SessionData, work: Work, awaited: Awaitable[Fact | Later | None]) -> None:
        try:
            result = await awaited
        except Unavailable as error:
            _take_back(me, work, error)
            return
        rest = self.carry_out(me, work, lambda: result)
        if rest is not None:
            await rest


def _take_back(me: SessionData, work: Work, error: Unavailable) -> None:
    me.assume(work.before)
    could_not(me, work.unit, work.cause, error)


def effects_of(world: SessionContext) -> EffectTable:
    """Composed when the worker starts."""
    table = EffectTable()
    _of_chats(table, world)
    _of_payments(table, world)
    _of_trust(table, world)
    return table


def _of_chats(table: EffectTable, world: SessionContext) -> None:
    replies = Replies()
    table.add(of.Say, replies.say)
    table.add(of.Amend, replies.amend)
    table.add(of.ShowQr, replies.show_qr)
    table.add(of.Answer, replies.answer)
    table.add(of.ShowProgress, replies.show_progress)
    relays = Relays(world.maps)
    table.add(of.Relay, relays.relay)
    table.add(of.DropRelays, relays.drop)
    table.add(of.Decide, PoolDecisions().decide)
    records = Records(world.profiles, world.chats, world.appeals)
    table.add(of.ChangeProfile, records.change_profile)
    table.add(of.RecordChat, records.record_chat)
    table.add(of.RecordEnd, records.record_end)
    table.add(of.NoteSearch, records.note_search)
    table.add(of.Introduce, records.introduce)
    table.add(of.CheckChannels, Channels().check)
    table.add(of.LookUpBan, records.look_up_ban)
    table.add(of.Appeal, records.appeal)
    talk = Talk(world.profiles, world.chats, world.ratings)
    table.add(of.OfferAfterwards, talk.offer)
    table.add(of.LookUpPast, talk.look_up)
    table.add(of.Rate, talk.rate)


def _of_payments(table: EffectTable, world: SessionContext) -> None:
    payments = Payments(world.payments)
    table.add(of.LookUpVip, payments.look_up)
    table.add(of.LookUpCredits, payments.look_up_credits)
    table.add(of.PlaceOrder, payments.order)
    table.add(of.Redeem, payments.redeem)
    table.add(of.TryVip, payments.try_vip)
    table.add(of.AskSupport, payments.ask_support)
    table.add(of.AcceptTerms, payments.accept_terms)
    table.add(of.LookUpInvitation, InvitationEffects(world.invitations).look_up)
    locks = LockEffects(world.locks)
    table.add(of.OfferLock, locks.offer)
    table.add(of.BuyLock, locks.buy)
    table.add(of.GiveBack, locks.give_back)


def _of_trust(table: EffectTable, world: SessionContext) -> None:
    evidence = Evidence(world.chats, world.maps, world.earlier)
    table.add(of.ReadEvidence, evidence.read)
    partings = Partings(world.chats, world.restrictions)
    table.add(of.RecallChat, partings.recall)
    table.add(of.RecordSeparation, partings.record)
    table.add(of.ListBlocks, partings.list_blocks)
    table.add(of.FindBlock, partings.find_block)
    table.add(of.ForgetBlock, partings.forget_block)
    moderation = ModerationEffects(world.moderation, world.spam.notes, world.profiles)
    table.add(of.TellReport, moderation.tell_report)
    table.add(of.TellFinding, moderation.tell_finding)
    table.add(of.ReviewMarked, moderation.review_marked)
    spam = SpamEffects(world.spam)
    table.add(of.LookIntoText, spam.look)
    table.add(of.NoteHit, spam.note_hit)
    table.add(of.AskHuman, spam.ask_human)
    table.add(of.TryHuman, spam.try_human)
    operators = Operators(world.questions)
    table.add(of.AskLogin, operators.ask)
    table.add(of.AnswerQuestion, operators.answer)
    personal = Personal(world.personal)
    table.add(of.ExportData, personal.export)
    table.add(of.AskDeletion, personal.ask_deletion)
    table.add(of.DeleteData, personal.delete)
