"""House: one installation, started as an operator does: `supervisor.py run` with the sandbox, in a folder of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import orjson

from control.access import access_records, login_link
from control.client import SupervisorClient
from control.orphans.found import dismiss
from control.settings import loading
from domain.errors import Unavailable
from domain.ports.review import Operator
from tests.servers import free_ports
from tests.system import commands

ROOT = Path(__file__).resolve().parents[2]
UP_SECONDS = 90.0


class House:
    """It may be stopped, killed and started again in the same folder."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.http_port, self.mtproto_port, self.panel_port = free_ports(3)
        self.environment = environment
        self.arguments: tuple[str, ...] = ("--sandbox",)
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self.output: list[str] = []
        self.http = httpx.AsyncClient(base_url=self.phones_url, timeout=30.0)

    @property
    def phones_url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def panel_url(self) -> str:
        return f"http://127.0.0.1:{self.panel_port}"

    @property
    def _data(self) -> Path:
        return self.folder / self.environment.get("DATA", "var")

    async def start(self, *arguments: str) -> House:
        """Return once `status` says that it is healthy."""
        await self.launch(*arguments)
        await self.until_healthy()
        return self

    async def launch(self, *arguments: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "supervisor.py"), "run", *(arguments or self.arguments),
            cwd=self.folder, env=self.env(), stdout=PIPE, stderr=STDOUT,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read())

    async def until_healthy(self, seconds: float = UP_SECONDS) -> dict[str, Any]:
        return await self.until(lambda status: bool(status and status["healthy"]), seconds)

    async def until(self, wanted: Any, seconds: float = UP_SECONDS) -> dict[str, Any]:
        """The first status that `wanted` accepts."""
        status: dict[str, Any] = {}
        try:
            async with asyncio.timeout(seconds):
                while True:
                    status = await self.status()
                    if wanted(status):
                        return status
                    if self._process is not None and self._process.returncode is not None:
                        raise AssertionError(f"the supervisor ended with {self._process.returncode}\n{self.log}")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"not reached within {seconds} s: {json.dumps(status, indent=1)}\n{self.log}") from None

    async def status(self) -> dict[str, Any]:
        """What `status --json` prints, without starting a program. Empty if no supervisor answers."""
        try:
            now = await SupervisorClient(self._data).status()
        except (Unavailable, TimeoutError):
            return {}
        answer: dict[str, Any] = json.loads(orjson.dumps({"healthy": now.healthy, **asdict(now)}))
        return answer

    async def command(self, *arguments: str) -> tuple[int, str]:
        """(exit code, standard output and error) of `supervisor.py …` from another shell."""
        return await commands.run(arguments, self.folder, self.env())

    async def login_link(self) -> str:
        """What `supervisor.py admin login` prints, without starting a program. It lets an owner in, once."""
        settings = loading.load(self.folder, self.env())
        async with access_records(settings) as records:
            secret = await records.logins.link(Operator(name="tests", source="cli"))
        return login_link(settings, secret)

    async def pid_of(self, name: str) -> int:
        status = await self.status()
        return int(next(process["pid"] for process in status["processes"] if process["name"] == name))

    async def kill(self, name: str) -> None:
        """SIGKILL to one process. Return once it was restarted and the house is healthy."""
        pid = await self.pid_of(name)
        os.kill(pid, signal.SIGKILL)
        await self.until(lambda status: bool(status) and _another(status, name, pid) and status["healthy"])

    async def kill_supervisor(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """The supervisor stands still meanwhile, and answers nobody."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    async def stop(self) -> int:
        """Stop as by Ctrl-C. Returns the exit code."""
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(30):
                code = await self._process.wait()
        except TimeoutError:
            self._process.kill()
            raise AssertionError(f"did not stop\n{self.log}") from None
        if self._reading is not None:
            await self._reading
        return code

    async def close(self) -> None:
        """Also what a supervisor that was killed has left."""
        await self.stop()
        await dismiss(self._data)
        await self.http.aclose()

    async def fault(self, kind: str, **parameters: Any) -> None:
        answer = await self.http.post("/api/faults", json={"kind": kind, **parameters})
        assert answer.status_code < 300, answer.text

    @property
    def log(self) -> str:
        combined = self.folder / "logs" / "combined.log"
        lines = combined.read_text().splitlines()[-60:] if combined.exists() else []
        return "\n".join([*self.output[-60:], *lines])

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.output.append(line.decode(errors="replace").rstrip())

    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "LD_LIBRARY_PATH"}}
        return {
            **kept,
            "MASQUERADE_FOLDER": str(self.folder),
            "SANDBOX_PORT": str(self.mtproto_port),
            "SANDBOX_HTTP_PORT": str(self.http_port),
            "ADMIN_PORT": str(self.panel_port),
            "MASQUERADE_SUPERVISOR__START_SECONDS": str(UP_SECONDS),  # a slow machine is no reason to kill a process
            "MASQUERADE_TRUST__MEDIA": "open",  # pictures are compared as they were sent
            "MASQUERADE_TRUST__NEWCOMER_LINKS": "allow",  # everybody in a test is new
            **self.environment,
        }


def _another(status: dict[str, Any], name: str, pid: int) -> bool:
    return any(process["name"] == name and process["pid"] not in {0, pid} for process in status["processes"])
