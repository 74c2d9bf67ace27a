"""The running house: one folder's lock, logs, control socket and child processes, from start to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from control.cli.progress import Phase, narrated
from control.cli.progress import Show as ShowProgress
from control.disk import mend, reason
from control.logging.logfiles import LogFiles, OwnLines, Show
from control.logging.logs import JsonFormatter, Pseudonyms, configure
from control.settings.loading import Loaded, house_of
from control.supervisor.announcements import announced
from control.supervisor.bots import Bots
from control.supervisor.clock_watch import ClockWatch
from control.supervisor.control_api import Orders, Staff
from control.supervisor.gather import gather
from control.supervisor.installation import Installation
from control.supervisor.job_runner import Desk
from control.supervisor.lock import FolderLock
from control.supervisor.processes import Process, Spec
from control.supervisor.rolling_restart import Roll
from control.supervisor.socket import ControlSocket, socket_path
from control.supervisor.specs import Plan, is_worker
from control.supervisor.stages import Stages
from control.supervisor.worker_pool import Crew
from domain.errors import SettingsError
from domain.status import InForce, Status

logger = logging.getLogger(__name__)


class House:
    def __init__(
        self, loaded: Loaded, lock: FolderLock, *, read: Callable[[], Loaded], show: Show, progress: ShowProgress
    ) -> None:
        """`lock` is held already. `read` reads the settings anew. `show` puts a warning's record before the operator's eyes,
        `progress` what is waited for.
        """
        self._read = read
        self._progress = progress
        self._loaded = loaded
        self._settings = loaded.settings
        self._lock = lock
        self._data = Path(loaded.settings.data)
        self._logs = self._open_logs(show)
        self._desk = Desk()
        self._orders = Orders(self._desk)
        handlers = {"status": self._on_status, "stop": self._on_stop, "announce": self._on_announce, **self._orders.handlers}
        self._control = ControlSocket(socket_path(self._data), handlers)
        self._stages = Stages((), self._settings.supervisor)
        self._roll: Roll | None = None
        self._usernames: dict[int, str] = {}
        self._environ: dict[str, str] = {}
        """What every process is told that starts from now on."""
        self._bots = Bots(lambda: self._stages.workers, self._settings.supervisor, self._status, self._environ)
        self._clock = ClockWatch()
        self._stopping = asyncio.Event()
        self._started = asyncio.get_running_loop().time()

    async def live(self, plan: Plan, *, announce: Callable[[Status], None]) -> None:
        """Start, watch, and stop in reverse when told to. `announce` is called once, when all that can start has started."""
        self._listen_to_signals()
        watching = asyncio.create_task(self._clock.run())
        try:
            self._stages = Stages([[self._process(spec) for spec in stage] for stage in plan.stages], self._settings.supervisor)
            await self._control.open()
            self._lock.describe(self._control.path)
            for warning in self._loaded.warnings:
                logger.warning("%s", warning)
            async with narrated(Phase.START, self._status, self._progress):
                started = await self._unless_stopped(self._stages.start())
            if started:
                announce(await self._status())
                self._orders.open(self._staff(plan))
                await self._stopping.wait()
        finally:
            watching.cancel()
            self._orders.shut()
            await self._desk.close()
            async with narrated(Phase.STOP, self._status, self._progress):
                await self._stages.stop()
            self._control.shut()
            self._lock.release()
            await self._control.close()
            self._logs.close()

    def _staff(self, plan: Plan) -> Staff:
        policy = self._settings.supervisor
        installation = Installation(self._loaded, self._read)
        crew = Crew(self._stages, lambda number: self._process(plan.worker(number)), policy, installation)
        self._roll = Roll(self._stages, crew, policy, installation)
        return Staff(crew=crew, roll=self._roll, bots=self._bots)

    def _process(self, spec: Spec) -> Process:
        return Process(
            spec,
            self._settings.supervisor,
            self._logs.take,
            bury=self._bury,
            too_big=self._relieve,
            environ=self._environ,
            inherit=(self._lock.family,),
        )

    async def _bury(self, name: str, pid: int) -> None:
        if is_worker(name):
            await self._bots.bury(name, pid)

    def _relieve(self, process: Process) -> None:
        """As a command of the operator: one at a time. Whoever has to wait comes again within a second."""
        if self._roll is None or self._stopping.is_set() or self._desk.under_way or not self._roll.may_relieve():
            return
        name, limit = process.spec.name, process.spec.memory_limit_mb
        used = process.status().memory_mb
        logger.warning("%s is restarted: it uses %.0f MB, more than supervisor.memory_limit_mb (%d)", name, used, limit)
        self._desk.begin(f"restart {name}, which uses too much memory", partial(self._roll.relieve, process))

    def _open_logs(self, show: Show) -> LogFiles:
        rules = self._settings.logging
        try:
            files = LogFiles(Path(rules.folder), max_bytes=rules.max_bytes, backups=rules.backups, show=show)
        except OSError as error:
            raise SettingsError(f"logging.folder: {rules.folder} cannot be written ({reason(error)}); {mend(error)}") from error
        formatter = JsonFormatter("supervisor", Pseudonyms.kept_in(self._data))
        configure(rules.level, [OwnLines(files, formatter)])
        return files

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal, number)

    def _on_signal(self, number: signal.Signals) -> None:
        """The second Ctrl-C does not wait for anybody."""
        if self._stopping.is_set() and number is signal.SIGINT:
            logger.warning("stopping at once")
            self._stages.kill()
        self._stopping.set()

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """True where `work` came to its end before anybody asked to stop."""
        working, stopped = asyncio.create_task(work), asyncio.create_task(self._stopping.wait())
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for task in (working, stopped):
            task.cancel()
        await asyncio.wait({working, stopped})
        if working.cancelled():
            return False
        working.result()
        return not self._stopping.is_set()

    async def _status(self) -> Status:
        uptime = asyncio.get_running_loop().time() - self._started
        return await gather(
            self._stages.processes,
            uptime=uptime,
            house=house_of(self._settings),
            usernames=self._usernames,
            under_way=self._desk.under_way,
            own=(*self._logs.problems, *self._clock.problems),
        )

    async def _on_status(self, _: Mapping[str, Any]) -> Status:
        return await self._status()

    async def _on_announce(self, request: Mapping[str, Any]) -> list[InForce]:
        versions = {str(section): int(version) for section, version in dict(request["versions"]).items()}
        return await announced(self._stages.processes, versions)

    async def _on_stop(self, _: Mapping[str, Any]) -> int:
        logger.info("asked to stop")
        self._stopping.set()
        return os.getpid()
