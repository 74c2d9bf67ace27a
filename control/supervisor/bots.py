"""Bots that the operator keeps away from this house, and the bots of a worker that died.

Every worker hears of a change at once; one that is starting hears of it once it is ready, one that starts later is told by its
environment.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from control.settings.variables import DRAINED
from control.supervisor.job_runner import Refused, Say
from control.supervisor.processes import DOWN, KILL_AFTER, Process
from domain.errors import Unavailable
from domain.settings import Supervisor
from domain.status import BotStatus, ProcessState, Status

ELSEWHERE_SECONDS = 8.0
"""How long another worker may take until it serves a bot that was given back."""
LOOK_EVERY = 0.2
WAITS = "what people write to it waits at Telegram"
BURY_SECONDS = 2.0
RESUME_SECONDS = 15.0
"""A worker looks at the roster first, which takes some seconds where Redis does not answer."""
TOLD = DOWN | {ProcessState.READY}
"""One that is down is told by its next start."""

logger = logging.getLogger(__name__)
Look = Callable[[], Awaitable[Status]]


class Bots:
    def __init__(self, workers: Callable[[], list[Process]], policy: Supervisor, look: Look, environ: dict[str, str]) -> None:
        """`environ` is what every process gets that starts from now on."""
        self._workers = workers
        self._policy = policy
        self._look = look
        self._environ = environ
        self._drained: set[int] = set()
        self._half_resumed: set[int] = set()
        """Not every worker could be told."""

    async def drain(self, word: str, say: Say) -> None:
        """`word`: the bot's id, @username or number in `status`."""
        status = await self._look()
        bot = named(word, status.bots)
        if bot.id in self._drained and bot.state == "drained":
            raise Refused(f"{shown(bot)} is drained already; {_server(bot, status) or 'nobody'} serves it")
        self._drained.add(bot.id)
        self._half_resumed.discard(bot.id)
        self._inform_newcomers()
        say(f"{shown(bot)} finishes what is under way and is given back")
        await self._tell_workers("drain", bot, self._policy.drain_seconds + 2 * KILL_AFTER)
        say(f"{shown(bot)} stays away from here until: python supervisor.py resume {word}; looking who serves it now")
        await self._tell_who_serves(bot, say)

    async def resume(self, word: str, say: Say) -> None:
        bot = named(word, (await self._look()).bots)
        if bot.id not in self._drained | self._half_resumed and bot.state != "drained":
            raise Refused(f"{shown(bot)} has not been drained here; it is {bot.state}")
        self._drained.discard(bot.id)
        self._half_resumed.add(bot.id)
        self._inform_newcomers()
        await self._tell_workers("resume", bot, RESUME_SECONDS)
        self._half_resumed.discard(bot.id)
        say(f"{shown(bot)} may be served here again")
        await self._tell_who_serves(bot, say)

    async def bury(self, worker: str, pid: int) -> None:
        """A sibling frees the dead one's bots at once; without a sibling its successor does."""
        for sibling in self._workers():
            if sibling.state is not ProcessState.READY or sibling.spec.name == worker:
                continue
            try:
                freed = await sibling.ask("bury", seconds=BURY_SECONDS, worker=worker, pid=pid)
            except Unavailable as error:
                logger.warning("%s could not free the bots of %s: %s", sibling.spec.name, worker, error)
            else:
                logger.info("%s freed %s bots of %s", sibling.spec.name, freed, worker)
                return

    def _inform_newcomers(self) -> None:
        self._environ[DRAINED] = ",".join(map(str, sorted(self._drained)))

    async def _tell_workers(self, op: str, bot: BotStatus, seconds: float) -> None:
        """Raises `Refused` where one of them could not do it. Those that are starting are waited for."""
        told = (self._tell(worker, op, bot, seconds) for worker in self._workers())
        refusals = [line for line in await asyncio.gather(*told) if line]
        if refusals:
            raise Refused(f"{'; '.join(refusals)}; look at status, and {op} it again if need be")

    async def _tell(self, worker: Process, op: str, bot: BotStatus, seconds: float) -> str:
        """What went wrong; empty where nothing did."""
        if not await worker.reaches(TOLD, max(seconds, self._policy.start_seconds)):
            return f"{worker.spec.name} is {worker.state} and has not been told"
        if worker.state in DOWN:
            return ""
        try:
            await worker.ask(op, seconds=seconds, bot=bot.id)
        except Unavailable as error:
            return f"{worker.spec.name}: {error}"
        return ""

    async def _tell_who_serves(self, bot: BotStatus, say: Say) -> None:
        """Once somebody does, or nobody will."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + ELSEWHERE_SECONDS
        status = await self._look()
        while not _server(bot, status) and loop.time() < deadline and (status.elsewhere or bot.id not in self._drained):
            await asyncio.sleep(LOOK_EVERY)
            status = await self._look()
        server = _server(bot, status)
        say(f"{shown(bot)} is served by {server}" if server else f"nobody serves {shown(bot)} now: {WAITS}")


def named(word: str, bots: Sequence[BotStatus]) -> BotStatus:
    """Raises `Refused`, naming those that there are."""
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
    here = next((each for each in status.bots if each.id == bot.id and each.state == "serving"), None)
    if here is not None:
        return here.worker
    return next((f"{there.worker} on {there.machine}/{there.house}" for there in status.elsewhere if bot.id in there.bots), "")
