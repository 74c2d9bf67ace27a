"""One child process: the states it goes through, and the loop that keeps it alive.

    STARTING --ready--> READY --crash--> BACKOFF --pause over--> STARTING …
    any --too many crashes, or EX_CONFIG--> FATAL                     (stays down until the operator's `restart`)
    any --stop, restart, or too much memory--> DRAINING --exit, or killed at the deadline--> STOPPED, or STARTING again

*Invariant*: one loop (`Process._supervise`) starts a process, waits for its end and cleans up after it. All other code only
signals the process.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from contextlib import suppress
from typing import Any

from control.supervisor.listeners import Listeners
from control.supervisor.pipes import lines_of, memory_mb
from control.supervisor.restarts import Restarts
from control.supervisor.spawn import Spec, cancel_all, exit_text, send_signal, spawn
from control.wire import LINE_LIMIT, Peer
from domain.errors import Unavailable
from domain.settings import Supervisor
from domain.status import ProcessState, ProcessStatus

TICK_SECONDS = 1.0
KILL_AFTER = 1.0
"""Seconds beyond `supervisor.drain_seconds`. The process itself keeps that time and ends by itself before it is killed."""
DOWN = frozenset({ProcessState.BACKOFF, ProcessState.FATAL, ProcessState.STOPPED})
SETTLED = frozenset({ProcessState.READY, ProcessState.BACKOFF, ProcessState.FATAL})

logger = logging.getLogger(__name__)
TakeLine = Callable[[str, str, bytes], Mapping[str, Any]]
"""(process, stream, line) → the log record made from the line."""
OnCrash = Callable[[str, int], Awaitable[None]]
"""(process, its process id): called after a process ended with an exit code other than 0."""
OnTooBig = Callable[["Process"], None]
"""Called every second while the process uses more memory than it may."""


class Process:
    def __init__(
        self,
        spec: Spec,
        policy: Supervisor,
        take_line: TakeLine,
        *,
        on_crash: OnCrash,
        on_too_big: OnTooBig,
        environ: Mapping[str, str],
        listeners: Listeners,
        inherit: Sequence[int] = (),
    ) -> None:
        """`environ` is read at each start and wins over the one in `spec`. `inherit`: descriptors that the process keeps open."""
        self.spec = spec
        self.state = ProcessState.STOPPED
        self._policy = policy
        self._take_line = take_line
        self._on_crash = on_crash
        self._on_too_big = on_too_big
        self._environ = environ
        self._inherit = tuple(inherit)
        self._listeners = listeners
        self._restarts = Restarts(policy)
        self._restarted = 0
        self._complaint = ""
        """The last error that the running process has logged."""
        self._last_error = ""
        """Kept over crashes, until the operator restarts the process."""
        self._last_error_at = 0.0
        self._process: asyncio.subprocess.Process | None = None
        self._peer: Peer | None = None
        self._changed = asyncio.Event()
        self._stopping = False
        self._wake = asyncio.Event()
        """Set by `stop` and `restart` to end the pause after a crash."""
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
        """Whether the process was killed when it ended last."""
        return self._exit_code == -signal.SIGKILL

    def start(self) -> None:
        self._enter(ProcessState.STARTING, "start")
        self._supervision = asyncio.create_task(self._supervise(), name=f"supervise {self.spec.name}")

    async def ready(self, seconds: float) -> bool:
        """Waits until the process is ready or has failed. False if it is not ready within `seconds`."""
        return await self.reaches(SETTLED, seconds) and self.state is ProcessState.READY

    async def reaches(self, states: Container[ProcessState], seconds: float) -> bool:
        """Waits until the process is in one of `states`. False if it is not within `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.state not in states:
                    await self._changed.wait()
        return self.state in states

    async def stop(self, seconds: float) -> None:
        """Asks the process to stop, and kills it `KILL_AFTER` seconds after `seconds`. Returns when it has ended."""
        self._stopping = True
        self._wake.set()
        if self._supervision is None:
            return
        if self._process is not None:
            self._enter(ProcessState.DRAINING, "stop")
        timer = self._ask_to_leave(seconds)
        await asyncio.wait({self._supervision})  # `wait` does not cancel the supervision when this coroutine is cancelled
        if timer:
            timer.cancel()
        self._supervision.result()

    def kill(self) -> None:
        """Kills the process at once. It is not started again."""
        self._stopping = True
        self._wake.set()
        if self._process is not None:
            send_signal(self._process, signal.SIGKILL)

    def restart(self, why: str) -> None:
        """The process finishes what it does, within `supervisor.drain_seconds`, and is started again.

        A process that is down is started at once, and its count of crashes begins anew.
        """
        self._last_error, self._last_error_at = "", 0.0
        if self._process is None:
            self._restarts = Restarts(self._policy)
            self._enter(ProcessState.STARTING, why)
            self._wake.set()
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
            silent=self._silent_ticks * TICK_SECONDS if process and self._heard else 0.0,
            last_error=self._last_error,
            last_error_at=self._last_error_at,
        )

    async def _supervise(self) -> None:
        while True:
            self._exit_code = await self._run_once()
            pause = 0.0 if self._wanted_exit or self._stopping else self._after_crash(self._exit_code)
            await asyncio.gather(self._pause(pause), self._clean_up())
            if self._stopping:
                self._enter(ProcessState.STOPPED, "exit")
                return
            self._restarted += 1
            self._enter(ProcessState.STARTING, "again")

    async def _clean_up(self) -> None:
        """A process that ended in good order has left nothing to clean up."""
        if not self._exit_code:
            return
        try:
            await self._on_crash(self.spec.name, self._pid)
        except Exception:  # the process is started again all the same
            logger.exception("nothing was cleaned up after %s", self.spec.name)

    async def _pause(self, seconds: float | None) -> None:
        """`stop` and `restart` end the pause early. None: only they end it."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    def _after_crash(self, code: int) -> float | None:
        """The pause before the next start, in seconds; None if the process stays down."""
        ready_for = _now() - self._ready_at if self._ready_at else 0.0
        self._last_error, self._last_error_at = self._complaint or exit_text(code), time.time()
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
        logger.error("%s ended (%s); it is started again in %.1f s", self.spec.name, exit_text(code), pause)
        return pause

    async def _run_once(self) -> int:
        """Starts the process and waits for its end. Returns its exit code."""
        self._wanted_exit, self._ready_at, self._heard, self._silent_ticks = False, None, False, 0
        self._wake.clear()
        ours, theirs = socket.socketpair()
        self._complaint = ""
        try:
            process = await spawn(self.spec, theirs, environ=self._environ, inherit=self._inherit, listeners=self._listeners)
        except OSError as error:
            ours.close()
            self._complaint = f"cannot be started: {error}"
            return os.EX_OSERR
        finally:
            theirs.close()
        self._process, self._pid, self._since = process, process.pid, _now()
        if self._stopping:
            send_signal(process, signal.SIGTERM)
        helpers = [asyncio.create_task(work) for work in (self._listen(ours), self._watch(process))]
        readers = [asyncio.create_task(self._read(process, stream)) for stream in ("stdout", "stderr")]
        try:
            code = await process.wait()
            await asyncio.wait(readers, timeout=KILL_AFTER)
        finally:
            await cancel_all([*helpers, *readers])
            self._process = self._peer = None
        return code

    async def _listen(self, channel: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=channel, limit=LINE_LIMIT)
        self._peer = Peer(reader, writer, {"ready": self._on_ready, "beat": self._on_heartbeat})
        await self._peer.serve()

    async def _on_ready(self, _: Mapping[str, Any]) -> None:
        if self.state is ProcessState.STARTING:
            self._ready_at = _now()
            self._enter(ProcessState.READY, "ready")

    async def _on_heartbeat(self, _: Mapping[str, Any]) -> None:
        self._heard, self._silent_ticks = True, 0

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Silence is counted in ticks of this loop: when a suspended machine wakes up, no process looks silent."""
        name, policy = self.spec.name, self._policy
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._silent_ticks += 1
            patience = policy.heartbeat_seconds if self._heard else max(policy.heartbeat_seconds, policy.start_seconds)
            if self._silent_ticks * TICK_SECONDS > patience:
                self._complaint = f"hung: no heartbeat for {patience:g} s"
                logger.error("%s %s", name, self._complaint)
                send_signal(process, signal.SIGKILL)
            limit = self.spec.memory_limit_mb
            if limit and self.state is ProcessState.READY and memory_mb(process.pid) > limit:
                self._on_too_big(self)

    async def _read(self, process: asyncio.subprocess.Process, stream: str) -> None:
        reader = process.stdout if stream == "stdout" else process.stderr
        assert reader is not None
        async for line in lines_of(reader):
            try:
                record = self._take_line(self.spec.name, stream, line)
            except Exception:  # a child whose lines nobody reads would stand still
                logger.exception("a line of %s could not be logged", self.spec.name)
                continue
            if record["level"] in {"ERROR", "CRITICAL"}:
                self._complaint = self._last_error = str(record["text"])
                self._last_error_at = time.time()

    def _ask_to_leave(self, seconds: float) -> asyncio.TimerHandle | None:
        if self._process is None:
            return None
        send_signal(self._process, signal.SIGTERM)
        return asyncio.get_running_loop().call_later(seconds + KILL_AFTER, send_signal, self._process, signal.SIGKILL)

    def _enter(self, state: ProcessState, why: str) -> None:
        if state is self.state:
            return
        logger.info("%s %s --%s--> %s", self.spec.name, self.state, why, state)
        self.state = state
        if state in {ProcessState.FATAL, ProcessState.STOPPED}:
            self._listeners.leave(self.spec.name)
        self._changed.set()
        self._changed = asyncio.Event()


def _now() -> float:
    return asyncio.get_running_loop().time()
