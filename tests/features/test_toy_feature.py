"""A feature is added from outside: no product file knows the toy, and it works like any other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from control.child import Child
from control.worker.composition import Product, work
from domain.matching.requests import GetStatus, Paired, Waiting
from domain.matching.rules import Oracle
from domain.model.ids import Address, ChatId, UserId
from domain.settings import Settings, Stores, Telegram
from storage.redis.client import open_redis
from storage.redis.keys import Keys
from storage.redis.pool.pool import RedisPool
from tests.features.toys import TOY_DECISIONS, TOY_FEATURES, TOY_RULES, Rest, catalogues
from tests.storage.pool.town import LIVE, RED, RULES, Town, lease, mark
from transport.sandbox.server import Sandbox
from transport.sandbox.world.model import Bot, User

PATIENCE = 30.0
NOW = 1_800_000_000.0


class Alone(Child):
    """A worker without a supervisor."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        super().__init__("worker-1", settings, folder)
        self.is_ready = asyncio.Event()

    async def ready(self) -> None:
        self.is_ready.set()


class Phone:
    def __init__(self, sandbox: Sandbox, user: User, bot: Bot) -> None:
        self.sandbox, self.user, self.bot = sandbox, user, bot
        self.toasts: list[str] = []

    def says(self, text: str) -> None:
        self.sandbox.people.say(self.user, self.bot, text)

    def presses(self, button: str) -> None:
        self.sandbox.people.press(self.user, self.bot, button)

    @property
    def keyboard(self) -> Any:
        return self.sandbox.world.chat(self.user.id, self.bot.id).keyboard

    @property
    def texts(self) -> list[str]:
        history = self.sandbox.mailbox.history(self.user.id, self.bot.id, 1000, 1 << 31)
        return [message.text for message in history if message.from_bot]

    async def hears(self, words: str) -> None:
        await until(lambda: any(words in text for text in self.texts), lambda: f"{words!r} is not among {self.texts}")

    async def enters(self, age: str) -> None:
        self.says("/start")
        await self.hears("What is your gender?")
        self.presses("Female")
        await self.hears("How old are you?")
        self.says(age)
        await self.hears("Saved.")


async def until(predicate: Callable[[], Any], complaint: Callable[[], str]) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not predicate():  # noqa: ASYNC110 - the sandbox's own memory tells nobody that it changed
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(complaint()) from None


@asynccontextmanager
async def a_worker(sandbox: Sandbox, folder: Path) -> AsyncIterator[Bot]:
    """As `control/worker/composition.py` composes it, on `memory://` and SQLite, with the toy among its features."""
    bot = next(iter(sandbox.world.bots.values()))
    settings = Settings(
        data=str(folder),
        telegram=Telegram(tokens=(bot.token,), server=f"127.0.0.1:{sandbox.port}", public_key=str(sandbox.public_key)),
        stores=Stores(sqlite_path=str(folder / "records.db"), redis_url="memory://", encryption_key=""),
    )
    child = Alone(settings, folder)
    product = Product(features=TOY_FEATURES, decisions=TOY_DECISIONS, locale=catalogues(folder))
    working = asyncio.create_task(work(child, product))
    ready = asyncio.create_task(child.is_ready.wait())
    await asyncio.wait({working, ready}, return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        await working
    try:
        yield bot
    finally:
        child.stop(10.0)
        child.stopping.set()
        await asyncio.wait_for(working, PATIENCE)


async def test_a_feature_from_outside_is_played_through_a_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with Sandbox(tmp_path / "sandbox") as sandbox, a_worker(sandbox, tmp_path) as bot:
        anna, boris = (Phone(sandbox, sandbox.world.add_user(name), bot) for name in ("Anna", "Boris"))
        for person in (anna, boris):
            await person.enters("25")
            person.says("/find")
        for person in (anna, boris):
            await person.hears("Partner found!")
        assert "🛌 Rest" in str(anna.keyboard)
        anna.presses("🛌 Rest")
        await anna.hears("You rest.")
        await boris.hears("Your partner left the chat.")
        anna.presses("Very")
        anna.says("/help")
        await anna.hears("/rest – leave everything")  # noqa: RUF001 - as it is shown
        boris.says("/find")
        await until(lambda: boris.texts[-1].startswith("🔍 Looking"), lambda: str(boris.texts))
        boris.says("/rest")
        await boris.hears("You rest.")


async def test_the_script_and_the_rule_of_a_decision_from_outside_agree() -> None:
    client = open_redis("memory://toys")
    town = Town(client, "toys", now=NOW)
    town.pool = RedisPool(client, Keys("toys"), LIVE, clock=lambda: town.now, decisions=TOY_DECISIONS)
    await town.open()
    oracle = Oracle(rules=RULES, now=NOW, leases={RED: lease(RED)}, decisions=TOY_RULES)
    people = [UserId(number) for number in (1, 2, 3)]
    answers = []
    for pts, user in enumerate(people, 1):
        find = town.find(user, pts)
        answers.append(((await town.decides(find))[0], oracle.decide(find)))
    for user in (1, 3, 2):
        rest = Rest(address=Address(RED, UserId(user)), chat=ChatId("chat-1"), mark=mark(RED, 10))
        answers.append(((await town.decides(rest))[0], oracle.decide(rest)))
        for each in people:
            status = GetStatus(user=each)
            answers.append(((await town.decides(status))[0], oracle.decide(status)))
    await client.aclose()
    assert [by_script for by_script, _ in answers] == [by_rule for _, by_rule in answers]
    assert {type(answer) for answer, _ in answers} >= {Paired, Waiting}
