"""Whom a bot writes to, as Telegram wants it named."""

from __future__ import annotations

from typing import Any

import pytest
from pyrogram import raw

from domain.model.ids import UserId
from transport.calls.peers import Peers


class Nobody:
    """A store that knows no access hash."""

    async def peers(self, _users: Any) -> dict[UserId, int]:
        return {}


@pytest.mark.parametrize(
    ("id_", "peer"),
    [
        (7_000_000_042, raw.types.InputPeerUser(user_id=7_000_000_042, access_hash=0)),
        (-1001234567890, raw.types.InputPeerChannel(channel_id=1234567890, access_hash=0)),
        (-12345, raw.types.InputPeerChat(chat_id=12345)),
    ],
    ids=["a person", "a channel or supergroup", "a basic group"],
)
async def test_people_groups_and_channels_are_found_by_their_ids(id_: int, peer: Any):
    assert await Peers(Nobody()).find(UserId(id_)) == peer
