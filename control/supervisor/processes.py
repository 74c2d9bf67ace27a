"""Child processes as data, and the small loop that keeps each of them alive.

    STARTING --ready--> READY --crash--> BACKOFF --pause over--> STARTING …
    any --crash with the budget spent, or EX_CONFIG--> FATAL          (waits for the operator's `restart`)
    any --stop, restart, or too much memory--> DRAINING --exit, or killed at the deadline--> STOPPED, or STARTING again

*Invariant*: one loop (`Process._supervise`) starts, waits for and buries a process; everything else only signals it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from control.child import CHANNEL
from control.launch import SUPERVISOR
from control.supervisor.pipes import LINE_LIMIT as LOG_LINE_LIMIT
from control.supervisor.pipes import lines_of, memory_mb
from control.supervisor.restarts import Restarts
from control.wire import LINE_LIMIT, Peer
from domain.errors import Unavailable
from domain.settings import Supervisor
from domain.status import ProcessState, ProcessStatus

TICK_SECONDS = 1.0
KILL_AFTER = 1.0
"""Beyond the drain time, which the process itself keeps."""
DOWN = frozenset({ProcessState.BACKOFF, ProcessState.FATAL, ProcessState.STOPPED})
SETTLED = frozenset({ProcessState.READY, ProcessState.BACKOFF, ProcessState.FATAL})

logger = logging.getLogger(__name__)
TakeLine = Callable[[str, str, bytes], Mapping[str, Any]]
"""(process, stream, line) → the log record it was taken for."""
Bury = Callable[[str, int], Awaitable[None]]
"""(process, its process id): it did not end in good order."""
TooBig = Callable[["Process"], None]
"""It uses more memory than it may: told every second, until it is restarted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    name: str
    module: str
    """Of which `control/launch.py` makes a process; its `__main__` calls `control.child.run_child`."""
    arguments: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    memory_limit_mb: int = 0
    """0: none."""


