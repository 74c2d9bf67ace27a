"""Real supervisors with tiny children, one per folder, and the questions that tests ask them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from control.client import SupervisorClient
from domain.errors import Unavailable
from domain.status import ProcessState, ProcessStatus, Status

ROOT = Path(__file__).resolve().parents[2]
TINY_SUPERVISOR = Path(__file__).with_name("tiny_supervisor.py")
PATIENCE = 20.0
T = TypeVar("T")


async def eventually(look: Callable[[], Awaitable[T | None] | T | None], *, within: float = PATIENCE) -> T:
    """The first answer that is not empty; looked for again and again, and a failure when the time is over."""
    async with asyncio.timeout(within):
        while True:
            found = look()
            value = await found if isinstance(found, Awaitable) else found
            if value:
                return value
            await asyncio.sleep(0.02)


class Running:
    """One running supervisor, and the operator who looks at it."""

    def __init__(self, folder: Path, process: Process) -> None:
        self.folder = folder
        self.process = process
        self.client = SupervisorClient(folder / "var")

    async def says(self, beginning: str) -> str:
        """The next line of its output that begins so."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := (await self.process.stdout.readline()).decode():
                if line.startswith(beginning):
                    return line.strip()
        raise AssertionError(f"the supervisor ended without saying {beginning}")

    async def status(self) -> Status:
        return await self.client.status()

    async def one(self, name: str) -> ProcessStatus:
        return next(process for process in (await self.status()).processes if process.name == name)

    async def becomes(self, name: str, state: ProcessState, *, within: float = PATIENCE) -> ProcessStatus:
        async def look() -> ProcessStatus | None:
            try:
                processes = (await self.status()).processes
            except Unavailable:
                return None
            return next((process for process in processes if (process.name, process.state) == (name, state)), None)

        return await eventually(look, within=within)

    async def ends(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def log(self, name: str = "combined") -> str:
        return (self.folder / "logs" / f"{name}.log").read_text(encoding="utf-8")


@asynccontextmanager
async def supervisor(folder: Path, *children: str, environ: Mapping[str, str] | None = None) -> AsyncIterator[Running]:
    """`children`: name=behaviour of `tiny_child.py`, started in this order."""
    process = await spawn(folder, TINY_SUPERVISOR, *children, environ=environ)
    try:
        yield Running(folder, process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def spawn(folder: Path, program: Path | str, *arguments: str, environ: Mapping[str, str] | None = None) -> Process:
    with heeding_ctrl_c():
        return await asyncio.create_subprocess_exec(
            sys.executable, str(program), *arguments, cwd=folder, env=clean(environ), stdout=PIPE, stderr=PIPE
        )


@contextmanager
def heeding_ctrl_c() -> Iterator[None]:
    """What is started meanwhile ends by Ctrl-C, as at a terminal. A script that starts the tests in the background has them
    ignore SIGINT, and programs inherit that.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def clean(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment without settings of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **(environ or {})}


def alive(pid: int) -> bool:
    """Whether it runs; a dead process whose exit code nobody has read yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
