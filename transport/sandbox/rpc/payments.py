"""Methods of payments: links of invoices, pre-checkouts, refunds, transactions and subscriptions."""

from __future__ import annotations

from pyrogram import raw

from transport.sandbox.mtproto.tl import TL, boolean
from transport.sandbox.rpc.call import Call, Methods
from transport.sandbox.rpc.input_invoice import read_invoice
from transport.sandbox.stars.queries import Verdict
from transport.sandbox.world.model import RpcError

types = raw.types


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


METHODS: Methods = {
    "payments.ExportInvoice": export_invoice,
    "messages.SetBotPrecheckoutResults": set_bot_precheckout_results,
}
