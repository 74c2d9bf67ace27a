"""The running supervisor: the data folder's lock, the logs, the control socket and the child processes, from start to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from control.cli.progress import Phase, narrated
from control.cli.progress import Show as ShowProgress
from control.disk import mend, reason
from control.logging.logfiles import LogFiles, Show
from control.logging.logs import JsonFormatter, LineHandler, Pseudonyms, configure
from control.orphans.found import dismiss
from control.settings.loading import Loaded, installation_of
from control.supervisor.clock_watch import ClockWatch
from control.supervisor.control_api import ControlApi
from control.supervisor.job_runner import JobRunner
from control.supervisor.listeners import Listeners
from control.supervisor.lock import FolderLock
from control.supervisor.operations import ask_worker
from control.supervisor.operations.announce import announce
from control.supervisor.operations.drain import DrainedBots
from control.supervisor.operations.release_leases import release_leases
from control.supervisor.operations.rolling_restart import RollingRestart
from control.supervisor.operations.scale import Scaling
from control.supervisor.operations.settings_check import reread
from control.supervisor.operations.take import Counting
from control.supervisor.pool import ProcessPool
from control.supervisor.process import Process
from control.supervisor.socket import ControlSocket, socket_path
from control.supervisor.spawn import Spec
from control.supervisor.specs import PANEL, Plan, is_worker
from control.supervisor.stages import Stages
from control.supervisor.status import gather
from control.supervisor.tree import Tree
from control.wire import Handler
from domain.errors import SettingsError, Unavailable
from domain.settings import Logging
from domain.status import InForce, Status

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Supervisor:
    def __init__(
        self,
        loaded: Loaded,
        plan: Plan,
        lock: FolderLock,
        *,
        read: Callable[[], Loaded],
        show: Show,
        progress: ShowProgress,
        listeners: Listeners | None = None,
    ) -> None:
        """`lock` is held already. `read` reads the settings anew. `show` shows the operator a warning, `progress` what is
        waited for. `listeners` has the ports that are open already.
        """
        self._loaded = loaded
        self._policy = loaded.settings.supervisor
        self._lock = lock
        self._progress = _unfailing(progress)
        self._logs = _open_logs(loaded.settings.logging, Path(loaded.settings.data), show)
        self._environ: dict[str, str] = {}
        """Added to the environment of every process that starts from now on."""
        self._usernames: dict[int, str] = {}
        self._clock = ClockWatch()
        self._stopping = asyncio.Event()
        self._started = asyncio.get_running_loop().time()
        self._jobs = JobRunner()
        self._listeners = listeners or Listeners()
        self._stages = Stages([[self._process(spec) for spec in stage] for stage in plan.stages], self._policy)
        makers = {"worker": plan.worker, PANEL: plan.panel}
        pools = {kind: ProcessPool(kind, self._stages, self._maker(spec), self._policy) for kind, spec in makers.items()}
        read_again = partial(reread, loaded, read)
        self._restarts = RollingRestart(self._stages, pools["worker"], self._policy, read_again)
        scales = Scaling(pools, reread=read_again, start_seconds=self._policy.start_seconds).scale
        bots = DrainedBots(lambda: self._stages.workers, self._policy, self._status, self._environ)
        self._api = ControlApi(self._jobs, scale=scales, restart=self._restarts.restart, drain=bots.drain, resume=bots.resume)
        tree = Tree(self._stages, self._jobs)
        answers: dict[str, Handler] = {
            "status": self._on_status,
            "stop": self._on_stop,
            "announce": self._on_announce,
            "reopen_logs": self._on_reopen_logs,
            "take": Counting().take,
            **ask_worker.handlers(lambda: self._stages.workers),
            "tree": tree.look,
            "actors": tree.actors,
            "restart_actor": tree.restart_actor,
        }
        self._control = ControlSocket(socket_path(Path(loaded.settings.data)), {**answers, **self._api.handlers})

    async def run(self, *, announce: Callable[[Status], None]) -> None:
        """Starts everything, watches it, and stops it in reverse when asked to.

        `announce` is called once, when everything that can start has started.
        """
        self._listen_to_signals()
        watching = asyncio.create_task(self._clock.run())
        try:
            await self._control.open()
            self._lock.describe(self._control.path)
            for warning in self._loaded.warnings:
                logger.warning("%s", warning)
            async with narrated(Phase.START, self._status, self._progress):
                started = await self._unless_stopped(self._stages.start())
            if started:
                _unfailing(announce)(await self._status())
                self._api.open()
                await self._stopping.wait()
        finally:
            watching.cancel()
            self._api.close()
            await self._jobs.close()
            async with narrated(Phase.STOP, self._status, self._progress):
                await self._stages.stop()
                await dismiss(Path(self._loaded.settings.data))
            self._control.shut()
            self._lock.release()
            await self._control.close()
            self._logs.close()

    def _maker(self, spec: Callable[[int], Spec]) -> Callable[[int], Process]:
        return lambda number: self._process(spec(number))

    def _process(self, spec: Spec) -> Process:
        return Process(
            spec,
            self._policy,
            self._logs.take,
            on_crash=self._on_crash,
            on_too_big=self._on_too_big,
            environ=self._environ,
            listeners=self._listeners,
            inherit=(self._lock.family,),
        )

    async def _on_crash(self, name: str, pid: int) -> None:
        if is_worker(name):
            await release_leases(self._stages.workers, name, pid)

    def _on_too_big(self, process: Process) -> None:
        """Restarts the process as a job, so that only one is away at a time. If that is not possible now, the process calls
        again within a second.
        """
        if self._api.refusal or self._jobs.under_way or not self._restarts.may_free_memory():
            return
        name, limit = process.spec.name, process.spec.memory_limit_mb
        used = process.status().memory_mb
        logger.warning("%s is restarted: it uses %.0f MB, more than supervisor.memory_limit_mb (%d)", name, used, limit)
        self._jobs.begin(f"restart {name}, which uses too much memory", partial(self._restarts.free_memory, process))

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue  # started by nohup: it outlives the log-out
            loop.add_signal_handler(number, self._on_signal, number)
        loop.add_signal_handler(signal.SIGUSR2, self._logs.reopen)

    def _on_signal(self, number: signal.Signals) -> None:
        """The second Ctrl-C kills all processes at once."""
        if self._stopping.is_set() and number is signal.SIGINT:
            logger.warning("stopping at once")
            self._stages.kill()
        self._stopping.set()

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """False if somebody asked to stop before `work` was done; it is cancelled then."""
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
            installation=installation_of(self._loaded.settings),
            usernames=self._usernames,
            grace=self._policy.grace_seconds,
            under_way=self._jobs.under_way,
            own=(*self._logs.problems, *self._clock.problems),
        )

    async def _on_status(self, _: Mapping[str, Any]) -> Status:
        return await self._status()

    async def _on_announce(self, request: Mapping[str, Any]) -> list[InForce]:
        versions = {str(section): int(version) for section, version in dict(request["versions"]).items()}
        return await announce(self._stages.processes, versions)

    async def _on_stop(self, _: Mapping[str, Any]) -> int:
        logger.info("asked to stop")
        self._stopping.set()
        return os.getpid()

    async def _on_reopen_logs(self, _: Mapping[str, Any]) -> None:
        """Answers when every file is open anew."""
        await asyncio.wrap_future(self._logs.reopen())
        if self._logs.problems:
            raise Unavailable(self._logs.problems[0])


def _unfailing(tell: Callable[[T], None]) -> Callable[[T], None]:
    """What the operator is shown cannot fail the supervisor. An error is only logged."""

    def told(what: T) -> None:
        try:
            tell(what)
        except Exception:
            logger.exception("the operator could not be told")

    return told


def _open_logs(rules: Logging, data: Path, show: Show) -> LogFiles:
    """Raises `SettingsError` if the folder cannot be written to."""
    try:
        files = LogFiles(Path(rules.folder), max_bytes=rules.max_bytes, backups=rules.backups, show=show)
    except OSError as error:
        raise SettingsError(f"logging.folder: {rules.folder} cannot be written ({reason(error)}); {mend(error)}") from error
    own = partial(files.take, "supervisor", "stdout")
    configure(rules.level, [LineHandler(own, JsonFormatter("supervisor", Pseudonyms.kept_in(data)))])
    return files
