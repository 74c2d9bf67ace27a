"""The sandbox as its users see it: people over HTTP, bots as stock Kurigram clients over MTProto."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pyrogram import Client, raw
from pyrogram.connection import Connection
from pyrogram.crypto import rsa

from transport.sandbox.mtproto.keypair import fingerprint

PATIENCE = 10.0
F, T = raw.functions, raw.types


def trust(public_key: Path) -> None:
    """Let Kurigram accept this data centre."""
    key = load_pem_public_key(public_key.read_bytes())
    assert isinstance(key, RSAPublicKey)
    n, e = key.public_numbers().n, key.public_numbers().e
    rsa.server_public_keys[fingerprint(n, e)] = rsa.PublicKey(n, e)


class StockBot:
    """A high-level Kurigram client that keeps every raw update it gets."""

    def __init__(self, port: int, token: str, **options: Any) -> None:
        class ToSandbox(Connection):
            def __init__(self, *, server_address: str, port: int, **rest: Any) -> None:
                del server_address, port
                super().__init__(server_address="127.0.0.1", port=address, **rest)

        address = port
        self.client = Client(
            "bot",
            api_id=1,
            api_hash="0" * 32,
            bot_token=token,
            in_memory=True,
            connection_factory=ToSandbox,
            sleep_threshold=0,
            workers=1,
            skip_updates=False,
            **options,
        )
        self._updates: asyncio.Queue[Any] = asyncio.Queue()
        self.users: dict[int, Any] = {}
        self._connected = asyncio.Event()
        self.client.on_raw_update()(self._keep)
        self.client.on_connect()(self._note_connection)

    async def _note_connection(self, *_: Any) -> None:
        self._connected.set()

    async def _keep(self, _: Client, update: Any, users: dict[int, Any], __: Any) -> None:
        self.users.update(users)
        self._updates.put_nowait(update)

    async def gets(self, kind: type) -> Any:
        """The next update of that kind; others before it are thrown away."""
        async with asyncio.timeout(PATIENCE):
            while not isinstance(update := await self._updates.get(), kind):
                pass
        return update

    async def reads(self) -> Any:
        """The next message from a person."""
        while (update := await self.gets(T.UpdateNewMessage)).message.out:
            pass
        return update.message

    def is_idle(self) -> bool:
        return self._updates.empty()

    async def call(self, query: Any, patience: float = PATIENCE) -> Any:
        """Once, with none of the library's retries."""
        return await self.client.session.send(query, timeout=patience)

    async def comes_back(self) -> None:
        """Wait until the client has connected again since it last did."""
        async with asyncio.timeout(PATIENCE):
            await self._connected.wait()
        self._connected.clear()

    async def send(self, user: int, text: str, *, random_id: int | None = None, **rest: Any) -> Any:
        number = self.client.rnd_id() if random_id is None else random_id
        return await self.call(F.messages.SendMessage(peer=self.peer(user), message=text, random_id=number, **rest))

    def peer(self, user: int) -> Any:
        return T.InputPeerUser(user_id=user, access_hash=self.users[user].access_hash if user in self.users else 0)

    async def __aenter__(self) -> Self:
        await self.client.start()
        self._connected.clear()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.client.stop(block=True)


class Person:
    def __init__(self, http: httpx.AsyncClient, number: int) -> None:
        self._http = http
        self.id = number
        self._after = 0
        self._unread: list[dict[str, Any]] = []

    async def post(self, what: str, **body: Any) -> httpx.Response:
        return await self._http.post(f"/api/users/{self.id}/{what}", json=body)

    async def does(self, what: str, **body: Any) -> Any:
        response = await self.post(what, **body)
        assert response.status_code == 200, response.text
        return response.json()

    async def says(self, bot: int | str, text: str, **rest: Any) -> int:
        return (await self.does("messages", bot=bot, text=text, **rest))["message_id"]

    async def sees(self, kind: str = "message", *, own: bool = False) -> dict[str, Any]:
        """The next event of that kind; messages are the bots' unless `own`."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for event in self._unread:
                    if event["type"] == kind and (kind != "message" or event["message"]["out"] == own):
                        self._unread = self._unread[self._unread.index(event) + 1 :]
                        return event
                self._unread = await self._next_events()

    async def sees_number(self, number: int) -> dict[str, Any]:
        """The message with that number, as an event told of it last."""
        answer = await self._http.get(f"/api/users/{self.id}/events", params={"after": 0})
        return next(event["message"] for event in reversed(answer.json()["events"]) if event["message"]["id"] == number)

    async def _next_events(self) -> list[dict[str, Any]]:
        answer = await self._http.get(f"/api/users/{self.id}/events", params={"after": self._after, "wait": PATIENCE})
        self._after = answer.json()["next"]
        return answer.json()["events"]


class Town:
    def __init__(self, http_port: int, port: int, public_key: Path, tokens: tuple[str, ...]) -> None:
        trust(public_key)
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{http_port}", timeout=PATIENCE * 2)
        self.port = port
        self.tokens = tokens
        self.bots = tuple(int(token.partition(":")[0]) for token in tokens)
        self._bots = AsyncExitStack()

    async def person(self, name: str = "Anna", **rest: Any) -> Person:
        answer = await self.http.post("/api/users", json={"name": name, **rest})
        return Person(self.http, answer.json()["id"])

    async def bot(self, index: int = 0) -> StockBot:
        return await self._bots.enter_async_context(StockBot(self.port, self.tokens[index]))

    async def fault(self, kind: str, **rest: Any) -> None:
        answer = await self.http.post("/api/faults", json={"kind": kind, **rest})
        assert answer.status_code == 200, answer.text

    async def stats(self) -> dict[str, Any]:
        return (await self.http.get("/api/stats")).json()

    async def chatting(self, name: str = "Anna") -> tuple[StockBot, Person]:
        """A bot, and a person who has started it."""
        bot, person = await self.bot(), await self.person(name)
        await person.says(self.bots[0], "/start")
        await bot.reads()
        return bot, person

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._bots.aclose()
        await self.http.aclose()
