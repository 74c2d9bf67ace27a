"""The phone of somebody who locks chats: what they say and press, and what they are shown, with the times."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from time import time
from typing import Any

from bench.audit import Audit
from bench.chatters import Watcher
from bench.limbo import FREE, WAITING
from bench.locks.purse import Purse
from bench.screen import Screen, Sign
from transport.sandbox.server import Sandbox
from transport.sandbox.world.model import Bot, Refused, User

DESERTED = "Your partner left"
REFUSED = "locked for another"
ENDED_MINE, ENDED = "Your lock is over", "Your partner's lock is over"


@dataclass(frozen=True, slots=True)
class Seen:
    at: float
    text: str
    message: Any
    bot: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody is told that they cannot leave. `asked`: when they had wanted to, at the earliest."""

    user: int
    asked: float
    at: float


@dataclass(frozen=True, slots=True)
class Parted:
    """Somebody is told that their chat is over."""

    user: int
    at: float
    deserted: bool
    """By the partner, who has left."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Somebody is told that a lock is over."""

    user: int
    at: float
    mine: bool


@dataclass(slots=True)
class Diary:
    """What all phones have shown of locks."""

    kept: list[Kept] = field(default_factory=list)
    parted: list[Parted] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    locked: int = 0


class Handset:
    def __init__(self, sandbox: Sandbox, user: User, bots: tuple[Bot, Bot], diary: Diary) -> None:
        """`bots`: theirs, and another."""
        self.user = user
        self.purse = Purse()
        self.meetings = 0
        """Chats so far."""
        self.seen: list[Seen] = []
        self._sandbox = sandbox
        self._bots = {bot.id: bot for bot in bots}
        self._bot, self._other = bots
        self._diary = diary
        self._screen = Screen(user.id, Audit())
        self._leaving: list[float] = []
        """When each command was sent that asks to leave, and that was not answered."""
        self._news = asyncio.Event()
        self._watcher = Watcher(sandbox, user, self._saw)

    @property
    def chats(self) -> bool:
        return self._screen.chats

    @property
    def waits(self) -> bool:
        return self._screen.place == WAITING

    @property
    def is_free(self) -> bool:
        return self._screen.place == FREE

    def says(self, text: str, *, elsewhere: bool = False) -> None:
        if text in {"/stop", "/next", "/find"}:
            self._leaving.append(time())
        self._sandbox.people.say(self.user, self._other if elsewhere else self._bot, text)

    def presses(self, label: str, seen: Seen) -> None:
        """Nothing happens where the button is gone meanwhile."""
        with suppress(Refused):
            self._sandbox.people.press(self.user, self._bots[seen.bot], label, seen.message["id"])

    async def pays(self, invoice: Seen) -> str:
        """Returns the outcome."""
        stars = self._sandbox.stars
        offer = stars.invoices.by_message(self.user, self._bots[invoice.bot], invoice.message["id"])
        if offer is None:
            return "not_payable"
        return str((await stars.payments.submit(stars.payments.open(self.user.id, offer)))["outcome"])

    async def sees(self, *words: str, since: int, within: float, meeting: int | None = None) -> Seen | None:
        """The first that contains any of the words, from number `since` of what was seen. None where it does not come, or where
        the chat with number `meeting` is over.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            while since < len(self.seen):
                if any(each in self.seen[since].text for each in words):
                    return self.seen[since]
                since += 1
            left = deadline - loop.time()
            if left <= 0 or (meeting is not None and not self.is_in(meeting)):
                return None
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), left)
            except TimeoutError:
                return None

    def is_in(self, meeting: int) -> bool:
        return self.chats and self.meetings == meeting

    def _saw(self, event: Any) -> None:
        message = event.get("message") or {}
        text = str(event.get("text") or message.get("text") or message.get("caption") or "")
        if event["type"] == "edit":
            self.purse.shows_edit(message["id"], text)
        elif event["type"] == "answer" or (event["type"] == "message" and not message["out"]):
            self.purse.shows(text)
            self._shows(event["type"], text, event["bot"])
        else:
            return
        self.seen.append(Seen(time(), text, message, event["bot"]))
        self._news.set()

    def _shows(self, kind: str, text: str, bot: int) -> None:
        diary, now = self._diary, time()
        if REFUSED in text:
            diary.kept.append(Kept(self.user.id, self._leaving.pop(0) if self._leaving else now, now))
        elif ENDED_MINE in text or ENDED in text:
            diary.ended.append(Ended(self.user.id, now, ENDED_MINE in text))
        elif "You have locked this chat" in text:
            diary.locked += 1
        if kind != "message":
            return
        chatted, sign = self.chats, self._screen.shows(text)
        if chatted and (sign is Sign.FOUND or not self.chats):
            diary.parted.append(Parted(self.user.id, now, DESERTED in text))
        if sign in {Sign.FOUND, Sign.SEARCHES} and bot != self._bot.id:
            self._bot, self._other = self._other, self._bot
        if sign is Sign.FOUND:
            self.meetings += 1
            self._leaving.clear()
