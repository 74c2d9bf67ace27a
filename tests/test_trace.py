"""One message on its way through the product, file by file: what docs/ARCHITECTURE.md shows is what happens."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import FrameType

import pytest

from actors.bot.transport import TransportActor
from domain.model.bot import Lease
from domain.model.ids import BotId, UserId
from domain.model.profile import Gender, Profile
from tests.actors.house import House
from tests.transport.town import MemoryStore, Town
from transport.sandbox.server import Sandbox
from transport.sandbox.world.model import Bot, User

ROOT = Path(__file__).parent.parent
PACKAGES = ("actors", "domain", "transport")
ASIDE = ("transport/sandbox/", "actors/runtime/", "domain/model/")
"""Telegram's side; what every message between actors goes through; plain values."""
BESIDE = {"transport/updates/checkpoint.py"}
"""What a timer does while the message is on its way: it stores the places of earlier ones."""
MOST_FILES = 15
WATCHED = 4
PATIENCE = 15.0


class RealHouse(House):
    """A worker's actors on Telegram's clients, which speak with the sandbox."""

    def __init__(self, town: Town, bots: list[Bot]) -> None:
        super().__init__(town.settings(), bots=tuple(BotId(bot.id) for bot in bots))
        self._town = town
        self._tokens = {BotId(bot.id): bot.token for bot in bots}

    async def serve(self, bot: BotId) -> None:
        client = self._town.build(token=self._tokens[bot], store=MemoryStore()).telegram
        transport = TransportActor.start(bot, client, self.directory)
        lease = Lease(bot=bot, owner="test", token=1)
        self.pool.lease(lease)
        self.directory.serve(lease, transport)
        self._actors.append(transport)
        async with asyncio.timeout(PATIENCE):
            while client.state != "serving":  # noqa: ASYNC110 - as the next
                await asyncio.sleep(0.01)


