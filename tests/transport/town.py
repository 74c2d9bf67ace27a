"""Test helpers: a sandbox with people in it, and the Telegram client of one of its bots."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from domain.configuration import Configuration, LiveConfiguration, Pacing
from domain.errors import Fenced, Unavailable
from domain.model.content import Text
from domain.model.ids import MessageId, UserId
from domain.model.outgoing import Lane, Outcome, Send
from domain.settings import Settings, Telegram
from tests.twins import FilesTwin
from transport.client import KurigramTelegram, Shared
from transport.media.sources import FileSources
from transport.sandbox.faults import Fault, Kind
from transport.sandbox.server import Sandbox
from transport.sandbox.world.model import Bot, User
from transport.texts.catalogue import Texts

SECRET = b"the same in every process of it!"
PATIENCE = 15.0
"""Seconds until a test that waits for something fails."""
TEXTS = Texts()
FREELY = Pacing(chat_rate=1e6, chat_burst=100_000, bot_rate=1e6, bot_burst=100_000)


class Changes:
    """Lets a test wait until a condition is true. Code that changes the condition calls `notify`."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        self._event.set()

    async def until(self, predicate: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not predicate():
                self._event.clear()
                await self._event.wait()


class MemoryStore:
    """A `ConnectionStore` in memory that records its writes."""

    def __init__(self) -> None:
        self.values: dict[str, bytes | int | str | None] = {}
        self.state: tuple[int, int, int, int] | None = None
        self.hashes: dict[UserId, int] = {}
        self.writes: list[str] = []
        self.taken_over = False
        self.away = False
        self._changes = Changes()

    async def load(self) -> dict[str, bytes | int | str | None]:
        return dict(self.values)

    async def save(self, values: dict[str, bytes | int | str | None]) -> None:
        self._write("session")
        self.values = dict(values)

    async def load_state(self) -> tuple[int, int, int, int] | None:
        return self.state

    async def save_state(self, pts: int, qts: int, date: int, seq: int) -> None:
        self._write("state")
        self.state = (pts, qts, date, seq)

    async def peers(self, users: Iterable[UserId]) -> dict[UserId, int]:
        if self.away:
            raise Unavailable("the store is away")
        return {user: self.hashes[user] for user in users if user in self.hashes}

    async def save_peers(self, hashes: dict[UserId, int]) -> None:
        self._write("peers")
        self.hashes.update(hashes)

    async def stored(self, pts: int) -> None:
        """Wait until a place in the log is stored."""
        await self._changes.until(lambda: self.state is not None and self.state[0] >= pts)

    async def noted(self, what: str) -> None:
        await self._changes.until(lambda: what in self.writes)

    def _write(self, what: str) -> None:
        self.writes.append(f"{what} refused" if self.taken_over or self.away else what)
        asyncio.get_running_loop().call_soon(self._changes.notify)
        if self.taken_over:
            raise Fenced("another owner")
        if self.away:
            raise Unavailable("the store is away")


class Life:
    """One run of the bot: from its start to its stop or crash."""

    def __init__(self, build: Callable[[Callable[[str, str], None]], KurigramTelegram]) -> None:
        self.received: list[Any] = []
        self.states: list[tuple[str, str]] = []
        self.confirming = True
        self.gate = asyncio.Event()
        """While it is not set, the receiver does not take updates."""
        self.gate.set()
        self.answer: Callable[[Any], None] | None = None
        self._changes = Changes()
        self.telegram = build(self._on_state)

    async def receive(self, inbound: Any) -> None:
        await self.gate.wait()
        self.received.append(inbound)
        if self.answer is not None:
            self.answer(inbound)
        if self.confirming and inbound.pts is not None:
            self.telegram.confirm(inbound.pts)
        self._changes.notify()

    def _on_state(self, state: str, detail: str) -> None:
        self.states.append((state, detail))
        self._changes.notify()

    @property
    def texts(self) -> list[str]:
        return [inbound.content.text for inbound in self.received if hasattr(inbound, "content")]

    async def receives_texts(self, *texts: str) -> None:
        await self._changes.until(lambda: len(self.texts) >= len(texts))
        assert self.texts == list(texts)

    async def receives(self, kind: type) -> Any:
        found = lambda: [inbound for inbound in self.received if isinstance(inbound, kind)]  # noqa: E731
        await self._changes.until(lambda: bool(found()))
        return found()[0]

    async def reaches(self, *states: str) -> str:
        """Wait until the bot has gone through these states in this order. Returns the detail of the last state."""
        await self._changes.until(lambda: _subsequence(states, [state for state, _ in self.states]))
        return self.states[-1][1]

    async def send(self, user: User, text: str, *, key: str = "") -> Outcome:
        return await asyncio.wait_for(self.submit(user, text, key=key), PATIENCE)

    def submit(self, user: User, text: str, *, key: str = "", reply_to: MessageId | None = None) -> asyncio.Future[Outcome]:
        body = Text(text=text)
        return self.telegram.submit(Send(to=UserId(user.id), key=key or text, body=body, lane=Lane.RELAY, reply_to=reply_to))


def _subsequence(wanted: tuple[str, ...], found: list[str]) -> bool:
    remaining = iter(found)
    return all(state in remaining for state in wanted)


class Town:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.store = MemoryStore()
        self.files = FilesTwin()
        self.sources = FileSources()
        self.bot: Bot = next(iter(sandbox.world.bots.values()))
        self.lives: list[Life] = []
        self.people = 0

    def settings(self, **telegram: Any) -> Settings:
        patient = {"connect_timeout": 30.0, **telegram}
        server = f"127.0.0.1:{self.sandbox.port}"
        return Settings(telegram=Telegram(server=server, public_key=str(self.sandbox.public_key), **patient), pacing=FREELY)

    def build(
        self,
        *,
        token: str = "",
        settings: Settings | None = None,
        live: LiveConfiguration | None = None,
        store: MemoryStore | None = None,
        sources: FileSources | None = None,
        **options: Any,
    ) -> Life:
        def telegram(on_state: Callable[[str, str], None]) -> KurigramTelegram:
            shared = Shared(
                settings=settings or self.settings(),
                live=live or LiveConfiguration(Configuration.of(settings or self.settings())),
                texts=TEXTS,
                secret=SECRET,
                files=self.files,
                sources=sources or self.sources,
            )
            return KurigramTelegram(token or self.bot.token, shared, store=store or self.store, on_state=on_state, **options)

        life = Life(telegram)
        self.lives.append(life)
        return life

    async def start(self, *, confirming: bool = True, **options: Any) -> Life:
        life = self.build(**options)
        life.confirming = confirming
        await life.telegram.start(life.receive)
        return life

    def person(self) -> User:
        self.people += 1
        return self.sandbox.world.add_user(f"Person {self.people}")

    def acquainted(self) -> User:
        """A person who wrote to the bot before it was started."""
        person = self.person()
        self.write(person, "hello")
        return person

    def write(self, person: User, text: str) -> int:
        """The person writes a message to the bot. Returns its id."""
        return self.sandbox.people.say(person, self.bot, text)

    def phone(self, person: User) -> list[str]:
        """What the bot has written to the person, oldest first."""
        history = self.sandbox.mailbox.history(person.id, self.bot.id, 10_000, 1 << 31)
        return [message.text for message in history if message.from_bot]

    def inflict(self, kind: str, **how: Any) -> None:
        self.sandbox.inflict(Fault(kind=Kind(kind), bot=self.bot.id, **how))

    def inflict_login(self, kind: str, **how: Any) -> None:
        """A fault on the log-in, when the sandbox does not know yet which bot it is."""
        self.sandbox.inflict(Fault(kind=Kind(kind), method="importbotauthorization", **how))

    def calls(self, method: str) -> int:
        return self.sandbox.dispatcher.calls[method]

    async def close(self) -> None:
        for life in self.lives:
            life.gate.set()
            await life.telegram.stop()


async def killed(life: Life) -> None:
    """Simulate a crash of the process: nothing is drained or stored, the connection is cut."""
    telegram = life.telegram
    telegram._stopping = True
    telegram.pacer.stop()
    for task in telegram._tasks.values():
        task.cancel()
    await asyncio.wait(telegram._tasks.values())
    await telegram._link.close()
