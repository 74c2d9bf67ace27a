"""The panel behind its real HTTP server, in a thread: for tests that ask from outside."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve

from control.panel import configured
from storage.sql.panel.notes import SqlNotes
from storage.sql.review.audit import SqlAudit
from tests.web.access import editor_on, opened, people_on, records_on
from tests.web.bots import HouseOfBots, desk_on
from tests.web.doubles import CountingLimits, FixedFigures, KeptInMemory, KnownPeople
from tests.web.machine import machine
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
        stopping = asyncio.Event()
        stopping.set()
        people, limits = KnownPeople(), CountingLimits()
        async with opened(self._folder) as database:
            deps = Dependencies(
                supervisor=RecordingSupervisor(healthy_status()),
                signs=people,
                access=records_on(database),
                limits=limits,
                figures=FixedFigures(),
                people=people_on(database),
                accounts=people_on(database),
                notes=SqlNotes(database),
                configuration=editor_on(database),
                bots=desk_on(database, HouseOfBots()),
                audit=SqlAudit(database),
                history=KeptInMemory(),
                **machine(),
                stopping=stopping,
            )
            app = create_app(deps)
            api, toys = Api(app, Admission(people, limits)), Toys()
            toys.gate.set()
            api.add(toys)
            self.toys = document(api.operations, "1")
            listening = socket.create_server(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            self._ready.set()  # the port is open: who asks now is answered soon
            await serve(app, configured(listening.detach()), shutdown_trigger=self._over.wait)
