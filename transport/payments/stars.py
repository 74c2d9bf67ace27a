"""Makes the calls of `domain/payments/calls.py`. They pass the pacer by: an answer to a pre-checkout query must not queue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, assert_never

from pyrogram import raw
from pyrogram.errors import RPCError

from domain.errors import Unavailable
from domain.payments.calls import (
    AnswerPrecheckout,
    CancelSubscription,
    ExportInvoice,
    FindTransaction,
    ReadTransactions,
    RefundCharge,
    RefundOutcome,
    StarsCall,
)
from domain.payments.transactions import Page, Transaction
from transport.calls.methods import name_of
from transport.calls.peers import Peers
from transport.calls.persistence import is_passing, retry
from transport.mtproto.link import Link
from transport.payments.invoices import input_invoice
from transport.payments.rows import read_page
from transport.texts.catalogue import Texts

PATIENCE = 20.0
"""Seconds for which a call is tried again. An answer to a pre-checkout query has `ANSWER_SECONDS`."""
ANSWER_SECONDS = 8.0
"""Telegram gives up after 10 s; some of them have gone by when the answer is made."""
REFUND_OUTCOMES = {
    "CHARGE_ALREADY_REFUNDED": RefundOutcome.ALREADY,
    "CHARGE_NOT_FOUND": RefundOutcome.UNKNOWN_CHARGE,
    "CHARGE_ID_INVALID": RefundOutcome.UNKNOWN_CHARGE,
    "CHARGE_ID_EMPTY": RefundOutcome.UNKNOWN_CHARGE,
}


class StarsCalls:
    def __init__(self, *, link: Link, peers: Peers, texts: Texts, on_updates: Callable[[Any], None]) -> None:
        self._link = link
        self._peers = peers
        self._texts = texts
        self._on_updates = on_updates

    async def make(self, call: StarsCall) -> object:
        """The reply of the call's type. Raises `domain.errors.Unavailable`."""
        try:
            return await self._make(call)
        except (RPCError, OSError) as error:
            reason = name_of(error) if isinstance(error, RPCError) else type(error).__name__
            raise Unavailable(f"Telegram does not answer {type(call).__name__}: {reason}") from error

    def _make(self, call: StarsCall) -> Awaitable[object]:
        match call:
            case AnswerPrecheckout():
                return self._answer(call)
            case ExportInvoice():
                return self._export(call)
            case RefundCharge():
                return self._refund(call)
            case ReadTransactions():
                return self._read(call)
            case FindTransaction():
                return self._find(call)
            case CancelSubscription():
                return self._cancel(call)
        assert_never(call)

    async def _answer(self, call: AnswerPrecheckout) -> bool:
        """An answer that is made twice does no harm: Telegram refuses the second."""
        error = self._texts.render(call.refusal, language=call.language) if call.refusal else None
        query = raw.functions.messages.SetBotPrecheckoutResults(
            query_id=call.query, success=not call.refusal or None, error=error
        )
        try:
            return bool(await self._tried(query, ANSWER_SECONDS))
        except RPCError as error_:
            if is_passing(error_):
                raise
            return False

    async def _export(self, call: ExportInvoice) -> str:
        exported = await self._tried(raw.functions.payments.ExportInvoice(invoice_media=input_invoice(call.invoice, self._texts)))
        return str(exported.url)

    async def _refund(self, call: RefundCharge) -> RefundOutcome:
        peer = await self._peers.find(call.user)
        user = raw.types.InputUser(user_id=peer.user_id, access_hash=peer.access_hash)
        try:
            updates = await self._tried(raw.functions.payments.RefundStarsCharge(user_id=user, charge_id=call.charge))
        except RPCError as error:
            if is_passing(error):
                raise
            return REFUND_OUTCOMES.get(name_of(error), RefundOutcome.REFUSED)
        self._on_updates(updates)
        return RefundOutcome.DONE

    async def _read(self, call: ReadTransactions) -> Page:
        query = raw.functions.payments.GetStarsTransactions(
            peer=raw.types.InputPeerSelf(), offset=str(call.offset) if call.offset else "", limit=call.limit, ascending=True
        )
        return read_page(await self._tried(query), call.offset)

    async def _find(self, call: FindTransaction) -> Transaction | None:
        row = raw.types.InputStarsTransaction(id=call.id, refund=call.refund or None)
        query = raw.functions.payments.GetStarsTransactionsByID(peer=raw.types.InputPeerSelf(), id=[row])
        found = read_page(await self._tried(query), 0).rows
        return next((each for each in found if each.id == call.id and each.refund == call.refund), None)

    async def _cancel(self, call: CancelSubscription) -> bool:
        peer = await self._peers.find(call.user)
        user = raw.types.InputUser(user_id=peer.user_id, access_hash=peer.access_hash)
        try:
            await self._tried(raw.functions.payments.BotCancelStarsSubscription(user_id=user, charge_id=call.charge))
        except RPCError as error:
            if is_passing(error):
                raise
            return name_of(error) == "SUBSCRIPTION_NOT_MODIFIED"
        return True

    async def _tried(self, query: Any, seconds: float = PATIENCE) -> Any:
        return await retry(partial(self._call, query), asyncio.get_running_loop().time() + seconds)

    async def _call(self, query: Any) -> Any:
        await self._link.up.wait()
        return await self._link.call(query)
