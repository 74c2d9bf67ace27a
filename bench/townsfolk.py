"""People of a sandbox in this process: talkers who stay with one partner and say numbered messages, and walkers who come and go.
Each remembers what their phone shows; `bench.audit` judges.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from bench.audit import FREE, WAITING, Audit, Place
from bench.chatters import Phone
from transport.sandbox.model import Bot, User
from transport.sandbox.server import Sandbox

GROWN_UP, MINOR = 25, 15
"""Talkers and walkers: they never meet, so nobody who walks about takes a talker's partner."""
HELLO = re.compile(r"hello from (\d+)")
OVER = (
    "Your partner",
    "chat has ended",
    "You left",
    "Search cancelled",
    "search was interrupted",
    "Nobody right now",
    "Done:",
    "not in a chat",
)
REFUSED = ("Not delivered", "trouble right now", "something went wrong", "A little slower")
SLOW_SECONDS = 1.0
"""What is longer under way does not hold others up."""
MET = "met"
"""In a chat with somebody who has not said a word yet."""

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
        self.places: dict[int, Place] = {user.id: FREE for user in everybody}
        self.said = self.told = 0
        self.oddities: list[str] = []
        """What talkers were told that they should not have been."""
        self._phones = [Phone(sandbox, user, self._hear) for user in everybody]
        self._paired = set[int]()
        self._walks = {user.id for user in self.walkers}
        self._fresh: dict[str, float] = {}
        self._slow: dict[str, float] = {}
        """Messages under way: when they were said."""

    @property
    def under_way(self) -> int:
        return len(self._fresh) + len(self._slow)

    @property
    def paired(self) -> int:
        """Talkers in a chat."""
        return len(self._paired)

    def hurried(self) -> int:
        """Messages under way for a short time only."""
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
        self.say(self._random.choice(self.walkers), self._random.choice(("/find", "/find", "/next", "/stop")))

    def say(self, user: User, text: str) -> None:
        self._sandbox.people.say(user, self.bot_of[user.id], text)

    def _hear(self, user: User, message: Any) -> None:
        text: str = message["text"]
        speaker = self.audit.hears(user.id, text)
        if speaker is not None:
            self.places[user.id] = speaker
            at = self._fresh.pop(text, None) or self._slow.pop(text, None)
            if at is not None:
                self._heard(speaker, user.id, at)
        elif hello := HELLO.fullmatch(text):
            self.places[user.id] = int(hello[1])
        else:
            self._is_told(user, text)

    def _is_told(self, user: User, text: str) -> None:
        if "Partner found" in text:
            self.places[user.id] = MET
            if user.id in self._walks:
                self.say(user, f"hello from {user.id}")
            else:
                self._paired.add(user.id)
            return
        if "Looking" in text or "already searching" in text or "Still searching" in text:
            self.places[user.id] = WAITING
        elif any(words in text for words in OVER):
            self.places[user.id] = FREE
            self._paired.discard(user.id)
        if user.id not in self._walks and "Looking" not in text:
            self._is_disappointed(user, text)

    def _is_disappointed(self, user: User, text: str) -> None:
        """A talker who is told anything but of a partner or a search is told of a misfortune."""
        self.oddities.append(f"{user.id}: {text}")
        if any(words in text for words in REFUSED) and self.places[user.id] not in {FREE, WAITING}:
            self.told += 1
            self.audit.is_told(user.id)
        if self.places[user.id] == FREE:
            self.seek(user)
