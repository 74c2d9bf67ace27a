"""A child process with nothing to do, which behaves as its first argument says."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Mapping
from socket import gethostname
from typing import Any

from control.child import Child, run_child
from control.settings.loading import installation_of
from control.settings.variables import kept_away
from domain.actor_stats import ActorStats
from domain.errors import SettingsError, Unavailable
from domain.model.ids import Address, BotId, UserId
from domain.status import BotStatus, Neighbour, WorkerReport
from tests.control.supervisors import eventually

PRINTED_TOKEN = f"987654321:{'B' * 35}"
"""What a library might print that knows nothing of secrets."""

logger = logging.getLogger("actors.session.actor")


BROKEN = "BROKEN"
"""In the environment: whatever tells of something raises."""


class Broken(logging.Handler):
    def handle(self, record: logging.LogRecord) -> bool:
        raise RuntimeError("it is broken")


def break_all_that_tells() -> None:
    """Before and after those handlers that work."""
    for name in ("control", "control.supervisor", "actors"):
        logging.getLogger(name).addHandler(Broken())
    root = logging.getLogger()
    root.handlers[:] = [Broken(), *root.handlers, Broken()]


def block() -> None:
    time.sleep(60)


def told_to(child: Child, what: str) -> bool:
    """By a file of that name."""
    return (child.folder / what).exists()


async def works(child: Child) -> None:
    drained = kept_away(os.environ)

    async def report(_: Mapping[str, Any]) -> WorkerReport:
        bot = BotStatus(id=1, username="first_bot", state="serving", served=True, worker=child.name)
        return WorkerReport(
            bots=(BotStatus(id=1, state="drained", worker=child.name) if drained else bot,),
            actors=(ActorStats(name="SessionActor", alive=2, deepest=3),),
            figures={"chats": 1, "relayed": 5},
            neighbours=(
                Neighbour(machine=gethostname(), house=installation_of(child.settings), worker=child.name),
                Neighbour(machine="far", house="0", worker="worker-9", bots=(1,) if drained else (), seen=2.0),
            ),
        )

    async def drain(request: Mapping[str, Any]) -> None:
        drained.add(request["bot"])

    async def resume(request: Mapping[str, Any]) -> None:
        if told_to(child, f"refuse {child.name}"):
            raise Unavailable("Redis cannot be reached")
        drained.discard(request["bot"])
        logger.info("may serve bot %d again", request["bot"])

    async def release_leases(request: Mapping[str, Any]) -> int:
        logger.info("frees the leases of %s, process %d", request["worker"], request["pid"])
        return 0

    if BROKEN in os.environ:
        break_all_that_tells()
    child.answer("report", report)
    child.answer("drain", drain)
    child.answer("resume", resume)
    child.answer("release_leases", release_leases)
    logger.info("%s Menu --Find--> Searching", Address(BotId(1), UserId(4242424242)))
    logger.info("token 123456789:%s", "A" * 35)
    await eventually(lambda: not told_to(child, "wait"))
    await child.ready()
    await child.stopping.wait()
    logger.info("drained")


async def breaks(_: Child) -> None:
    raise RuntimeError("it broke")


async def crashes(child: Child) -> None:
    await child.ready()
    raise RuntimeError("it broke")


async def refuses(_: Child) -> None:
    raise SettingsError("BOT_TOKENS is wrong; mend it")


async def never_stops(child: Child) -> None:
    await child.ready()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    await child.stopping.wait()
    block()


async def hangs(child: Child) -> None:
    await child.ready()
    block()


async def grows(child: Child) -> None:
    await child.ready()
    kept = bytearray(os.urandom(1024)) * 1024 * 200
    await child.stopping.wait()
    assert kept


async def grows_when_told(child: Child) -> None:
    await child.ready()
    await eventually(lambda: told_to(child, "grow"))
    kept = bytearray(os.urandom(1024)) * 1024 * 200
    await child.stopping.wait()
    assert kept


async def cries(child: Child) -> None:
    """More than any terminal takes that stands still."""
    await child.ready()
    await eventually(lambda: told_to(child, "cry"))
    for number in range(4_000):
        sys.stderr.write(f"cry {number} {'x' * 100}\n")
    await child.stopping.wait()


async def babbles(child: Child) -> None:
    sys.stdout.write('{"level": ["ERROR"], "logger": 1, "text": null, "time": 5, "process": {}}\n[]\n')
    sys.stdout.write("x" * 200_000 + "\nplain words\n")
    sys.stdout.write(f"printed token {PRINTED_TOKEN} by a library\n")
    sys.stderr.write(f"a cry\nan error with token {PRINTED_TOKEN}\n")
    sys.stdout.flush()
    await works(child)


async def never_ready(child: Child) -> None:
    async def report(_: Mapping[str, Any]) -> WorkerReport:
        return WorkerReport(problems=("Redis at 127.0.0.1:1 cannot be reached; start it",))

    child.answer("report", report)
    await child.stopping.wait()


async def has_settings(child: Child) -> None:
    async def configuration(_: Mapping[str, Any]) -> Mapping[str, int]:
        return {"profile": 1}

    child.answer("configuration", configuration)
    await works(child)


async def ignores_the_deadline(child: Child) -> None:
    await child.ready()
    await asyncio.Event().wait()


async def as_the_file_says(child: Child) -> None:
    await globals()[(child.folder / "behaviour").read_text()](child)


if __name__ == "__main__":
    if sys.argv[1] == "imports_for_long":
        block()
    run_child(sys.argv[2], globals()[sys.argv[1]])
