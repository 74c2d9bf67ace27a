"""The problems that `transport/updates/inbox.py` reports, and updates that it cannot read. In virtual time."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from pyrogram import raw
from pyrogram.errors import InternalServerError

from domain.model.ids import BotId
from domain.model.inbound import BotBlocked, Ignored
from tests.transport.town import TEXTS
from tests.virtual_time import in_virtual_time
from transport.updates.inbox import FAILING_SECONDS, Inbox
from transport.updates.reading import ReadContext

NOTHING = raw.types.updates.DifferenceEmpty(date=1, seq=0)


class Peers:
    def learn(self, _users: Any) -> None: ...


class Link:
    """A connection to a Telegram that refuses the difference while `refusing`."""

    def __init__(self) -> None:
        self.up = asyncio.Event()
        self.up.set()
        self.refusing = True

    async def call(self, _query: Any) -> Any:
        if self.refusing:
            raise InternalServerError(value="[500 SOMETHING_BROKE]")
        return NOTHING


async def ignored(_update: Any) -> None: ...


def damaged(number: int) -> Any:
    """A new message whose reader fails: its formatting is no list."""
    peer = raw.types.PeerUser(user_id=5)
    return raw.types.Message(id=number, peer_id=peer, date=1, message="a secret", entities=7)


@in_virtual_time
async def test_a_difference_that_fails_for_long_is_a_problem_until_it_succeeds():
    link = Link()
    inbox = Inbox(link=link, peers=Peers(), reading=ReadContext(BotId(7), TEXTS.labels))
    running = asyncio.get_running_loop().create_task(inbox.run(ignored))
    await asyncio.sleep(FAILING_SECONDS - 1)
    assert inbox.problems == (), "a short failure is no problem"
    await asyncio.sleep(35 - FAILING_SECONDS + 1)
    assert inbox.problems == ("bot7: what people write has not come in for 35 s: Telegram gives no difference (SOMETHING_BROKE)",)
    await asyncio.sleep(600)
    assert "for 11 min" in inbox.problems[0]
    link.refusing = False
    await asyncio.sleep(10)
    assert inbox.problems == ()
    running.cancel()
    await asyncio.wait([running])


@in_virtual_time
async def test_an_update_that_cannot_be_read_is_handed_on_as_such_and_quoted_nowhere(caplog: pytest.LogCaptureFixture):
    received: list[Any] = []

    async def receive(update: Any) -> None:
        received.append(update)

    link = Link()
    link.refusing = False
    inbox = Inbox(link=link, peers=Peers(), reading=ReadContext(BotId(7), TEXTS.labels))
    inbox.begin(0, 0, 1, 0)
    running = asyncio.get_running_loop().create_task(inbox.run(receive))
    await asyncio.sleep(1)
    update = raw.types.UpdateNewMessage(message=damaged(9), pts=1, pts_count=1)
    unnumbered = raw.types.UpdateBotCallbackQuery(
        query_id=7, user_id=5, peer=raw.types.PeerUser(user_id=5), msg_id=9, chat_instance=1, data="no bytes"
    )
    blocked = raw.types.UpdateBotStopped(user_id=5, date=1, stopped=True, qts=1)
    with caplog.at_level(logging.ERROR):
        inbox.push(raw.types.Updates(updates=[update, unnumbered, blocked], users=[], chats=[], date=1, seq=0))
        await asyncio.sleep(1)
    key = (1 << 32) + 9
    assert received == [Ignored(pts=key, kind="unreadable"), Ignored(pts=None, kind="unreadable"), BotBlocked(user=5)]
    assert inbox.pts.confirmed == 0, "whoever counts it confirms it"
    inbox.confirm(key)
    assert inbox.pts.confirmed == 1
    assert "a secret" not in caplog.text
    running.cancel()
    await asyncio.wait([running])
