"""How a panel goes on without its supervisor: until the next run has a panel, or for `Orphanhood.seconds` at most.

It shows what is in the records. What only a supervisor knows says that none answers. It writes its own log lines into the files.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
from functools import partial
from pathlib import Path

from control.child import FAMILY, Child
from control.client import SupervisorClient
from control.launch import OUTLIVES, SUPERVISOR
from control.logging import logs
from control.logging.logfiles import LogFiles
from control.orphans.door import Door, door_of
from control.orphans.found import dismiss
from control.orphans.watch import spare
from control.supervisor.lock import RUNNING
from control.supervisor.specs import is_panel
from domain.errors import Unavailable
from domain.status import ProcessState

LOOK_EVERY = 1.0
BY_FORCE = 5.0
"""Seconds beyond the last one, after which it is ended by force."""

logger = logging.getLogger(__name__)


class Orphanhood:
    def __init__(self, child: Child, listening: int) -> None:
        """`listening`: the descriptor of the port that it serves."""
        self._child = child
        self._data = Path(child.settings.data)
        self._listening = listening
        self._client = SupervisorClient(self._data)
        self._former = int(os.environ[SUPERVISOR])
        self._family = [int(number) for number in os.environ.get(FAMILY, "").split(",") if number]
        self._folder = _identity(self._data / RUNNING)
        self.seconds = float(os.environ.get(OUTLIVES, "0"))

    async def live(self) -> None:
        """Runs until it is cancelled. Stops the process in time."""
        now, drain_seconds = asyncio.get_running_loop().time, self._child.settings.supervisor.drain_seconds
        deadline = now() + self.seconds
        spare(self.seconds + drain_seconds + BY_FORCE)
        self._log_into_files()
        logger.warning("the supervisor is gone; what is in the records is shown for another %.0f s at most", self.seconds)
        leave = partial(self._child.stop, drain_seconds)
        door = Door(
            door_of(self._data, self._former, os.getpid()), port=self._port, seconds=lambda: deadline - now(), leave=leave
        )
        door.open()
        try:
            for descriptor in self._family:  # the next run waits until they are closed, and finds the door then
                os.close(descriptor)
            await dismiss(self._data, but_of=self._former)
            logger.warning("leaving: %s", await self._until(deadline))
            leave()
            await asyncio.Event().wait()
        finally:
            door.close()

    def _port(self) -> int | None:
        """The server closes its descriptor when it stops."""
        return None if self._child.stopping.is_set() else self._listening

    async def _until(self, deadline: float) -> str:
        """Why it is to leave."""
        while asyncio.get_running_loop().time() < deadline:
            try:
                await asyncio.wait_for(self._child.stopping.wait(), LOOK_EVERY)
            except TimeoutError:
                pass
            else:
                return "asked to"
            if _identity(self._data / RUNNING) != self._folder:
                return "the data folder is gone"
            if await self._is_succeeded():
                return "the next run has a panel"
        return "no supervisor came back"

    async def _is_succeeded(self) -> bool:
        try:
            status = await self._client.status()
        except Unavailable:
            return False
        return any(is_panel(process.name) and process.state is ProcessState.READY for process in status.processes)

    def _log_into_files(self) -> None:
        """Nobody reads what it prints any more. The files are rotated by the next run only."""
        rules = self._child.settings.logging
        try:
            files = LogFiles(Path(rules.folder), max_bytes=0, backups=0, show=lambda _: None)
        except OSError:  # nobody could be told
            return
        atexit.register(files.close)
        formatter = logs.JsonFormatter(self._child.name, logs.Pseudonyms.kept_in(self._data))
        logs.configure(rules.level, [logs.LineHandler(partial(files.take, self._child.name, "stdout"), formatter)])


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
