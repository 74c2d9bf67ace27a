"""Router: who takes an update, by its type. One for each bot.

The sessions take all that people do in a conversation. Payments, and presses of operators' buttons, go to PaymentActor, past
all that a session could say against them. What has no row in the table is for nobody; its kind is counted (`unhandled.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard, get_args

from actors.bot.directory import Directory
from actors.messages import SessionMessage
from actors.runtime.ref import ActorRef
from domain.model.ids import Address, BotId
from domain.model.inbound import FromPerson, Ignored, Inbound

Find = Callable[[Address], ActorRef[SessionMessage] | None]
"""Finds the recipient at the bot for the user."""


class Router:
    def __init__(self, bot: BotId, directory: Directory) -> None:
        self._bot = bot
        self._table: dict[type, Find] = dict.fromkeys(get_args(FromPerson), directory.session)

    def takes(self, update: Inbound | Ignored) -> TypeGuard[FromPerson]:
        """Whether the table has a recipient for updates of this type."""
        return type(update) in self._table

    def recipient(self, update: FromPerson) -> ActorRef[SessionMessage] | None:
        """None while the bot is being handed over: its next owner gets the update again."""
        return self._table[type(update)](Address(self._bot, update.user))
