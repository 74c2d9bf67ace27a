"""What all child processes have in common: the socket to the supervisor, heartbeats, settings, logs and the orderly stop.

A child that loses its supervisor stops in good order within half a second. A panel goes on (`control/orphans/life.py`).

    async def main(child: Child) -> int | None:
        …start…
        await child.ready()
        await child.stopping.wait()
        …stop in reverse, within child.remaining() seconds…

    if __name__ == "__main__":
        run_child("worker-1", main)
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn

import uvloop

from control import streams
from control.logging import logs
from control.settings import loading as configuration
from control.wire import LINE_LIMIT, Handler, Peer
from domain.errors import SettingsError
from domain.settings import Settings

CHANNEL = "MASQUERADE_CHANNEL"
FOLDER = "MASQUERADE_FOLDER"
LISTENING = "MASQUERADE_LISTENING"
"""The descriptor of the port that the process serves (`control/supervisor/listeners.py`)."""

FAMILY = "MASQUERADE_FAMILY"
"""Descriptors by which the next run notices that children of an earlier one are still there."""

HEARTBEAT_SECONDS = 1.0
ORPHAN_SECONDS = 0.5
"""Time to stop in good order after the supervisor has ended. A little later `control/launch.py` ends the process."""
CANCEL_SECONDS = 0.3
"""For cancelled code to close its connections."""
WAITING_BYTES = 4 * 1024 * 1024
"""Of log lines that the supervisor has not read yet."""

logger = logging.getLogger(__name__)
Main = Callable[["Child"], Awaitable[int | None]]


class Child:
    def __init__(self, name: str, settings: Settings, folder: Path) -> None:
        self.name = name
        self.settings = settings
        self.folder = folder
        """The folder of `settings.toml`."""
        self.stopping = asyncio.Event()
        self.on_dump: Callable[[], Iterable[str]] | None = None
        """Returns lines about what the actors are doing. Called at SIGUSR1."""
        self.outlives: Callable[[], Awaitable[None]] | None = None
        """Runs from the supervisor's end to that of the process, which it stops in time. None: the process leaves at once."""
        self._handlers: dict[str, Handler] = {}
        self._peer: Peer | None = None
        self._deadline = float("inf")
        self._overdue = asyncio.Event()
        self._ready = False

    def answer(self, op: str, handler: Handler) -> None:
        """Answers requests named `op`. `handler` gets the request as a mapping; its result is sent as JSON."""
        self._handlers[op] = handler

    async def ready(self) -> None:
        """Tells the supervisor that the process is ready. A stop before that cancels `main` at once: no work has begun."""
        self._ready = True
        self._channel.tell("ready")

    def stop(self, seconds: float) -> None:
        """Sets `stopping`, and the deadline. A second call can make the deadline earlier, not later."""
        loop = asyncio.get_running_loop()
        self._deadline = min(self._deadline, loop.time() + (seconds if self._ready else 0))
        loop.call_at(self._deadline, self._overdue.set)
        self.stopping.set()

    def remaining(self) -> float:
        """Seconds until the process is ended by force. Infinite while nobody has asked it to stop."""
        return max(0.0, self._deadline - asyncio.get_running_loop().time())

    async def connect(self, channel: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=channel, limit=LINE_LIMIT)
        self._peer = Peer(reader, writer, self._handlers)

    async def listen(self) -> None:
        await self._channel.serve()
        if self.outlives is None or not self._ready or self.stopping.is_set():
            logger.warning("the supervisor is gone; stopping")
            self.stop(ORPHAN_SECONDS)
            return
        try:
            await self.outlives()
        except Exception:
            logger.exception("it cannot go on without a supervisor")
            self.stop(ORPHAN_SECONDS)

    async def beat(self) -> None:
        while True:
            self._channel.tell("beat")
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def work(self, main: Main) -> int:
        """The exit code: that of `main`; 1 for a crash or a missed deadline; EX_CONFIG for a wrong setting."""
        working = asyncio.ensure_future(main(self))
        overdue = asyncio.create_task(self._overdue.wait())
        await asyncio.wait({working, overdue}, return_when=asyncio.FIRST_COMPLETED)
        overdue.cancel()
        if not working.done():
            if self._ready:
                logger.error("not stopped in time; unfinished work is cancelled")
            working.cancel()
            await asyncio.wait({working}, timeout=CANCEL_SECONDS)
        return _exit_code(working)

    def dump(self) -> None:
        lines = list(self.on_dump()) if self.on_dump else []
        for task in asyncio.all_tasks():
            frames = task.get_stack(limit=1)
            where = f"{frames[0].f_code.co_filename}:{frames[0].f_lineno}" if frames else "at its start"
            lines.append(f"task {task.get_name()} {where}")
        for line in lines:
            logger.info("dump: %s", line)

    @property
    def _channel(self) -> Peer:
        assert self._peer is not None, "connect first"
        return self._peer


def run_child(name: str, main: Main) -> NoReturn:
    """Runs `main` and ends the process with its exit code."""
    gc.freeze()  # the imports left no garbage
    gc.enable()
    channel = _inherited_channel(os.environ)
    folder = Path(os.environ[FOLDER])
    faulthandler.enable()
    try:
        settings = configuration.load(folder, os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(os.EX_CONFIG)
    formatter = logs.JsonFormatter(name, logs.Pseudonyms.kept_in(Path(settings.data)))
    writer = streams.detach(partial(_lines_were_lost, formatter), limit=WAITING_BYTES)
    logs.configure(settings.logging.level, [logs.LineHandler(partial(writer.write, streams.STDOUT), formatter)])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(_live(Child(name, settings, folder), channel, main))
    sys.exit(code)


async def _live(child: Child, channel: socket.socket, main: Main) -> int:
    await child.connect(channel)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, child.stop, child.settings.supervisor.drain_seconds)
    loop.add_signal_handler(signal.SIGINT, child.stop, child.settings.supervisor.drain_seconds)
    loop.add_signal_handler(signal.SIGUSR1, child.dump)
    helpers = [asyncio.create_task(child.listen(), name="listen"), asyncio.create_task(child.beat(), name="beat")]
    try:
        return await child.work(main)
    finally:
        for helper in helpers:
            helper.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)


def _exit_code(working: asyncio.Future[int | None]) -> int:
    if not working.done() or working.cancelled():
        return 1
    error = working.exception()
    if isinstance(error, SettingsError):
        logger.error("%s", error)
        return os.EX_CONFIG
    if error is not None:
        logger.error("the process failed: %s", error, exc_info=error)
        return 1
    return working.result() or 0


def _lines_were_lost(formatter: logs.JsonFormatter, lines: int, why: str) -> bytes:
    text, arguments = "%d log lines were lost: %s", (lines, why)
    return formatter.line(logging.LogRecord(__name__, logging.WARNING, "", 0, text, arguments, None))


def _inherited_channel(environ: Mapping[str, str]) -> socket.socket:
    if CHANNEL not in environ:
        sys.stderr.write("This is a part of Masquerade and cannot run by itself; start it with: python supervisor.py run\n")
        sys.exit(os.EX_USAGE)
    return socket.socket(fileno=int(environ[CHANNEL]))
