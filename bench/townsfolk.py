"""People of a sandbox in this process: talkers who stay with one partner and say numbered words, and walkers who come and go and
have a word for each whom they meet. `bench.audit` judges both.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from bench.audit import Audit
from bench.chatters import Phone
from bench.limbo import FREE, Place
from bench.screen import Screen, Sign
from transport.sandbox.server import Sandbox
from transport.sandbox.world.model import Bot, User

GROWN_UP, MINOR = 25, 15
"""Talkers and walkers: they never meet, so nobody who walks about takes a talker's partner."""
SLOW_SECONDS = 1.0
"""What is longer under way does not hold others up."""

Heard = Callable[[int, int, float], None]
"""Speaker, listener, and when (by `monotonic`) it was said."""


class Townsfolk:
    def __init__(self, sandbox: Sandbox, bots: Sequence[Bot], *, talkers: int, walkers: int, heard: Heard) -> None:
        self._sandbox = sandbox
        self._heard = heard
        self._random = random.Random(1)
        self.audit = Audit()
        self.talkers = [sandbox.world.add_user(f"Talker {number}") for number in range(talkers)]
        self.walkers = [sandbox.world.add_user(f"Walker {number}") for number in range(walkers)]
        everybody = [*self.talkers, *self.walkers]
        self.bot_of = {user.id: self._random.choice(bots) for user in everybody}
        self.said = 0
        """By talkers."""
        self.oddities: list[str] = []
        """What talkers were told that they should not have been."""
        self._screens = {user.id: Screen(user.id, self.audit) for user in everybody}
        self._phones = [Phone(sandbox, user, self._hear) for user in everybody]
        self._paired = set[int]()
        self._walks = {user.id for user in self.walkers}
        self._fresh: dict[str, float] = {}
        self._slow: dict[str, float] = {}
        """Talkers' words under way: when they were said."""

    @property
    def under_way(self) -> int:
        return len(self._fresh) + len(self._slow)

    @property
    def paired(self) -> int:
        """Talkers in a chat."""
        return len(self._paired)

    @property
    def places(self) -> dict[int, Place]:
        """As their phones show it."""
        return {user: screen.place for user, screen in self._screens.items()}

    @property
    def unanswered(self) -> dict[int, str]:
        """What walkers asked for."""
        return {user: screen.unanswered for user, screen in self._screens.items() if screen.unanswered}

    def hurried(self) -> int:
        """Words under way for a short time only."""
        slow = monotonic() - SLOW_SECONDS
        while self._fresh and (at := self._fresh[mark := next(iter(self._fresh))]) < slow:
            del self._fresh[mark]
            self._slow[mark] = at
        return len(self._fresh)

    def seek(self, user: User) -> None:
        self.say(user, "/find")

    def speak(self) -> None:
        """Somebody says up to three things in a row."""
        speaker = self._random.choice(self.talkers)
        for _ in range(self._random.randint(1, 3)):
            mark = self.audit.says(speaker.id)
            self.said += 1
            self._fresh[mark] = monotonic()
            self.say(speaker, mark)

    def walk(self) -> None:
        """Somebody moves on."""
        user = self._random.choice(self.walkers)
        if command := self._screens[user.id].walks(self._random):
            self.say(user, command)

    def say(self, user: User, text: str) -> None:
        self._sandbox.people.say(user, self.bot_of[user.id], text)

    def _hear(self, user: User, message: Any) -> None:
        text: str = message["text"]
        screen = self._screens[user.id]
        sign = screen.shows(text)
        if sign is Sign.MESSAGE:
            self._arrived(user, screen.place, text)
        elif sign is Sign.NOT_DELIVERED and screen.chats:
            self.audit.is_told(user.id)
        if user.id in self._walks:
            if sign is Sign.FOUND and not self.audit.is_leaving(user.id):
                self.say(user, self.audit.says(user.id))
        elif sign is Sign.FOUND:
            self._paired.add(user.id)
        elif sign not in {Sign.MESSAGE, Sign.SEARCHES}:
            self._is_disappointed(user, screen, text)

    def _arrived(self, listener: User, speaker: Place, mark: str) -> None:
        at = self._fresh.pop(mark, None) or self._slow.pop(mark, None)
        if at is not None and isinstance(speaker, int):
            self._heard(speaker, listener.id, at)

    def _is_disappointed(self, user: User, screen: Screen, text: str) -> None:
        """A talker who is told anything but of a partner or a search is told of a misfortune."""
        self.oddities.append(f"{user.id}: {text}")
        if screen.place == FREE:
            self._paired.discard(user.id)
            self.seek(user)
