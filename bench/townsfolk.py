"""People of a sandbox in this process. Talkers stay with one partner and send numbered messages. Walkers come and go and send one
message to each partner. `bench.audit` checks both.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from time import monotonic, time
from typing import Any

from bench.audit import Audit
from bench.chatters import Phone
from bench.limbo import FREE, Place
from bench.screen import Screen, Sign
from domain.model.ids import UserId
from domain.model.profile import Gender
from domain.model.profile_changes import Begin, SetAge, SetGender
from storage.sql.profiles import SqlProfiles
from transport.sandbox.server import Sandbox
from transport.sandbox.world.model import Bot, User

GROWN_UP, MINOR = 25, 15
"""Ages of talkers and walkers. Because of them the two never meet, so walkers take no talker's partner."""
SLOW_SECONDS = 1.0
"""Messages that are under way for longer do not count as `hurried`, so that they do not block others."""

Heard = Callable[[int, int, float], None]
"""(speaker, listener, time when it was sent, by `monotonic`)."""


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
        """Messages sent by talkers."""
        self.oddities: list[str] = []
        """Notices that talkers got although nothing should have happened to them."""
        self._screens = {user.id: Screen(user.id, self.audit) for user in everybody}
        self._phones = [Phone(sandbox, user, self._hear) for user in everybody]
        self._paired = set[int]()
        self._walks = {user.id for user in self.walkers}
        self._fresh: dict[str, float] = {}
        self._slow: dict[str, float] = {}
        """Talkers' messages under way, by mark, with the time when they were sent. The same for `_fresh`."""

    @property
    def under_way(self) -> int:
        return len(self._fresh) + len(self._slow)

    @property
    def paired(self) -> int:
        """Talkers in a chat."""
        return len(self._paired)

    @property
    def places(self) -> dict[int, Place]:
        """Where people are, as their phones show it."""
        return {user: screen.place for user, screen in self._screens.items()}

    @property
    def unanswered(self) -> dict[int, str]:
        """Commands that were not answered yet, by user."""
        return {user: screen.unanswered for user, screen in self._screens.items() if screen.unanswered}

    def hurried(self) -> int:
        """Number of messages that are under way for less than `SLOW_SECONDS`."""
        slow = monotonic() - SLOW_SECONDS
        while self._fresh and (at := self._fresh[mark := next(iter(self._fresh))]) < slow:
            del self._fresh[mark]
            self._slow[mark] = at
        return len(self._fresh)

    def seek(self, user: User) -> None:
        self.say(user, "/find")

    def speak(self) -> None:
        """A random talker sends up to three messages in a row."""
        speaker = self._random.choice(self.talkers)
        for _ in range(self._random.randint(1, 3)):
            mark = self.audit.says(speaker.id)
            self.said += 1
            self._fresh[mark] = monotonic()
            self.say(speaker, mark)

    def walk(self) -> None:
        """A random walker sends a command."""
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
        """A talker who gets any notice but of a partner or a search has lost the chat or a message."""
        self.oddities.append(f"{user.id}: {text}")
        if screen.place == FREE:
            self._paired.discard(user.id)
            self.seek(user)


async def write_profile(profiles: SqlProfiles, user: UserId, age: int) -> None:
    """Of somebody who registers, written directly to the database."""
    for change in (Begin(language="en"), SetGender(gender=Gender.FEMALE, ask=None), SetAge(age=age, at=time())):
        await profiles.change(user, change)
