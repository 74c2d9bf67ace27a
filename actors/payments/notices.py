"""Sends what the outbox owes people. Each notice has an idempotency key, so that one that is sent again is shown once."""

from __future__ import annotations

import logging
from functools import partial

from actors.payments.context import PaymentContext, each
from domain.errors import Unavailable
from domain.model.dates import day
from domain.model.ids import BotId
from domain.model.outgoing import Lane, Notice, NotSent, Send, Why
from domain.payments.sales import Owed, send_key
from domain.session.notices.ban_notices import is_over, menu_of

HOUR = 3600.0
LOST = {Why.GONE, Why.REFUSED}
"""Outcomes after which a notice is not tried again."""

REMINDERS = {"vip-ends-soon", "vip-ended"}
"""Said only while the end that they tell of is the end."""

logger = logging.getLogger(__name__)


async def send_due(world: PaymentContext, bot: BotId) -> None:
    """One that cannot be sent now holds up no other. Raises `domain.errors.Unavailable`."""
    await each(await world.outbox.due(bot, world.clock()), partial(_tell, world))


async def remind(world: PaymentContext, bot: BotId) -> None:
    """Adds the notices of VIP that ends soon, or has ended. Raises `domain.errors.Unavailable`."""
    await world.outbox.remind(bot, world.clock(), world.live.current.vip.reminder_hours * HOUR)


async def _tell(world: PaymentContext, owed: Owed) -> None:
    """Everybody hears of the change first: the process that booked it may have died before it could say so."""
    user = owed.to.user
    world.vip_changed(user)
    if owed.text in REMINDERS and (await world.grants.state(user)).until != owed.arguments["until"]:
        await world.outbox.sent(owed.key, world.clock())
        return
    if is_over(owed, world.clock()):
        await world.outbox.sent(owed.key, world.clock())
        return
    language = await world.language(user)
    notice = Notice(text=owed.text, arguments=shown(world, owed), language=language, menu=menu_of(owed))
    sent = await world.send(owed.to.bot, Send(to=user, key=send_key(owed.key), body=notice, lane=Lane.ANSWER))
    if isinstance(sent, NotSent) and sent.why not in LOST:
        raise Unavailable(f"a notice about a payment could not be sent: {sent.detail or sent.why}")
    if isinstance(sent, NotSent):
        logger.warning("%s could not be told %s: %s", owed.to, owed.text, sent.detail)
    await world.outbox.sent(owed.key, world.clock())


def shown(world: PaymentContext, owed: Owed) -> dict[str, str | int]:
    """The arguments as the text shows them: times as days, the code of a gift as a link. Raises `domain.errors.Unavailable`."""
    arguments = {name: day(value) if isinstance(value, float) else value for name, value in owed.arguments.items()}
    if code := arguments.pop("code", ""):
        name = world.directory.names.get(owed.to.bot)
        if name is None:
            raise Unavailable("the bot's name, for the link of a gift, is not known before it is connected")
        arguments["link"] = f"https://t.me/{name}?start=gift_{code}"
    return arguments
