"""Methods of payments: links of invoices, pre-checkouts, refunds, transactions and subscriptions."""

from __future__ import annotations

import re
import time
from itertools import islice

from pyrogram import raw

from transport.sandbox.faults import Kind
from transport.sandbox.mtproto.tl import TL, boolean
from transport.sandbox.rpc.call import Call, Methods
from transport.sandbox.rpc.input_invoice import read_invoice
from transport.sandbox.rpc.stars import status
from transport.sandbox.stars.model import Transaction
from transport.sandbox.stars.queries import Verdict
from transport.sandbox.world.model import Message, RpcError, User

types = raw.types
COUNT = re.compile(r"\d{1,18}", re.ASCII)
MAX_LIMIT = 100
NEWEST = 10
"""Transactions that come with the balance."""


def export_invoice(call: Call, query: TL) -> TL:
    url = call.services.stars.invoices.export(read_invoice(call, query.invoice_media))
    return types.payments.ExportedInvoice(url=url)


def set_bot_precheckout_results(call: Call, query: TL) -> TL:
    if not query.success and not query.error:
        raise RpcError(400, "ERROR_TEXT_EMPTY")
    verdict = Verdict.APPROVED if query.success else Verdict.REFUSED
    if not call.services.stars.queries.answer(call.bot.id, query.query_id, verdict, query.error or ""):
        raise RpcError(400, "QUERY_ID_INVALID")
    return boolean(True)  # noqa: FBT003 - the value


def refund_stars_charge(call: Call, query: TL) -> TL:
    stars, user = call.services.stars, _user(call, query.user_id)
    if not query.charge_id:
        raise RpcError(400, "CHARGE_ID_EMPTY")
    charge = stars.ledger.find(call.bot.id, query.charge_id)
    if charge is None or charge.who != user.id:
        raise RpcError(400, "CHARGE_NOT_FOUND")
    if stars.ledger.find(call.bot.id, charge.id, refund=True) is not None:
        raise RpcError(400, "CHARGE_ALREADY_REFUNDED")
    notice = stars.charges.refund(charge)
    updates = [] if notice is None else [_announce(call, user, notice)]
    if stars.faults.take_of_stars(Kind.ALREADY_REFUNDED, call.bot.id):
        raise RpcError(400, "CHARGE_ALREADY_REFUNDED")
    renderer, bot = call.services.renderer, call.bot
    users = [renderer.user(bot.id, user), renderer.bot(bot.id, bot)]
    return types.Updates(updates=updates, users=users, chats=[], date=int(time.time()), seq=0)


def get_stars_status(call: Call, query: TL) -> TL:
    _check_own(call, query.peer)
    if query.ton:
        return _no_ton()
    return status(call, islice(reversed(_listed(call)), NEWEST))


def get_stars_transactions(call: Call, query: TL) -> TL:
    """The offset is a number of rows to skip: from the oldest if `ascending`, else from the newest."""
    _check_own(call, query.peer)
    if query.ton:
        return _no_ton()
    if query.limit == 0:
        return status(call, None)
    skipped = _offset(query.offset)
    rows = [row for row in _listed(call) if _is_wanted(row, query)]
    if not query.ascending:
        rows.reverse()
    reached = skipped + max(1, min(query.limit, MAX_LIMIT))
    return status(call, rows[skipped:reached], str(reached) if reached < len(rows) else None)


def get_stars_transactions_by_id(call: Call, query: TL) -> TL:
    _check_own(call, query.peer)
    known = {(row.id, row.refund): row for row in _listed(call)}
    wanted = [known.get((one.id, bool(one.refund))) for one in query.id]
    rows = [row for row in wanted if row is not None]
    if len(rows) < len(wanted):
        raise RpcError(400, "TRANSACTION_ID_INVALID")
    return status(call, rows)


def bot_cancel_stars_subscription(call: Call, query: TL) -> TL:
    """The subscription may be named by the charge id of any of its payments."""
    user = _user(call, query.user_id)
    subscriptions = call.services.stars.subscriptions
    subscription = subscriptions.by_charge(query.charge_id)
    if subscription is None or subscription.invoice.bot != call.bot.id or subscription.user != user.id:
        raise RpcError(400, "CHARGE_ID_INVALID")
    canceled = not query.restore
    if subscription.bot_canceled == canceled:
        raise RpcError(400, "SUBSCRIPTION_NOT_MODIFIED")
    subscriptions.set_bot_canceled(subscription, canceled=canceled)
    return boolean(True)  # noqa: FBT003 - the value


def _announce(call: Call, user: User, notice: Message) -> TL:
    """Number the notice of a refund; the bot's other sessions are told of it. Returns its update."""
    pts = call.services.updates.number(call.bot, "new", notice.id)
    update = types.UpdateNewMessage(message=call.services.renderer.message(notice), pts=pts, pts_count=1)
    call.services.updates.echo(call.bot, call.session, lambda: update, user)
    return update


def _user(call: Call, peer: TL) -> User:
    try:
        return call.user(peer)
    except RpcError:
        raise RpcError(400, "USER_ID_INVALID") from None


def _check_own(call: Call, peer: TL) -> None:
    if not isinstance(peer, types.InputPeerSelf) and getattr(peer, "user_id", 0) != call.bot.id:
        raise RpcError(400, "PEER_ID_INVALID")


def _listed(call: Call) -> list[Transaction]:
    """The bot's list as it is told now, oldest first: without what is too new for it (fault `list_lag`)."""
    stars = call.services.stars
    rows = stars.ledger.listed(call.bot.id)
    lag = stars.faults.take_of_stars(Kind.LIST_LAG, call.bot.id)
    if lag is None:
        return rows
    newest = stars.clock.now() - lag.seconds
    return [row for row in rows if row.date < newest]


def _is_wanted(row: Transaction, query: TL) -> bool:
    if query.subscription_id and row.subscription != query.subscription_id:
        return False
    if query.inbound or query.outbound:
        return bool(query.inbound) if row.nanos > 0 else bool(query.outbound)
    return True


def _offset(text: str) -> int:
    if text and not COUNT.fullmatch(text):
        raise RpcError(400, "OFFSET_INVALID")
    return int(text or 0)


def _no_ton() -> TL:
    return types.payments.StarsStatus(balance=types.StarsTonAmount(amount=0), chats=[], users=[])


METHODS: Methods = {
    "payments.ExportInvoice": export_invoice,
    "messages.SetBotPrecheckoutResults": set_bot_precheckout_results,
    "payments.RefundStarsCharge": refund_stars_charge,
    "payments.GetStarsStatus": get_stars_status,
    "payments.GetStarsTransactions": get_stars_transactions,
    "payments.GetStarsTransactionsByID": get_stars_transactions_by_id,
    "payments.BotCancelStarsSubscription": bot_cancel_stars_subscription,
}
