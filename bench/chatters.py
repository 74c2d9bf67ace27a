"""People in pairs who talk through one bot. They run in the same process as the sandbox."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable
from itertools import count
from time import perf_counter
from typing import Any

import orjson

from transport.sandbox.api.media import MediaReader
from transport.sandbox.content.new_message import MAX_ALBUM, NewMessage
from transport.sandbox.server import Sandbox
from transport.sandbox.world.model import FILE_KINDS, Bot, User

PATIENCE = 60.0
"""Seconds for the last messages of a talk to arrive."""

Kind = Callable[[Sandbox, User, Bot, str], None]
"""Sends one message of its kind; `mark` is its text, or its caption."""


def text(sandbox: Sandbox, user: User, bot: Bot, mark: str) -> None:
    sandbox.people.say(user, bot, mark)


def of_file(kind: str, *, copies: int = 1) -> Kind:
    """Sends a small file of that kind, always the same one: the bench measures the relay, not the bytes. With `copies` it is an
    album, whose last part has the mark.
    """
    data = b64encode(bytes(FILE_BYTES)).decode()

    def send(sandbox: Sandbox, user: User, bot: Bot, mark: str) -> None:
        reader = MediaReader(sandbox.files, sandbox.catalog)
        captions = [""] * (copies - 1) + [mark]
        new_messages = [reader.new_message({"kind": kind, "data": data, "caption": caption}, "media") for caption in captions]
        sandbox.people.send(user, bot, new_messages)

    return send


def poll(sandbox: Sandbox, user: User, bot: Bot, mark: str) -> None:
    asked = {"poll": {"question": mark, "options": ["yes", "no"]}}
    sandbox.people.send(user, bot, MediaReader(sandbox.files, sandbox.catalog).new_messages(asked))


def dice(sandbox: Sandbox, user: User, bot: Bot, mark: str) -> None:
    """The value is the mark, which no real dice has, so that each message is recognised."""
    sandbox.people.send(user, bot, [NewMessage("", media={"kind": "dice", "emoji": DICE, "value": int(mark)})])


def mark_of(message: Any) -> str:
    """The mark of a message; empty for all parts of an album but the last."""
    question = (message["media"] or {}).get("question", "")
    return str(question or message["caption"] or message["text"]).removeprefix(f"{DICE} ")


FILE_BYTES = 2048
DICE = "🎲"
KINDS: dict[str, Kind] = {
    "text": text,
    **{kind: of_file(kind) for kind in FILE_KINDS},
    "album": of_file("photo", copies=MAX_ALBUM),
    "poll": poll,
    "dice": dice,
}
"""The album has the largest size, because a smaller one waits for more parts."""


class Watcher(asyncio.Event):
    """Calls `saw` for each event on a phone. The sandbox's event log calls `set` when there are new events."""

    def __init__(self, sandbox: Sandbox, user: User, saw: Callable[[Any], None]) -> None:
        super().__init__()
        self._user = user.id
        self._events = sandbox.events
        self._saw = saw
        self._seen = self._events.last(user.id)
        self._events.watch(user.id, self)

    def set(self) -> None:
        for event in self._events.read(self._user, self._seen):
            self._seen = event.seq
            self._saw(orjson.loads(event.body))


class Phone(Watcher):
    """Calls `heard` for each message on a phone."""

    def __init__(self, sandbox: Sandbox, user: User, heard: Callable[[User, Any], None]) -> None:
        super().__init__(sandbox, user, self._filter)
        self.user = user
        self._heard = heard

    def _filter(self, event: Any) -> None:
        if event["type"] == "message" and not event["message"]["out"]:
            self._heard(self.user, event["message"])


class Chatters:
    """Pairs of people who talk. A lost message ends the bench with an error."""

    def __init__(self, sandbox: Sandbox, bot: Bot, size: int) -> None:
        self.bot = bot
        self.users = [sandbox.world.add_user(f"Person {number}") for number in range(size)]
        self._sandbox = sandbox
        self._phones = [Phone(sandbox, user, self._hear) for user in self.users]
        self._kind: Kind = text
        self._marks = count(1)
        self._under_way: dict[str, float] = {}
        self._took: list[float] = []
        self._answer_until = self._last = 0.0
        self._quiet = asyncio.Event()
        self._strangers = set[int]()

    @property
    def partners(self) -> dict[int, int]:
        """Partner by user, for a bot that does not match people itself."""
        ids = [user.id for user in self.users]
        return dict(zip(ids[::2], ids[1::2], strict=True)) | dict(zip(ids[1::2], ids[::2], strict=True))

    def greet(self) -> None:
        """Everybody writes to the bot: before that, a bot cannot write to them."""
        for user in self.users:
            self._sandbox.people.say(user, self.bot, "/start")

    async def meet(self) -> None:
        """Everybody registers and finds a partner."""
        self._strangers = {user.id for user in self.users}
        self.greet()
        await self._until_quiet()

    async def talk(self, kind: Kind, seconds: float, *, begin: int | None = None) -> float:
        """Messages a second while everybody answers each message at once. `begin` people write first (None: all), so that many
        messages are under way at any time.
        """
        began = perf_counter()
        self._kind, self._took, self._answer_until = kind, [], began + seconds
        for user in self.users[:begin]:
            self._say(user)
        await self._until_quiet()
        return len(self._took) / (self._last - began)

    async def talk_at(self, kind: Kind, rate: float, seconds: float) -> list[float]:
        """Seconds that each message took. Messages are sent at `rate` per second, whether or not earlier ones have arrived."""
        began = perf_counter()
        self._kind, self._took, self._answer_until = kind, [], 0.0
        for number in range(int(rate * seconds)):
            if (wait := began + number / rate - perf_counter()) > 0:
                await asyncio.sleep(wait)
            self._say(self.users[number % len(self.users)])
        await self._until_quiet()
        return self._took

    def _say(self, user: User) -> None:
        mark = str(next(self._marks))
        self._under_way[mark] = perf_counter()
        self._kind(self._sandbox, user, self.bot, mark)

    def _hear(self, user: User, message: Any) -> None:
        if user.id in self._strangers:
            self._introduce(user, message)
            return
        said = self._under_way.pop(mark_of(message), None)
        if said is None:
            return  # not one of our messages, or a repeat: a bare bot repeats messages when it reconnects
        self._last = perf_counter()
        self._took.append(self._last - said)
        if self._last < self._answer_until:
            self._say(user)
        self._settle()

    def _introduce(self, user: User, message: Any) -> None:
        people, said = self._sandbox.people, message["text"]
        if "gender" in said:
            people.press(user, self.bot, "Female", message["id"])
        elif "old are you" in said:
            people.say(user, self.bot, "25")
        elif "Saved" in said:
            people.say(user, self.bot, "/find")
        elif "Partner found" in said:
            self._strangers.remove(user.id)
            self._settle()

    def _settle(self) -> None:
        if not self._under_way and not self._strangers:
            self._quiet.set()

    async def _until_quiet(self) -> None:
        self._quiet.clear()
        try:
            await asyncio.wait_for(self._quiet.wait(), PATIENCE)
        except TimeoutError:
            raise RuntimeError(f"@{self.bot.username}: {self._left_over()}") from None

    def _left_over(self) -> str:
        if not self._strangers:
            return f"{len(self._under_way)} messages never arrived, {sorted(self._under_way, key=int)[:5]} among them"
        one = min(self._strangers)
        said = [message.text for message in self._sandbox.mailbox.history(one, self.bot.id, 3, 1 << 31)]
        return f"{len(self._strangers)} people found no partner; the last messages to one of them: {said}"
