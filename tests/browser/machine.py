"""What browser tests need of the machine: a Chromium, a sandbox as a process of its own."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The first has no windows, and needs half the CPU time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def find_browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise RuntimeError(
            f"no Chromium on PATH (looked for {', '.join(BROWSERS)}): run `make setup` as root, or install one of them"
        )
    return found


class SandboxProcess:
    """A world of its own in `folder`. A second start finds it again, on the same ports."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Process | None = None
        self._port = self._http_port = 0
        self.tokens: list[str] = []

    @property
    def phones_url(self) -> str:
        return f"http://127.0.0.1:{self._http_port}/"

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def public_key(self) -> Path:
        return self._folder / "public.pem"

    async def start(self) -> None:
        options = {"--folder": self._folder, "--port": self._port, "--http-port": self._http_port}
        flat = [str(part) for pair in options.items() for part in pair]
        command = [sys.executable, "-m", "transport.sandbox", *flat]
        self._process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE)
        assert self._process.stdout is not None
        endpoint = json.loads(await asyncio.wait_for(self._process.stdout.readline(), 90))
        self._port, self._http_port, self.tokens = endpoint["port"], endpoint["http_port"], endpoint["tokens"]

    async def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            await self._process.communicate()
            self._process = None