class Process:
    def __init__(
        self,
        spec: Spec,
        policy: Supervisor,
        take_line: TakeLine,
        *,
        bury: Bury,
        too_big: TooBig,
        environ: Mapping[str, str],
        inherit: Sequence[int] = (),
    ) -> None:
        """`environ` is read at each start, over that of `spec`. `inherit`: descriptors that the process keeps open for life."""
        self.spec = spec
        self.state = ProcessState.STOPPED
        self._policy = policy
        self._take_line = take_line
        self._bury = bury
        self._too_big = too_big
        self._environ = environ
        self._inherit = tuple(inherit)
        self._restarts = Restarts(policy)
        self._restarted = 0
        self._complaint = ""
        """The last error that the process of now has told."""
        self._last_error = ""
        """Stays after a crash, until the operator restarts it."""
        self._process: asyncio.subprocess.Process | None = None
        self._peer: Peer | None = None
        self._changed = asyncio.Event()
        self._stopping = False
        self._summoned = asyncio.Event()
        """Somebody does not want to wait for the end of the pause."""
        self._supervision: asyncio.Task[None] | None = None
        self._since = 0.0
        self._ready_at: float | None = None
        self._heard = False
        self._silent_ticks = 0
        self._wanted_exit = False
        self._exit_code = 0
        self._pid = 0

    @property
    def was_killed(self) -> bool:
        """Whether the last of its lives ended by force."""
        return self._exit_code == -signal.SIGKILL

    def start(self) -> None:
        self._enter(ProcessState.STARTING, "start")
        self._supervision = asyncio.create_task(self._supervise(), name=f"supervise {self.spec.name}")

    async def ready(self, seconds: float) -> bool:
        """Waits until it is ready or has failed; False where it is not ready by then."""
        return await self.reaches(SETTLED, seconds) and self.state is ProcessState.READY

    async def reaches(self, states: Container[ProcessState], seconds: float) -> bool:
        """Waits until it is in one of these; False where it is not by then."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.state not in states:
                    await self._changed.wait()
        return self.state in states

    async def stop(self, seconds: float) -> None:
        """Ask it to stop; kill it when `seconds` and a little are over. Returns when it is gone."""
        self._stopping = True
        self._summoned.set()
        if self._supervision is None:
            return
        if self._process is not None:
            self._enter(ProcessState.DRAINING, "stop")
        timer = self._ask_to_leave(seconds)
        await asyncio.wait({self._supervision})  # not awaited itself: whoever is cancelled here must not take it along
        if timer:
            timer.cancel()
        self._supervision.result()

    def kill(self) -> None:
        """At once, and for good."""
        self._stopping = True
        self._summoned.set()
        if self._process is not None:
            _signal(self._process, signal.SIGKILL)

    def restart(self, why: str) -> None:
        """Gracefully: what it does is finished first, within the drain time. One that is down starts now, with a new budget."""
        self._last_error = ""
        if self._process is None:
            self._restarts = Restarts(self._policy)
            self._enter(ProcessState.STARTING, why)
            self._summoned.set()
        elif not self._wanted_exit:
            self._wanted_exit = True
            self._enter(ProcessState.DRAINING, why)
            self._ask_to_leave(self._policy.drain_seconds)

    async def ask(self, op: str, *, seconds: float, **arguments: Any) -> Any:
        """Raises `domain.errors.Unavailable`."""
        if self._peer is None:
            raise Unavailable(f"{self.spec.name} does not run")
        return await self._peer.ask(op, timeout=seconds, **arguments)

    def status(self) -> ProcessStatus:
        process = self._process
        return ProcessStatus(
            name=self.spec.name,
            state=self.state,
            pid=process.pid if process else 0,
            uptime=round(_now() - self._since, 1) if process else 0.0,
            restarts=self._restarted,
            memory_mb=round(memory_mb(process.pid), 1) if process else 0.0,
            last_error=self._last_error,
        )

    async def _supervise(self) -> None:
        while True:
            self._exit_code = await self._run_once()
            pause = 0.0 if self._wanted_exit or self._stopping else self._after_crash(self._exit_code)
            await asyncio.gather(self._rest(pause), self._mourned())
            if self._stopping:
                self._enter(ProcessState.STOPPED, "exit")
                return
            self._restarted += 1
            self._enter(ProcessState.STARTING, "again")

    async def _mourned(self) -> None:
        """One that ended in good order has left nothing to be put right."""
        if self._exit_code:
            await self._bury(self.spec.name, self._pid)

    async def _rest(self, seconds: float | None) -> None:
        """None: until it is summoned."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._summoned.wait(), seconds)

    def _after_crash(self, code: int) -> float | None:
        """The pause before the next start; None for never."""
        ready_for = _now() - self._ready_at if self._ready_at else 0.0
        self._last_error = self._complaint or _exit_text(code)
        if code == os.EX_CONFIG:
            self._enter(ProcessState.FATAL, "wrong setting")
            logger.error("%s cannot start: %s", self.spec.name, self._last_error)
            return None
        pause = self._restarts.after_crash(_now(), ready_for)
        if pause is None:
            self._enter(ProcessState.FATAL, "budget spent")
            logger.error("%s crashed too often and stays down: %s", self.spec.name, self._last_error)
            return None
        self._enter(ProcessState.BACKOFF, "crash")
        logger.error("%s ended (%s); it comes back in %.1f s", self.spec.name, _exit_text(code), pause)
        return pause

    async def _run_once(self) -> int:
        """One life, from start to burial; its exit code."""
        self._wanted_exit, self._ready_at, self._heard, self._silent_ticks = False, None, False, 0
        self._summoned.clear()
        ours, theirs = socket.socketpair()
        try:
            process = await self._spawn(theirs)
        except OSError as error:
            ours.close()
            self._complaint = f"cannot be started: {error}"
            return os.EX_OSERR
        finally:
            theirs.close()
        self._process, self._pid, self._since = process, process.pid, _now()
        if self._stopping:
            _signal(process, signal.SIGTERM)
        helpers = [asyncio.create_task(work) for work in (self._listen(ours), self._watch(process))]
        readers = [asyncio.create_task(self._read(process, stream)) for stream in ("stdout", "stderr")]
        try:
            code = await process.wait()
            await asyncio.wait(readers, timeout=KILL_AFTER)
        finally:
            await _end([*helpers, *readers])
            self._process = self._peer = None
        return code

    async def _spawn(self, channel: socket.socket) -> asyncio.subprocess.Process:
        own = {CHANNEL: str(channel.fileno()), SUPERVISOR: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
        self._complaint = ""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "control.launch", self.spec.module, *self.spec.arguments),
            env={**os.environ, **self.spec.environ, **self._environ, **own},
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            limit=LOG_LINE_LIMIT,
            pass_fds=(channel.fileno(), *self._inherit),
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops its children in order
        )

    async def _listen(self, channel: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=channel, limit=LINE_LIMIT)
        self._peer = Peer(reader, writer, {"ready": self._on_ready, "beat": self._on_beat})
        await self._peer.serve()

    async def _on_ready(self, _: Mapping[str, Any]) -> None:
        if self.state is ProcessState.STARTING:
            self._ready_at = _now()
            self._enter(ProcessState.READY, "ready")

    async def _on_beat(self, _: Mapping[str, Any]) -> None:
        self._heard, self._silent_ticks = True, 0

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Silence is counted in ticks of our own, so that a machine that slept does not kill everybody when it wakes."""
        name, policy = self.spec.name, self._policy
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._silent_ticks += 1
            patience = policy.heartbeat_seconds if self._heard else max(policy.heartbeat_seconds, policy.start_seconds)
            if self._silent_ticks * TICK_SECONDS > patience:
                self._complaint = f"hung: no heartbeat for {patience:g} s"
                logger.error("%s %s", name, self._complaint)
                _signal(process, signal.SIGKILL)
            limit = self.spec.memory_limit_mb
            if limit and self.state is ProcessState.READY and memory_mb(process.pid) > limit:
                self._too_big(self)

    async def _read(self, process: asyncio.subprocess.Process, stream: str) -> None:
        reader = process.stdout if stream == "stdout" else process.stderr
        assert reader is not None
        async for line in lines_of(reader):
            record = self._take_line(self.spec.name, stream, line)
            if record["level"] in {"ERROR", "CRITICAL"}:
                self._complaint = self._last_error = str(record["text"])

    def _ask_to_leave(self, seconds: float) -> asyncio.TimerHandle | None:
        if self._process is None:
            return None
        _signal(self._process, signal.SIGTERM)
        return asyncio.get_running_loop().call_later(seconds + KILL_AFTER, _signal, self._process, signal.SIGKILL)

    def _enter(self, state: ProcessState, why: str) -> None:
        if state is self.state:
            return
        logger.info("%s %s --%s--> %s", self.spec.name, self.state, why, state)
        self.state = state
        self._changed.set()
        self._changed = asyncio.Event()


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            logger.error("watching a process failed: %r", outcome, exc_info=outcome)


def _exit_text(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(number)


def _now() -> float:
    return asyncio.get_running_loop().time()
