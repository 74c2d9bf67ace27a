"""The sandbox as a process: `python -m transport.sandbox --folder var/sandbox --port 4430 --http-port 3002`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import orjson

from transport.sandbox.mtproto.keypair import write_atomically
from transport.sandbox.server import Sandbox

ENDPOINT = "endpoint.json"


def main() -> int:
    options = _parse()
    try:
        _runner()(_serve(options.folder, options.port, options.http_port))
    except OSError as error:
        sys.stderr.write(f"the sandbox cannot start: {error}\n")
        return 1
    return 0


async def _serve(folder: Path, port: int, http_port: int) -> None:
    async with Sandbox(folder, port=port, http_port=http_port) as sandbox:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, sandbox.stop)
        line = orjson.dumps(sandbox.endpoint)
        write_atomically(folder / ENDPOINT, line)
        sys.stdout.write(f"{line.decode()}\n")
        sys.stdout.flush()
        gc.collect()
        gc.freeze()
        await sandbox.wait()


def _runner() -> Callable[[Coroutine[Any, Any, None]], None]:
    """The loop of uvloop if there is one, otherwise that of asyncio."""
    if sys.platform == "win32":
        return asyncio.run
    import uvloop

    return uvloop.run


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="transport.sandbox", description="Telegram on loopback, for bots in development.")
    parser.add_argument("--folder", type=Path, default=Path("var/sandbox"), help="where the world and its keys are kept")
    parser.add_argument("--port", type=int, default=4430, help="MTProto; 0 takes any free port")
    parser.add_argument("--http-port", type=int, default=3002, help="HTTP API and phones page; 0 takes any free port")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
