"""The problems that `transport/updates/inbox.py` reports, in virtual time."""

from __future__ import annotations

import asyncio
from typing import Any

from pyrogram import raw
from pyrogram.errors import InternalServerError

from domain.model.ids import BotId
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
