"""Composes the sandbox: its world, its MTProto data centre and its HTTP API. Starts and stops them together."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from hypercorn.asyncio import serve
from hypercorn.config import Config

from transport.sandbox.api.app import create_app
from transport.sandbox.api.files import FilesApi
from transport.sandbox.api.live import live_routes
from transport.sandbox.api.media import MediaReader
from transport.sandbox.api.people import PeopleApi
from transport.sandbox.api.screens import ScreensApi
from transport.sandbox.api.stars import StarsApi
from transport.sandbox.api.wallet import WalletApi
from transport.sandbox.api.world import WorldApi
from transport.sandbox.content.catalog import Catalog
from transport.sandbox.content.file_credentials import FileCredentials
from transport.sandbox.content.files import Files
from transport.sandbox.content.media import MediaRenderer
from transport.sandbox.content.render import Renderer
from transport.sandbox.content.screen import Screen
from transport.sandbox.content.uploads import Uploads
from transport.sandbox.faults import Fault, Faults, Kind
from transport.sandbox.mtproto.connection import Connection, DataCentre
from transport.sandbox.mtproto.credentials import prepare
from transport.sandbox.mtproto.keypair import load_keypair
from transport.sandbox.mtproto.sessions import Keyring
from transport.sandbox.rpc.call import Services
from transport.sandbox.rpc.dispatch import Dispatcher
from transport.sandbox.stars.desk import open_stars
from transport.sandbox.world.callbacks import Callbacks
from transport.sandbox.world.events import EventLog
from transport.sandbox.world.mailbox import Mailbox
from transport.sandbox.world.model import Bot, Channel, Json
from transport.sandbox.world.people import People
from transport.sandbox.world.store import Store
from transport.sandbox.world.turn import Turn
from transport.sandbox.world.updates import UpdateLog
from transport.sandbox.world.world import World

HOST = "127.0.0.1"
GRACE_SECONDS = 0.2
KEEP_ALIVE_SECONDS = 75.0
"""Longer than clients keep an idle connection, so that no request arrives on a connection that is being closed."""


class Sandbox:
    """Use as `async with Sandbox(folder) as sandbox:`. Port 0 takes any free port."""

    def __init__(self, folder: Path, *, port: int = 0, http_port: int = 0) -> None:
        credentials = prepare(folder)
        self.folder = folder
        self.port = port
        self.http_port = http_port
        self.public_key = credentials.public_key
        self.store = Store(folder)
        self.world = World(self.store)
        self.tokens = credentials.tokens
        self.faults = Faults()
        self._stopping = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None
        self._assemble()

    def _assemble(self) -> None:
        store, world = self.store, self.world
        self.turn = Turn(asyncio.get_running_loop(), store)
        self.mailbox = Mailbox(store)
        self.events = EventLog(store, self.turn)
        self.keyring = Keyring(store)
        self.files = Files(self.folder)
        self.uploads = Uploads(self.files)
        catalog = self.catalog = Catalog(store)
        secret = store.secret("access hashes")
        self.file_credentials = FileCredentials(world, catalog, secret)
        media = MediaRenderer(catalog, self.file_credentials)
        renderer = Renderer(world, self.mailbox, media, secret)
        self.updates = UpdateLog(
            store=store,
            world=world,
            mailbox=self.mailbox,
            renderer=renderer,
            keyring=self.keyring,
            faults=self.faults,
        )
        screen = self.screen = Screen(self.mailbox, self.events, catalog)
        self.stars = open_stars(
            store=store, world=world, mailbox=self.mailbox, updates=self.updates, screen=screen, faults=self.faults
        )
        callbacks = Callbacks()
        self.people = People(
            world=world,
            mailbox=self.mailbox,
            updates=self.updates,
            events=self.events,
            screen=screen,
            callbacks=callbacks,
            renderer=renderer,
        )
        self._assemble_data_centre(renderer, media, callbacks)

    def _assemble_data_centre(self, renderer: Renderer, media: MediaRenderer, callbacks: Callbacks) -> None:
        services = Services(
            world=self.world,
            mailbox=self.mailbox,
            updates=self.updates,
            screen=self.screen,
            callbacks=callbacks,
            renderer=renderer,
            keyring=self.keyring,
            files=self.files,
            catalog=self.catalog,
            file_credentials=self.file_credentials,
            media=media,
            uploads=self.uploads,
            stars=self.stars,
            address=lambda: (HOST, self.port),
        )
        self.dispatcher = Dispatcher(services, self.faults)
        self.data_centre = DataCentre(
            keypair=load_keypair(self.folder), keyring=self.keyring, dispatcher=self.dispatcher, turn=self.turn
        )

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: Connection(self.data_centre), HOST, self.port)
            listener = socket.create_server((HOST, self.http_port))
        except OSError:
            self.store.close()
            raise
        self.port = self._server.sockets[0].getsockname()[1]
        self.http_port = listener.getsockname()[1]
        self._serving = loop.create_task(self._serve_http(listener))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopping.set()
        self._server.close()
        for link in list(self.data_centre.links):
            link.abort()
        if self._serving is not None:
            await self._serving
        await self._server.wait_closed()
        self.stars.clock.close()
        self.turn.finish()
        self.uploads.close()
        self.store.close()

    async def wait(self) -> None:
        """Wait until the HTTP API ends: after `stop`, or because it failed."""
        if self._serving is not None:
            await asyncio.shield(self._serving)

    def stop(self) -> None:
        self._stopping.set()

    @property
    def endpoint(self) -> Json:
        return {
            "port": self.port,
            "http_port": self.http_port,
            "public_key": str(self.public_key),
            "tokens": list(self.tokens),
        }

    # Used by the HTTP API

    def inflict(self, fault: Fault) -> None:
        """Faults of connections, keys and file references take effect at once. Others wait for their call or update."""
        if fault.kind is Kind.FORGET_KEY:
            for key in self.keyring.of(fault.bot):
                self.keyring.forget(key)
        elif fault.kind is Kind.EXPIRE_FILES:
            for bot in [self.world.bots[fault.bot]] if fault.bot is not None else self.world.bots.values():
                self.file_credentials.expire(bot)
        elif fault.kind is Kind.DROP and not fault.method:
            self.data_centre.away_until[fault.bot] = time.monotonic() + fault.seconds
            self._cut(fault.bot)
            if fault.times > 1:
                self.faults.add(replace(fault, times=fault.times - 1))
        else:
            self.faults.add(fault)

    def forgive(self) -> None:
        self.faults.clear()
        self.data_centre.away_until.clear()

    def revoke(self, bot: Bot) -> str:
        for key in self.keyring.of(bot.id):
            self.keyring.bind(key, None)
        return self.world.revoke_token(bot)

    def posts(self, channel: Channel, limit: int, before: int) -> list[Json]:
        return [self.screen.draw(post) for post in self.mailbox.history(channel.id, channel.id, limit, before)]

    def stats(self) -> Json:
        calls, errors = self.dispatcher.calls, self.dispatcher.errors
        floods = Counter({name: count for name, count in errors.items() if name.startswith("FLOOD_WAIT_")})
        return {
            "updates": self.updates.figures["updates"],
            "calls": dict(calls),
            "floods": floods.total(),
            "unknown": dict(self.dispatcher.unknown),
            "errors": dict(errors),
            "faults": len(self.faults),
            "connections": len(self.data_centre.links),
            "users": len(self.world.users),
            "bots": {str(bot.id): self._describe(bot) for bot in self.world.bots.values()},
        }

    def _describe(self, bot: Bot) -> Json:
        listening = len(self.keyring.listeners(bot.id))
        return {"online": listening, "keys": len(self.keyring.of(bot.id)), "pts": bot.pts}

    def _cut(self, bot: int | None) -> None:
        if bot is None:
            for link in list(self.data_centre.links):
                link.abort()
        else:
            self.updates.cut(bot)

    async def _serve_http(self, listener: socket.socket) -> None:
        routes = [
            PeopleApi(self.world, self.people, MediaReader(self.files, self.catalog)).routes(),
            FilesApi(self.files, self.catalog).routes(),
            ScreensApi(self.world, self.people, self.events).routes(),
            WorldApi(self.world, self).routes(),
            WalletApi(self.world, self.people, self.stars).routes(),
            StarsApi(self.world, self.stars).routes(),
            live_routes(self.world, self.events),
        ]
        await serve(create_app(self.turn, routes), _http_config(listener), shutdown_trigger=self._stopping.wait)


def _http_config(listener: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.graceful_timeout = GRACE_SECONDS
    config.shutdown_timeout = GRACE_SECONDS
    config.accesslog = None
    config.errorlog = None
    return config
