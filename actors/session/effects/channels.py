"""Whether the user is in the required channels: asked of Telegram, by the user's bot."""

from __future__ import annotations

from actors.messages import MissingChannels
from actors.runtime.asking import answer_of
from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.session.effects import CheckChannels
from domain.session.facts import ChannelsChecked


class Channels:
    async def check(self, me: SessionData, _unit: UnitOfWork, effect: CheckChannels) -> ChannelsChecked:
        transport = me.world.transport(me.address.bot)
        if transport is None:
            raise Unavailable("this bot is being handed over to another worker")
        asked = transport.ask(MissingChannels(user=me.address.user), timeout=me.world.ask_timeout)
        missing = await answer_of(asked, "Telegram")
        return ChannelsChecked(missing=missing, searching=effect.searching, pressed=effect.pressed)
