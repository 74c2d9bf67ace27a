"""The operators' chat: questions and alerts arrive there, with a Refund button for each charge that can be given back.

It is a person, a group or a channel (`admin.control_chat_id`). Whoever can read it can press, so a press counts by who made it.
"""

from __future__ import annotations

import logging

from actors.payments.alerts import tell
from actors.payments.context import PaymentContext
from domain.errors import Unavailable
from domain.model.dates import day
from domain.model.ids import Address, BotId, UserId
from domain.model.inbound import OPERATOR, OperatorPressed
from domain.model.outgoing import AnswerPress, Button, Lane, Notice, NotSent, Send, Why
from domain.payments import alerts
from domain.payments.sales import Owed
from domain.payments.updates import hashed
from domain.ports.payments import CONTROL, REFUSED, Paid, RefundRequest

REFUND = "refund"
LAST = 5
"""Charges that are shown with a question."""
SEARCHED = 1000
"""Charges of one person among which a button's charge is looked for."""
PRESSED = "admin "
"""Begins the name of who asked for a refund, where it was by a button."""
AGAIN_SECONDS = 30.0
"""Pause after the chat could not be written to."""
LOST = {Why.GONE, Why.REFUSED}

logger = logging.getLogger(__name__)


async def send_due(world: PaymentContext, bot: BotId) -> None:
    """Raises `domain.errors.Unavailable`. What the chat refuses is kept, and `status` says why."""
    chat, watch = world.control, world.watch
    if not chat.id or bot != chat.bot or world.clock() < watch.again_at:
        return
    for owed in await world.outbox.due(CONTROL.bot, world.clock()):
        body = await _page(world, owed)
        sent = await world.send(bot, Send(to=chat.id, key=f"{chat.id}:{owed.key}", body=body, lane=Lane.NOTICE))
        if isinstance(sent, NotSent) and sent.why in LOST:
            if sent.detail != watch.refused:
                logger.error("bot%d: the control chat cannot be written to: %s", bot, sent.detail)
            watch.refused, watch.again_at = sent.detail or sent.why, world.clock() + AGAIN_SECONDS
            return
        if isinstance(sent, NotSent):
            raise Unavailable(f"the control chat could not be told: {sent.detail or sent.why}")
        watch.refused = ""
        await world.outbox.sent(owed.key, world.clock())
        logger.info("bot%d --Told operators--> %s", bot, owed.text)


async def tell_outcome(world: PaymentContext, request: RefundRequest, outcome: str) -> None:
    """Of a refund that was asked for by a button. One that Telegram refuses is an alert, whoever asked. It has the same key."""
    refused = outcome.startswith(REFUSED) and world.live.current.features.admin_alerts
    if world.control.id and (refused or request.by.startswith(PRESSED)):
        arguments = {"charge": request.charge, "outcome": outcome}
        await tell(world, alerts.Alert(key=alerts.outcome_key(request), line="", text="control-refund", arguments=arguments))


async def press(world: PaymentContext, bot: BotId, pressed: OperatorPressed) -> None:
    """Asks for the refund, once, and answers the press. The outcome follows as a message."""
    try:
        text, outcome = await _asked(world, pressed)
    except Unavailable as error:
        logger.warning("bot%d: a refund could not be asked for: %s", bot, error)
        text, outcome = "stores-down", ""
    answer = AnswerPress(
        query=pressed.query, text=text, arguments={"outcome": outcome}, language=pressed.language, alert=text != "control-asked"
    )
    try:
        await world.send(bot, answer)
    except Unavailable as error:
        logger.info("bot%d: a press stays without an answer: %s", bot, error)


async def _asked(world: PaymentContext, pressed: OperatorPressed) -> tuple[str, str]:
    """(a text id, the outcome where there is one)."""
    if pressed.user not in world.control.admins:
        return "control-admins-only", ""
    paid = await _named(world, pressed.data)
    if paid is None:
        return "old-button", ""
    request = RefundRequest(
        charge=paid.charge, bot=paid.bot, reason="asked for in the control chat", by=f"{PRESSED}{pressed.user}"
    )
    await world.refunds.ask(request, world.clock())
    known = await world.refunds.find(paid.charge)
    outcome = known.outcome if known else ""
    logger.info("%s --Asked for refund--> charge %s", Address(paid.bot, pressed.user), hashed(paid.charge))
    return ("control-outcome", outcome) if outcome else ("control-asked", "")


async def _named(world: PaymentContext, data: str) -> Paid | None:
    """The charge of a button: a whole id is too long for one."""
    match data.split(":"):
        case [action, user, charge] if action == REFUND and user.isascii() and user.isdigit() and len(user) < 19:
            paid = await world.ledger.payments(user=UserId(int(user)), limit=SEARCHED)
            return next((each for each in paid if hashed(each.charge) == charge), None)
    return None


async def _page(world: PaymentContext, owed: Owed) -> Notice:
    if owed.text == "control-ticket":
        return await _ticket(world, int(owed.arguments["ticket"]))
    arguments = {name: value if isinstance(value, int) else str(value) for name, value in owed.arguments.items()}
    paid = await world.ledger.payment(str(arguments.pop("charge", "")))
    if paid is None:
        return Notice(text=owed.text, arguments=arguments)
    about = {"bot": _name(world, paid.bot), "user": str(paid.user), "charge": _line(paid)}
    return Notice(text=owed.text, arguments={**arguments, **about}, buttons=_refunds([paid]))


async def _ticket(world: PaymentContext, number: int) -> Notice:
    ticket = await world.tickets.find(number)
    if ticket is None:
        return Notice(text="control-ticket-gone", arguments={"number": str(number)})
    paid = await world.ledger.payments(user=ticket.address.user, limit=LAST)
    arguments: dict[str, str | int] = {
        "number": str(number),
        "bot": _name(world, ticket.address.bot),
        "user": str(ticket.address.user),
        "question": ticket.text,
        "payments": len(paid),
        "charges": "\n".join(map(_line, paid)),
    }
    return Notice(text="control-ticket", arguments=arguments, buttons=_refunds(paid))


def _refunds(paid: list[Paid]) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        (
            Button(
                "control-refund-button",
                data=f"{OPERATOR}{REFUND}:{each.user}:{hashed(each.charge)}",
                arguments={"stars": alerts.stars(each.amount), "day": day(each.at)},
            ),
        )
        for each in paid
        if each.refunded_at is None
    )


def _line(paid: Paid) -> str:
    """Day, Stars, product, hashed id, flag."""
    parts = [day(paid.at), f"{alerts.stars(paid.amount)} ⭐", f"{paid.kind} {paid.plan}".strip() or "?", hashed(paid.charge)]
    parts += [mark for mark in (paid.flag and f"⚠️ {paid.flag}", "↩" if paid.refunded_at is not None else "") if mark]
    return " · ".join(parts)


def _name(world: PaymentContext, bot: BotId) -> str:
    username = world.directory.names.get(bot)
    return f"@{username}" if username else str(bot)
