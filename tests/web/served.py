"""The panel behind its real HTTP server, in a thread: for tests that ask from outside."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve

from control.panel import configured, listen
from domain.configuration import Configuration, LiveConfiguration
from domain.settings import Settings
from storage.secrets import Secrets
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from storage.sql.panel.records import panel_records
from tests.web.doubles import CountingLimits, FixedFigures, KnownPeople
from tests.web.supervisors import RecordingSupervisor, healthy_status
from tests.web.toy import Toys
from web.access.admission import Admission
from web.api.openapi import document
from web.api.operation import Api
from web.app import Dependencies, create_app


class ServedPanel:
    """With the toys beside its own operations. Its streams end by themselves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)
        self.url = ""
        self.toys: dict[str, Any] = {}
        """The document of their operations."""

    def start(self) -> ServedPanel:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)

    async def _live(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        database = await open_database(f"sqlite:{self._folder}/panel.db")
        await migrate(database)
        settings = Settings()
        live = LiveConfiguration(Configuration.of(settings))
        stopping = asyncio.Event()
        stopping.set()
        people, limits = KnownPeople(), CountingLimits()
        app = create_app(
            Dependencies(
                supervisor=RecordingSupervisor(healthy_status()),
                signs=people,
                access=panel_records(database, Secrets([b"k" * 32], source="test"), settings, live),
                limits=limits,
                figures=FixedFigures(),
                stopping=stopping,
            )
        )
        api, toys = Api(app, Admission(people, limits)), Toys()
        toys.gate.set()
        api.add(toys)
        self.toys = document(api.operations, "1")
        listening = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._loop.call_later(0.1, self._ready.set)
        try:
            await serve(app, configured(listening), shutdown_trigger=self._over.wait)
        finally:
            await database.close()
