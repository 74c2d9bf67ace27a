"""Looks for what an operator has to know of a bot: questions about payments, flagged charges, refused refunds, the list of Stars;
people to review, and appeals.

The records say what is wrong, so that nothing is lost by a crash, and each event is told once: its key is the outbox's.
"""

from __future__ import annotations

from actors.payments.context import PaymentContext
from domain.model.ids import BotId
from domain.payments import alerts
from domain.payments.alerts import Alert
from domain.payments.sales import Owed
from domain.ports.payments import CONTROL
from domain.trust import alerts as people


async def look(world: PaymentContext, bot: BotId) -> None:
    """Raises `domain.errors.Unavailable`."""
    found = await _found(world, bot)
    waiting = await _hand_over_tickets(world, bot)
    reviewed, lines = await _to_review(world, bot)
    found += reviewed
    world.watch.lines[bot] = (*waiting, *lines, *(alert.line for alert in found if alert.line))
    if not (world.control.id and world.live.current.features.admin_alerts):
        return
    for alert in found:
        if alert.key not in world.watch.told:
            await tell(world, alert)
            world.watch.told.add(alert.key)


async def tell(world: PaymentContext, alert: Alert) -> None:
    """Once. The buyer's own notice of a charge has a key of its own."""
    owed = Owed(key=f"control:{alert.key}", to=CONTROL, text=alert.text, arguments=alert.arguments)
    await world.outbox.add(owed, world.clock())


async def _found(world: PaymentContext, bot: BotId) -> list[Alert]:
    now, state = world.clock(), await world.star_lists.read(bot)
    found = [alerts.of_charge(paid) for paid in await world.ledger.flagged(bot)]
    found += [alerts.of_refused(request) for request in await world.refunds.refused(bot)]
    if state.difference:
        found.append(alerts.of_difference(state))
    since = state.compared_at or world.watch.served_since.setdefault(bot, now)
    if now - since > alerts.COMPARED_WITHIN:
        found.append(alerts.of_silence(state, since, now))
    return found


async def _to_review(world: PaymentContext, bot: BotId) -> tuple[list[Alert], list[str]]:
    """Of the people at that bot: alerts, and lines for `status`."""
    if world.desk is None:
        return [], []
    now, waiting, urgent = world.clock(), await world.desk.waiting(bot), await world.desk.urgent(bot)
    found = [*people.of_items(urgent), *people.of_appeals(waiting, now)]
    return found, people.lines(bot, waiting, urgent, now)


async def _hand_over_tickets(world: PaymentContext, bot: BotId) -> tuple[str, ...]:
    """Puts questions into the outbox. Where there is no chat for them: a line of how many wait."""
    waiting = await world.tickets.waiting(bot)
    if not world.control.id:
        many = "a question about payments waits" if len(waiting) == 1 else f"{len(waiting)} questions about payments wait"
        mend = "set ADMIN_CONTROL_CHAT_ID, or read them by supervisor.py payments tickets"
        return (f"bot{bot}: {many}: {mend}",) if waiting else ()
    for ticket in waiting:
        owed = Owed(key=f"control:ticket:{ticket.number}", to=CONTROL, text="control-ticket", arguments={"ticket": ticket.number})
        await world.outbox.add(owed, world.clock())
        await world.tickets.told(ticket.number, world.clock())
    return ()
