"""ScribeActor: has the message maps kept, every few seconds for all chats of the process together."""

from __future__ import annotations

import logging

from actors.messages import KeepMaps
from actors.runtime.actor import Actor
from domain.errors import Unavailable
from domain.ports.relay import MessageMaps

KEEP_SECONDS = 2.0
"""What a crash may forget: replies to and edits of what was said in that time lose their counterpart."""

logger = logging.getLogger(__name__)


class ScribeActor(Actor[KeepMaps]):
    __slots__ = ("_maps",)

    def __init__(self, maps: MessageMaps) -> None:
        super().__init__()
        self._maps = maps

    def on_start(self) -> None:
        self.every(KEEP_SECONDS, KeepMaps())

    async def on_receive(self, _: KeepMaps) -> None:
        await self._keep()

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        await self._keep()

    async def _keep(self) -> None:
        try:
            await self._maps.flush()
        except Unavailable as error:
            logger.warning("message maps wait for the store: %s", error)
