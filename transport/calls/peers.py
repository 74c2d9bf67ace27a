"""Access hashes of the users that a bot may write to. Telegram demands one with each user id, and gives it with every update.
Groups and channels of which the bot is a member need none.

New hashes are in memory at once and stored in batches, always before the update that brought them counts as processed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from pyrogram import raw

from domain.model.channels import ID_PREFIX, channel_number
from domain.model.ids import UserId
from domain.ports.records import ConnectionStore

CACHE_SIZE = 65_536
UNKNOWN_HASH = 0
"""Telegram accepts 0 from a bot for users who have written to it, and answers PEER_ID_INVALID for others."""


class Peers:
    def __init__(self, store: ConnectionStore) -> None:
        self._store = store
        self._hashes: OrderedDict[UserId, int] = OrderedDict()
        self._unsaved: dict[UserId, int] = {}

    def learn(self, users: Iterable[Any]) -> None:
        for user in users:
            if not isinstance(user, raw.types.User) or user.min or user.access_hash is None:
                continue
            if self._hashes.get(user.id) != user.access_hash:
                self._unsaved[user.id] = user.access_hash
            self._remember(user.id, user.access_hash)

    async def find(self, user: UserId) -> Any:
        """The user as `InputPeerUser`; an id below zero is a group or channel. Raises `domain.errors.Unavailable`."""
        if user < 0:
            return _group(user)
        known = self._hashes.get(user)
        if known is None:
            known = self._unsaved.get(user)
        if known is None:
            known = (await self._store.peers([user])).get(user, UNKNOWN_HASH)
        if known != UNKNOWN_HASH:
            self._remember(user, known)
        return raw.types.InputPeerUser(user_id=user, access_hash=known)

    async def store(self) -> None:
        """Raises `domain.errors.Unavailable`; hashes that could not be stored are kept for the next call."""
        batch, self._unsaved = self._unsaved, {}
        if not batch:
            return
        try:
            await self._store.save_peers(batch)
        except BaseException:
            self._unsaved = batch | self._unsaved
            raise

    def _remember(self, user: UserId, access_hash: int) -> None:
        self._hashes[user] = access_hash
        self._hashes.move_to_end(user)
        if len(self._hashes) > CACHE_SIZE:
            self._hashes.popitem(last=False)


def _group(id_: int) -> Any:
    """-1001234567890 is a channel or supergroup, -12345 a basic group."""
    if str(id_).startswith(ID_PREFIX):
        return raw.types.InputPeerChannel(channel_id=channel_number(id_), access_hash=UNKNOWN_HASH)
    return raw.types.InputPeerChat(chat_id=-id_)
