"""Two people of the crowd who stay in one chat and lock it, again and again. Each tries to leave when the other has locked
it, and must not get out.

Their purses say what they should have in credits (`bench.locks.purse`), and `Lockers.faults` compares that with the ledger.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bench.locks.books import Books, differences
from bench.locks.purse import Purse

if TYPE_CHECKING:
    from tests.faults.crowd import Crowd, Phone

CREDITS = 5000
"""That each has at first."""
OFFER, KEPT, REFUSED = "Keep this chat", "has locked this chat", "locked for another"
PRICE = 5
BUTTON = f"5 min · {PRICE} credits"
PAUSE = 3.0
ANSWER_SECONDS = 5.0


class Locker:
    def __init__(self, crowd: Crowd, phone: Phone) -> None:
        self.phone = phone
        self.purse = Purse()
        self.refused = 0
        """How often they could not leave."""
        self._crowd = crowd
        self._offers: list[int] = []
        self._news = asyncio.Event()

    def sees(self, event: dict[str, Any]) -> None:
        """An event of their phone."""
        message = event.get("message") or {}
        text = str(event.get("text") or message.get("text") or "")
        if event["type"] == "edit":
            self.purse.shows_edit(message["id"], text)
        else:
            self.purse.shows(text)
        if OFFER in text and event["type"] == "message":
            self._offers.append(message["id"])
        elif KEPT in text:
            self._crowd.later(self._tries_to_leave())
        self.refused += REFUSED in text
        self._news.set()

    async def locks(self) -> None:
        while True:
            await asyncio.sleep(PAUSE * random.uniform(0.5, 1.5))
            if self._crowd.lively and self.phone.screen.chats:
                await self._locks_once()

    async def _locks_once(self) -> None:
        """The button is pressed until it is known what came of that."""
        self._offers.clear()
        await self.phone.says("/lock")
        if not await self._until(lambda: bool(self._offers)):
            return
        offer = self._offers[0]
        press = self.purse.presses(offer, PRICE)
        body = {"bot": self.phone.bot, "button": BUTTON, "message_id": offer}
        while not press.answered:
            with suppress(AssertionError):  # the receipt has come meanwhile, which has no button
                await self._crowd.post(self.phone.user, "press", body)
            await self._until(lambda: press.answered)

    async def _until(self, true: Callable[[], bool]) -> bool:
        """Whether it is true within `ANSWER_SECONDS`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                while not true():
                    self._news.clear()
                    await self._news.wait()
        return true()

    async def _tries_to_leave(self) -> None:
        await self.phone.says(random.choice(("/stop", "/next", "/find")))


class Lockers:
    """The two of the crowd; nobody where the crowd has none."""

    def __init__(self) -> None:
        self.all: dict[int, Locker] = {}

    @property
    def settled(self) -> bool:
        """Whether each of them knows what came of all presses."""
        return all(locker.purse.settled for locker in self.all.values())

    @property
    def were_kept(self) -> bool:
        """Whether each has locked the chat, and could not leave it."""
        return all(locker.refused and locker.purse.has_bought for locker in self.all.values())

    @property
    def gone(self) -> list[str]:
        """Those who got out."""
        return [f"{user} locked a chat, and it is over" for user, each in self.all.items() if not each.phone.screen.chats]

    def faults(self, books: Books) -> list[str]:
        """What is wrong with credits and locks."""
        off = differences({user: each.purse.credits for user, each in self.all.items()}, books)
        oddities = [f"{user}: {oddity}" for user, each in self.all.items() for oddity in each.purse.oddities]
        return [*books.wrong(), *(f"{user} has {extra} credits too many" for user, extra in off.items()), *oddities]
