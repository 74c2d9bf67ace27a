"""Two minimal bots with which the application is compared. They only relay between fixed partners.

    python -m bench.bare_bots stock|own '{"token", "server", "public_key", "folder", "partners"}'

Each prints `ready` when it serves. It ends when its standard input is closed or the bench ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio import Future
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from control.orphans.watch import leave_with
from domain.configuration import Configuration, LiveConfiguration, Pacing
from domain.model.content import FileRef
from domain.model.ids import BotId, UserId
from domain.model.inbound import Ignored, Inbound, MessageReceived
from domain.model.outgoing import Lane, Outcome, Send, Sent
from domain.settings import Settings, Telegram
from transport.client import KurigramTelegram, Shared
from transport.media.sources import FileSources
from transport.mtproto.server_address import parse, trust
from transport.texts.catalogue import Texts

FREELY = Pacing(chat_rate=1e6, chat_burst=1_000_000, bot_rate=1e6, bot_burst=1_000_000)

Order = dict[str, Any]


async def stock(order: Order) -> None:
    """A bot on the library as its manual shows it: default settings, a handler, `copy`."""
    from pyrogram import Client, filters
    from pyrogram.connection import Connection
    from pyrogram.types import Message

    server = parse(order["server"])

    class ToSandbox(Connection):  # type: ignore[misc]  # the library is untyped
        def __init__(self, *, server_address: str, port: int, **rest: Any) -> None:
            del server_address, port
            super().__init__(server_address=server.host, port=server.port, **rest)

    trust(Path(order["public_key"]))
    partners = {int(user): int(partner) for user, partner in order["partners"].items()}
    app = Client(
        "stock",
        api_id=1,
        api_hash="0" * 32,
        bot_token=order["token"],
        workdir=order["folder"],
        connection_factory=ToSandbox,
    )

    @app.on_message(filters.private & ~filters.command("start"))  # type: ignore[untyped-decorator]  # as above
    async def relay(_: Client, message: Message) -> None:
        await message.copy(partners[message.from_user.id])

    async with app:
        await _serve()


async def own(order: Order) -> None:
    shared = Shared(
        settings=Settings(telegram=Telegram(server=order["server"], public_key=order["public_key"])),
        live=LiveConfiguration(Configuration(pacing=FREELY)),
        texts=Texts(),
        secret=b"the bench's own",
        files=NoFiles(),
        sources=FileSources(),
    )
    telegram = KurigramTelegram(order["token"], shared, store=Memory())
    partners = {UserId(int(user)): UserId(int(partner)) for user, partner in order["partners"].items()}

    def confirm(said: MessageReceived, done: Future[Outcome]) -> None:
        if isinstance(done.result(), Sent):
            telegram.confirm(said.pts)

    async def receive(inbound: Inbound | Ignored) -> None:
        if isinstance(inbound, MessageReceived):
            key = f"{inbound.user}:{inbound.message}"
            send = Send(to=partners[inbound.user], key=key, body=inbound.content, lane=Lane.RELAY)
            telegram.submit(send).add_done_callback(partial(confirm, inbound))
        elif inbound.pts is not None:
            telegram.confirm(inbound.pts)

    await telegram.start(receive)
    try:
        await _serve()
    finally:
        await telegram.stop()


class Memory:
    """A `ConnectionStore` in memory."""

    def __init__(self) -> None:
        self._values: dict[str, bytes | int | str | None] = {}
        self._state: tuple[int, int, int, int] | None = None
        self._hashes: dict[UserId, int] = {}

    async def load(self) -> dict[str, bytes | int | str | None]:
        return dict(self._values)

    async def save(self, values: dict[str, bytes | int | str | None]) -> None:
        self._values = dict(values)

    async def load_state(self) -> tuple[int, int, int, int] | None:
        return self._state

    async def save_state(self, pts: int, qts: int, date: int, seq: int) -> None:
        self._state = (pts, qts, date, seq)

    async def peers(self, users: Iterable[UserId]) -> dict[UserId, int]:
        return {user: self._hashes[user] for user in users if user in self._hashes}

    async def save_peers(self, hashes: dict[UserId, int]) -> None:
        self._hashes |= hashes


class NoFiles:
    """`domain.ports.relay.Files` of a bot that gets only texts."""

    async def get(self, _bot: BotId, _unique_id: str) -> FileRef | None:
        return None

    async def put(self, file: FileRef) -> None:
        raise AssertionError(f"nobody sends files here, but {file.unique_id}")


async def _serve() -> None:
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


BOTS: dict[str, tuple[Callable[[Order], Awaitable[None]], Callable[[], asyncio.AbstractEventLoop] | None]] = {
    "stock": (stock, None),
    "own": (own, uvloop.new_event_loop),
}
"""Each bot with its event loop: uvloop belongs to our transport, and the library's default is Python's loop."""


async def _run(bot: Callable[[Order], Awaitable[None]], order: Order) -> None:
    await bot(order)


if __name__ == "__main__":
    leave_with(os.getppid())
    chosen, loop_factory = BOTS[sys.argv[1]]
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_run(chosen, json.loads(sys.argv[2])))
