"""The sandbox's process: a server on this machine that takes Telegram's place."""

from __future__ import annotations

import gc

from control.child import Child, run_child
from control.supervisor.specs import sandbox_folder
from domain.errors import Unavailable
from transport.sandbox.server import Sandbox


async def main(child: Child) -> None:
    settings = child.settings
    try:
        async with Sandbox(sandbox_folder(settings), port=settings.sandbox.port, http_port=settings.sandbox.http_port):
            gc.collect()
            gc.freeze()
            await child.ready()
            await child.stopping.wait()
    except OSError as error:
        raise Unavailable(f"the sandbox cannot go on: {error}") from error


if __name__ == "__main__":
    run_child("sandbox", main)