class Scene:
    """Anna and Boris in a chat, each at a bot of their own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.town = Town(sandbox)
        world = sandbox.world
        self.bots = [world.add_bot(f"trace_{name}_bot", name) for name in ("one", "two")]
        self.house = RealHouse(self.town, self.bots)
        self.people: list[User] = []

    async def start(self) -> None:
        await self.house.start()
        for bot in self.bots:
            person = self.town.person()
            self.people.append(person)
            user = UserId(person.id)
            self.house.profiles.kept[user] = Profile(user=user, gender=Gender.FEMALE, age=25)
            self.says(person, bot, "/find")
            await self.until(person, bot, "Looking" if len(self.people) == 1 else "Partner found")
        await self.until(self.people[0], self.bots[0], "Partner found")

    def says(self, person: User, bot: Bot, text: str) -> None:
        self.town.sandbox.people.say(person, bot, text)

    async def until(self, person: User, bot: Bot, text: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while not any(text in each for each in self.phone(person, bot)):  # noqa: ASYNC110 - a phone tells nobody
                await asyncio.sleep(0.005)

    def phone(self, person: User, bot: Bot) -> list[str]:
        history = self.town.sandbox.mailbox.history(person.id, bot.id, 100, 1 << 31)
        return [message.text for message in history if message.from_bot]

    async def watched(self, text: str) -> Way:
        """One message from Anna to Boris, who have talked before."""
        anna, boris = self.people
        before = text[::-1]
        self.says(anna, self.bots[0], before)
        await self.until(boris, self.bots[1], before)
        async with asyncio.timeout(PATIENCE):
            while not all(life.telegram.pacer.idle for life in self.town.lives):  # noqa: ASYNC110 - nor does a pacer
                await asyncio.sleep(0.005)
        way = Way()
        self.says(anna, self.bots[0], text)
        sys.setprofile(way)
        try:
            await self.until(boris, self.bots[1], text)
        finally:
            sys.setprofile(None)
        return way


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.chdir(tmp_path)
    async with Sandbox(tmp_path / "sandbox") as sandbox:
        scene = Scene(sandbox)
        await scene.start()
        yield scene
        await scene.house.stop()
        await scene.town.close()


RELAYS = "actors/session/relay.py"
WIRE = "transport/mtproto/wire.py"
RESTS = {
    ("transport/mtproto/wire.py", "data_received"),
    ("transport/updates/inbox.py", "push"),
    ("actors/runtime/mailbox.py", "offer"),
    ("transport/calls/pacing.py", "submit"),
    ("transport/mtproto/send_buffer.py", "add"),
    ("transport/mtproto/wire.py", "write"),
}
"""Where the message rests for a moment: a buffer, a list, a mailbox. The files on the stack then have handed it on."""


class Way:
    """The files on the stack each time that the message comes to rest, outermost first; and all files that were entered."""

    def __init__(self) -> None:
        self.stacks: list[list[str]] = []
        self.entered: set[str] = set()
        self._known: dict[str, str] = {}
        self._relayed = False
        self._sent = False
        """What follows is Telegram's answer."""

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        path = self._path_of(frame) if event == "call" and not self._sent else ""
        if path and not path.startswith(ASIDE):
            self.entered.add(path)
        if (path, frame.f_code.co_name) in RESTS:
            self.stacks.append(self._stack(frame))
            self._relayed |= self.stacks[-1][-1:] == [RELAYS]
            self._sent = self._relayed and path == WIRE

    def legs(self) -> tuple[list[str], list[str]]:
        """To the partner's session, and from there: the files that hand it on, in order."""
        middle = 1 + next(at for at, stack in enumerate(self.stacks) if stack[-1:] == [RELAYS])
        return _in_order(self.stacks[:middle]), _in_order(self.stacks[middle:])

    def _stack(self, frame: FrameType | None) -> list[str]:
        stack: list[str] = []
        while frame is not None:
            path = self._path_of(frame)
            if path and not path.startswith(ASIDE):
                stack.insert(0, path)
            frame = frame.f_back
        return stack

    def _path_of(self, frame: FrameType) -> str:
        """Empty for what is not of the product."""
        name = frame.f_code.co_filename
        if name not in self._known:
            inside = Path(name).is_relative_to(ROOT) and Path(name).relative_to(ROOT).as_posix()
            self._known[name] = inside if inside and inside.startswith(PACKAGES) else ""
        return self._known[name]


def _in_order(stacks: list[list[str]]) -> list[str]:
    return list(dict.fromkeys(file for stack in stacks for file in stack))


def shown() -> tuple[list[str], set[str]]:
    """Drawn in docs/ARCHITECTURE.md: the files that hand the message on, those at the beginning of a line; and all."""
    section = (ROOT / "docs" / "ARCHITECTURE.md").read_text().split("## One message, file by file")[1].split("\n## ")[0]
    drawing = section.split("```")[1]
    return re.findall(r"^([a-z_/]+\.py)", drawing, re.MULTILINE), set(re.findall(r"[a-z_/]+\.py", drawing))


def _is_among(file: str, named: set[str]) -> bool:
    return any(file == name or file.endswith(f"/{name}") for name in named)


async def test_one_message_takes_the_way_that_the_architecture_shows(scene: Scene):
    """Watched several times, for a timer of somebody else may ring meanwhile."""
    ways = [await scene.watched(f"one message, file by file, number {number}") for number in range(WATCHED)]
    inwards, outwards = min((way.legs() for way in ways), key=lambda legs: len(legs[0] + legs[1]))
    always = set.intersection(*(way.entered for way in ways)) - BESIDE
    ever = set.union(*(way.entered for way in ways))
    handed_on, drawn = shown()
    assert [*inwards, *outwards] == handed_on
    assert len({*handed_on}) <= MOST_FILES
    assert [file for file in sorted(always) if not _is_among(file, drawn)] == []
    drawn_on_the_way = [name for name in sorted(drawn) if not name.startswith(ASIDE)]
    assert [name for name in drawn_on_the_way if not any(_is_among(file, {name}) for file in ever)] == []
