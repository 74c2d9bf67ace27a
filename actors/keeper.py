"""KeeperActor: one bot's lease, and for as long as it holds, the TransportActor that serves the bot.

*Invariant*: nothing is sent once the lease is older than its time to live by the monotonic clock, whatever Redis says later: the
transport asks `fresh` before each call, so that even a process that was paused and wakes late stays silent.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from collections.abc import Callable
from typing import Any, assert_never

from actors.child import ChildSpec
from actors.directory import Directory
from actors.loop_actor import LoopActor
from actors.loop_ref import LoopRef
from actors.supervision import Supervisor
from actors.transport import TransportActor
from domain.errors import Unavailable
from domain.messages import Describe, KeeperMessage, Renew, TransportMessage
from domain.ports import Leases, Telegram
from domain.status import BotReport, BotStatus
from domain.values import BotId, Lease

Connect = Callable[[Lease, Callable[[], bool]], Telegram]
"""Makes the bot's connection for a lease; the second argument tells whether the lease is still fresh."""

RENEWALS = 3
"""In one lease's time: two may fail."""

REPORT_SECONDS = 1.0

logger = logging.getLogger(__name__)


class KeeperActor(LoopActor[KeeperMessage]):
    __slots__ = ("_bot", "_connect", "_directory", "_ended", "_fresh_until", "_lease", "_leases", "_seconds", "_serving")

    def __init__(self, bot: BotId, *, leases: Leases, seconds: float, directory: Directory, connect: Connect) -> None:
        super().__init__()
        self._bot = bot
        self._leases = leases
        self._seconds = seconds
        self._directory = directory
        self._connect = connect
        self._lease: Lease | None = None
        self._fresh_until = 0.0
        self._serving: Supervisor | None = None
        self._ended: Future[BaseException | None] | None = None

    def label(self) -> str:
        return f"KeeperActor bot{self._bot}"

    def on_start(self) -> None:
        self.actor_ref.tell(Renew())
        self.every(self._seconds / RENEWALS, Renew())

    def on_receive(self, message: KeeperMessage) -> Any:
        match message:
            case Renew():
                return self._renew()
            case Describe():
                return self._report()
        assert_never(message)

    async def _renew(self) -> None:
        try:
            if self._lease is None or not await self._renewed(self._lease):
                await self._acquire()
        except Unavailable as error:
            logger.warning("the lease of bot%d could not be renewed: %s", self._bot, error)
            if self._lease is not None and not self.fresh():
                await self._give_up()

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        """In good order: what is being sent is sent, sessions keep their maps, the next owner need not wait."""
        if self._lease is None:
            return
        await asyncio.gather(*(session.stop() for session in self._directory.hand_over(self._bot)))
        if self._serving is not None:
            await self._serving.stop()
        self._directory.close(self._bot)
        try:
            await self._leases.release(self._lease)
        except Unavailable as error:
            logger.warning("the lease of bot%d runs out by itself: %s", self._bot, error)

    async def on_failure(self, *_error: Any) -> None:  # type: ignore[override]  # may be async here
        await self._give_up()

    def fresh(self) -> bool:
        return self.loop.time() < self._fresh_until

    def _report(self) -> Any:
        post = self._directory.post(self._bot)
        if post is not None and post.transport.is_alive():
            return post.transport.ask(Describe(), timeout=REPORT_SECONDS)
        detail = "" if self._lease else "another process holds its lease"
        return BotReport(status=BotStatus(id=self._bot, state="connecting" if self._lease else "waiting", detail=detail))

    async def _renewed(self, lease: Lease) -> bool:
        asked = self.loop.time()
        if self._ended is not None and self._ended.done():
            raise RuntimeError(f"the transport of bot{self._bot} could not be kept up") from self._ended.result()
        if not await self._leases.renew(lease):
            logger.warning("bot%d --LeaseLost--> waiting", self._bot)
            await self._give_up()
            return False
        self._fresh_until = asked + self._seconds
        return True

    async def _acquire(self) -> None:
        asked = self.loop.time()
        lease = await self._leases.acquire(self._bot)
        if lease is None:
            return
        self._lease = lease
        self._fresh_until = asked + self._seconds
        logger.info("bot%d --Leased--> token %d", self._bot, lease.token)
        spec = ChildSpec(name=f"transport-{self._bot}", factory=lambda: self._connected(lease))
        self._serving = Supervisor(f"bot{self._bot}", (spec,))
        self._ended = self._serving.ended()
        await self._serving.start()

    def _connected(self, lease: Lease) -> LoopRef[TransportMessage]:
        """In one step, so that no update comes before the directory knows where to send it."""
        transport = TransportActor.start(self._bot, self._connect(lease, self.fresh), self._directory)
        self._directory.serve(lease, transport)
        return transport

    async def _give_up(self) -> None:
        """At once and without a word: somebody else may be serving the bot already."""
        self._lease = None
        self._fresh_until = 0.0
        serving, self._serving = self._serving, None
        self._ended = None
        for session in self._directory.close(self._bot):
            session.kill()
        if serving is not None:
            await serving.stop()
