"""`drain` and `resume`: a bot that the operator does not want to be served by this installation.

Every worker that runs is told at once. A worker that is starting is told once it is ready. Processes that start later read the
drained bots from their environment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence

from control.settings.variables import DRAINED
from control.supervisor.job_runner import Refused, Say
from control.supervisor.process import DOWN, KILL_AFTER, Process
from domain.errors import Unavailable
from domain.settings import Supervisor
from domain.status import BotStatus, ProcessState, Status

ELSEWHERE_SECONDS = 8.0
"""How long another worker may take until it serves a bot that was given back."""
LOOK_EVERY = 0.2
"""Seconds between two looks at the status."""
RESUME_SECONDS = 15.0
"""For a worker's answer to `resume`. It reads the roster first, which takes some seconds if Redis does not answer."""
TOLD = DOWN | {ProcessState.READY}
"""States in which a worker can be told, or need not be: one that is down learns of it at its next start."""

GetStatus = Callable[[], Awaitable[Status]]


class DrainedBots:
    def __init__(
        self, workers: Callable[[], list[Process]], policy: Supervisor, status: GetStatus, environ: MutableMapping[str, str]
    ) -> None:
        """`environ` is what processes get that start from now on; the drained bots are written into it."""
        self._workers = workers
        self._policy = policy
        self._status = status
        self._environ = environ
        self._drained: set[int] = set()
        self._half_resumed: set[int] = set()
        """Bots whose `resume` did not reach every worker, so that it may be asked for again."""

    async def drain(self, word: str, say: Say) -> None:
        """`word` is the bot's id, @username or number in `status`. Raises `Refused`."""
        status = await self._status()
        bot = named(word, status.bots)
        if bot.id in self._drained and bot.state == "drained":
            raise Refused(f"{shown(bot)} is drained already; {_server(bot, status) or 'nobody'} serves it")
        self._drained.add(bot.id)
        self._half_resumed.discard(bot.id)
        self._write_environ()
        say(f"{shown(bot)} finishes what is under way and is given back")
        await self._tell_workers("drain", bot, self._policy.drain_seconds + 2 * KILL_AFTER)
        say(f"{shown(bot)} stays away from here until: python supervisor.py resume {word}; looking who serves it now")
        await self._say_who_serves(bot, say)

    async def resume(self, word: str, say: Say) -> None:
        """`word` as in `drain`. Raises `Refused`."""
        bot = named(word, (await self._status()).bots)
        if bot.id not in self._drained | self._half_resumed and bot.state != "drained":
            raise Refused(f"{shown(bot)} has not been drained here; it is {bot.state}")
        self._drained.discard(bot.id)
        self._half_resumed.add(bot.id)
        self._write_environ()
        await self._tell_workers("resume", bot, RESUME_SECONDS)
        self._half_resumed.discard(bot.id)
        say(f"{shown(bot)} may be served here again")
        await self._say_who_serves(bot, say)

    def _write_environ(self) -> None:
        self._environ[DRAINED] = ",".join(map(str, sorted(self._drained)))

    async def _tell_workers(self, op: str, bot: BotStatus, seconds: float) -> None:
        """Raises `Refused` if a worker could not do it. The other workers have done it all the same."""
        told = (self._tell(worker, op, bot, seconds) for worker in self._workers())
        refusals = [line for line in await asyncio.gather(*told) if line]
        if refusals:
            raise Refused(f"{'; '.join(refusals)}; look at status, and {op} it again if need be")

    async def _tell(self, worker: Process, op: str, bot: BotStatus, seconds: float) -> str:
        """What went wrong; empty if nothing did. Waits for a worker that is starting."""
        if not await worker.reaches(TOLD, max(seconds, self._policy.start_seconds)):
            return f"{worker.spec.name} is {worker.state} and has not been told"
        if worker.state in DOWN:
            return ""
        try:
            await worker.ask(op, seconds=seconds, bot=bot.id)
        except Unavailable as error:
            return f"{worker.spec.name}: {error}"
        return ""

    async def _say_who_serves(self, bot: BotStatus, say: Say) -> None:
        """Waits until somebody serves the bot. Does not wait if nobody else could."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + ELSEWHERE_SECONDS
        status = await self._status()
        while not _server(bot, status) and loop.time() < deadline and (status.elsewhere or bot.id not in self._drained):
            await asyncio.sleep(LOOK_EVERY)
            status = await self._status()
        server = _server(bot, status)
        nobody = f"nobody serves {shown(bot)} now: what people write to it waits at Telegram"
        say(f"{shown(bot)} is served by {server}" if server else nobody)


def named(word: str, bots: Sequence[BotStatus]) -> BotStatus:
    """The bot of that id, @username or number in `bots`. Raises `Refused`, which lists the bots that there are."""
    name = word.removeprefix("@").lower()
    numbered = {str(place): bot for place, bot in enumerate(bots, 1)}
    exact = {key: bot for bot in bots for key in (str(bot.id), bot.username.lower()) if key}
    if bot := exact.get(name) or numbered.get(name):
        return bot
    if not bots:
        raise Refused("no worker tells of its bots now; look at status")
    known = ", ".join(f"{place} {shown(bot)}" for place, bot in enumerate(bots, 1))
    raise Refused(f"there is no bot {word} here; there are {known}")


def shown(bot: BotStatus) -> str:
    return f"@{bot.username}" if bot.username else f"bot {bot.id}"


def _server(bot: BotStatus, status: Status) -> str:
    """The worker that serves the bot, here or on another machine; empty if none does."""
    here = next((each for each in status.bots if each.id == bot.id and each.state == "serving"), None)
    if here is not None:
        return here.worker
    return next((f"{there.worker} on {there.machine}/{there.house}" for there in status.elsewhere if bot.id in there.bots), "")
