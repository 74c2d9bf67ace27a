"""Starts and stops the measured relays (a worker of the application, or a minimal bot) as child processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.chatters import Chatters
from control.child import CHANNEL, FOLDER
from control.launch import SUPERVISOR
from transport.sandbox.server import Sandbox

START_SECONDS = 30.0
STOP_SECONDS = 15.0
CODE = Path(__file__).resolve().parent.parent
FREELY = {
    "MASQUERADE_PACING__CHAT_RATE": "1000000",
    "MASQUERADE_PACING__CHAT_BURST": "1000000",
    "MASQUERADE_PACING__BOT_RATE": "1000000",
    "MASQUERADE_PACING__BOT_BURST": "1000000",
    "MASQUERADE_FLOOD__RATE": "1000000",
    "MASQUERADE_FLOOD__BURST": "1000000",
    "MASQUERADE_TRUST__MEDIA": "open",
}
"""Limits so high that pacing and flood guard work but delay nobody."""


class Relay:
    def __init__(self, name: str, process: Process, channel: socket.socket | None = None) -> None:
        self.name = name
        self._process = process
        self._channel = channel

    @property
    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def held_seconds(self) -> float:
        """Seconds that its main thread ran or waited for a core, as the kernel counts them."""
        return held_seconds(self._process.pid)

    async def stop(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        elif self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._channel is not None:
            self._channel.close()


def held_seconds(pid: int) -> float:
    ran, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
    return (int(ran) + int(waited)) / 1e9


async def bare_bot(name: str, sandbox: Sandbox, people: Chatters, folder: Path) -> Relay:
    order = {
        "token": people.bot.token,
        "server": f"127.0.0.1:{sandbox.port}",
        "public_key": str(sandbox.public_key),
        "folder": str(folder),
        "partners": people.partners,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.bare_bots", name, json.dumps(order), stdin=PIPE, stdout=PIPE, cwd=CODE
    )
    assert process.stdout is not None
    said = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
    if said != b"ready\n":
        raise RuntimeError(f"the bare bot {name!r} did not start")
    return Relay(name, process)


async def worker(
    endpoint: Mapping[str, Any], tokens: Sequence[str], folder: Path, stores: Mapping[str, str], *, name: str = "worker-1"
) -> Relay:
    """Start a worker process of the application as the supervisor does, with these stores. Workers with the same folder belong to
    one installation.
    """
    ours, theirs = socket.socketpair()
    environ = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "LD_LIBRARY_PATH"}},
        **FREELY,
        **stores,
        "PYTHONPATH": str(CODE),
        SUPERVISOR: str(os.getpid()),
        CHANNEL: str(theirs.fileno()),
        FOLDER: str(folder),
        "BOT_TOKENS": ",".join(tokens),
        "TELEGRAM_SERVER": f"127.0.0.1:{endpoint['port']}",
        "TELEGRAM_PUBLIC_KEY": str(endpoint["public_key"]),
    }
    (folder / "var").mkdir(mode=0o700, parents=True, exist_ok=True)
    said = folder / f"{name}.log"
    with said.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "control.launch", "control.worker", "--name", name),
            stdout=log, stderr=log, cwd=folder, env=environ, pass_fds=[theirs.fileno()],
        )  # fmt: skip
    theirs.close()
    ours.settimeout(0)
    try:
        await asyncio.wait_for(_ready(ours), START_SECONDS)
    except (TimeoutError, EOFError):
        raise RuntimeError(f"the worker did not start:\n{said.read_text()[-2000:]}") from None
    return Relay("ours", process, ours)


async def _ready(channel: socket.socket) -> None:
    loop, said = asyncio.get_running_loop(), b""
    while b'"ready"' not in said:
        heard = await loop.sock_recv(channel, 4096)
        if not heard:
            raise EOFError
        said += heard
