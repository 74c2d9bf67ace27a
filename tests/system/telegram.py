"""A sandbox outside of any house, for tests in which houses are killed or stopped."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.system.house import ROOT, House


@asynccontextmanager
async def telegram(folder: Path) -> AsyncIterator[dict[str, Any]]:
    """Run the sandbox. Yields what it prints at its start: ports, public key, tokens."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "transport.sandbox", "--folder", str(folder), "--port", "0", "--http-port", "0",
        cwd=ROOT, stdout=PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.communicate()


def house_at(folder: Path, endpoint: dict[str, Any], **environment: str) -> House:
    house = House(
        folder,
        TELEGRAM_SERVER=f"127.0.0.1:{endpoint['port']}",
        TELEGRAM_PUBLIC_KEY=endpoint["public_key"],
        BOT_TOKENS=",".join(endpoint["tokens"]),
        **environment,
    )
    house.arguments = ()
    house.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{endpoint['http_port']}", timeout=30.0)
    return house
