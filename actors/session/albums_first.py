"""How a session hears what its user does: an album as one, and before whatever comes after it."""

from __future__ import annotations

import logging
from abc import abstractmethod
from typing import Any

from actors.messages import AlbumOver
from actors.session.albums import Gathering
from actors.session.context import SessionContext
from actors.session.wires import SessionWires
from domain.model.ids import Address
from domain.model.inbound import Inbound, MessageReceived

logger = logging.getLogger(__name__)


class AlbumsFirst(SessionWires):
    __slots__ = ("_album",)

    def __init__(self, address: Address, world: SessionContext) -> None:
        super().__init__(address, world)
        self._album = Gathering()

    @abstractmethod
    def _inbound(self, update: Inbound) -> Any: ...

    def _hear(self, update: Inbound) -> Any:
        """Whatever is no part of the album that is being sent ends it, and is heard after it."""
        whole = self._album.take() if self._album and not self._album.continues(update) else None
        if whole is not None:
            return self._album_and(whole, update)
        return self._part(update) if isinstance(update, MessageReceived) and update.album else self._inbound(update)

    async def _album_and(self, whole: MessageReceived, update: Inbound) -> None:
        await self._album_done(whole)
        heard = self._hear(update)
        if heard is not None:
            await heard

    def _part(self, part: MessageReceived) -> Any:
        timer = self.after(self._world.live.current.chat.album_seconds, AlbumOver(parts=len(self._album) + 1))
        self._album.add(part, timer)
        return self._album_done(self._album.take()) if self._album.full else None

    async def _album_done(self, whole: MessageReceived) -> None:
        """What fails here is the album's fault, not that of the message that ended it."""
        try:
            heard = self._inbound(whole)
            if heard is not None:
                await heard
        except Exception as error:
            logger.exception("%s: an album was lost", self._address)
            mended = self.on_message_failed(whole, error)
            if mended is not None:
                await mended
