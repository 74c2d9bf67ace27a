"""LeaseHolderActor: the lease of one bot. While it holds the lease, it supervises the TransportActor that serves the bot.

*Invariant*: nothing is sent once the lease is older than its time to live by `lease_clock`. The transport asks `fresh` before
each call. So a process that was paused, or a machine that was suspended, sends nothing when it goes on too late.

The AllocatorActor decides whether the bot is served by this worker (`Take`, `HandOver`).

    (nothing) --Take, and no worker has the lease--> leased --HandOver--> leaving --all work is done--> (nothing)
       leased --renewal refused--> (nothing), at once; then leased again if no other worker has the lease
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections.abc import Callable
from typing import Any, assert_never

from actors.bot.directory import Directory
from actors.bot.lease_clock import lease_clock
from actors.bot.transport import TransportActor
from actors.messages import Describe, HandOver, LeaseHolderMessage, Reconnect, Renew, Take, TransportMessage
from actors.payments.messages import PaymentMessage
from actors.runtime.actor import Actor
from actors.runtime.child import ChildSpec
from actors.runtime.handle import Handle
from actors.runtime.ref import ActorRef
from actors.runtime.supervision import Supervisor
from domain.ask import Response, reply
from domain.errors import Unavailable
from domain.model.bot import Lease
from domain.model.ids import BotId
from domain.ports.cluster import Leases
from domain.ports.telegram import Telegram
from domain.status import BotReport, BotStatus

Connect = Callable[[Lease, Callable[[], bool]], Telegram]
"""Makes the bot's connection under a lease. The second argument tells whether the lease is still fresh."""

RENEWALS = 3
"""Within the time to live of a lease: two of them may fail."""

REPORT_SECONDS = 1.0
DRAIN_SECONDS = 10.0
SESSIONS_SHARE = 0.5
"""The sessions' share of the time for a hand-over; the rest is for their last sends."""

logger = logging.getLogger(__name__)


class LeaseHolderActor(Actor[LeaseHolderMessage]):
    __slots__ = (
        "_bot",
        "_clock",
        "_connect",
        "_directory",
        "_drain_seconds",
        "_ended",
        "_fresh_until",
        "_lease",
        "_leases",
        "_leaving",
        "_payments",
        "_seconds",
        "_serving",
    )

    def __init__(
        self,
        bot: BotId,
        *,
        leases: Leases,
        seconds: float,
        directory: Directory,
        connect: Connect,
        payments: Handle[PaymentMessage] | None = None,
        drain_seconds: float = DRAIN_SECONDS,
        clock: Callable[[], float] = lease_clock,
    ) -> None:
        super().__init__()
        self._bot = bot
        self._leases = leases
        self._seconds = seconds
        self._clock = clock
        self._directory = directory
        self._connect = connect
        self._payments = payments
        self._drain_seconds = drain_seconds
        self._lease: Lease | None = None
        self._fresh_until = 0.0
        self._serving: Supervisor | None = None
        self._ended: Future[BaseException | None] | None = None
        self._leaving: Task[None] | None = None
        """The hand-over that is going on."""

    def label(self) -> str:
        return f"LeaseHolderActor bot{self._bot}"

    def on_start(self) -> None:
        self.every(self._seconds / RENEWALS, Renew())

    def on_receive(self, message: LeaseHolderMessage) -> Response:
        match message:
            case Renew():
                return self._renew(self._lease) if self._lease is not None else None
            case Take():
                return self._take() if self._lease is None and self._leaving is None else None
            case HandOver():
                return reply(message, self._hand_over())
            case Reconnect():
                return reply(message, self._reconnect())
            case Describe():
                return reply(message, self._report())
        assert_never(message)

    async def _take(self) -> None:
        try:
            await self._acquire()
        except Unavailable as error:
            logger.warning("bot%d could not be leased: %s", self._bot, error)

    async def _renew(self, lease: Lease) -> None:
        """A lost lease is asked for again, but not where the bot is being handed over. A hand-over that goes on now may end
        before the store answers.
        """
        wanted = self._leaving is None
        try:
            if not await self._renew_lease(lease) and wanted:
                await self._acquire()
        except Unavailable as error:
            logger.warning("the lease of bot%d could not be renewed: %s", self._bot, error)
            if self._lease is not None and not self.fresh():
                await self._give_up()

    async def _reconnect(self) -> None:
        """The sessions stay."""
        serving = self._serving
        if self._lease is None or self._leaving is not None or serving is None:
            return
        self._serving = self._ended = None
        await serving.stop()
        if self._lease is not None:
            await self._serve(self._lease)

    def _hand_over(self) -> Future[None] | None:
        """Finish what is being sent, let the sessions store their message maps, then release the lease for the next owner. It is
        renewed meanwhile. A session that is not done in time is killed; the next owner gets its updates again.
        """
        if self._leaving is None and self._lease is not None:
            self._leaving = self.work(self._leave(self._lease))
        return self._leaving

    async def _leave(self, lease: Lease) -> None:
        began = self.loop.time()
        try:
            await self._stop_sessions()
            if self._serving is not None:
                await self._serving.stop()
            for session in self._directory.close(self._bot):
                session.kill()
            self._forget_lease()
            await self._leases.release(lease)
            logger.info("bot%d --HandedOver--> free after %.2f s", self._bot, self.loop.time() - began)
        finally:
            self._leaving = None

    async def _stop_sessions(self) -> None:
        """Wait for the sessions of this bot, and of the bots that are handed over together with it."""
        try:
            async with asyncio.timeout(self._drain_seconds * SESSIONS_SHARE):
                if sessions := self._directory.hand_over(self._bot):
                    await asyncio.wait([session.stop() for session in sessions])
                await self._directory.others_finished(self._bot)
        except TimeoutError:
            logger.warning("bot%d: not all sessions stopped in time", self._bot)

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        try:
            await (self._hand_over() or asyncio.sleep(0))
        except Unavailable as error:
            logger.warning("the lease of bot%d could not be released and runs out by itself: %s", self._bot, error)

    async def on_failure(self, *_error: Any) -> None:  # type: ignore[override]  # may be async here
        await self._give_up()

    def fresh(self) -> bool:
        """Whether the lease is certainly still ours."""
        return self._clock() < self._fresh_until

    def _report(self) -> BotReport | Future[BotReport]:
        served = self._directory.post(self._bot)
        if self._leaving is not None:
            return BotReport(status=BotStatus(id=self._bot, state="leaving", detail="it is being handed over"))
        if served is not None and served.transport.is_alive():
            return served.transport.ask(Describe(), timeout=REPORT_SECONDS)
        return BotReport(status=BotStatus(id=self._bot, state="connecting" if self._lease else "waiting"))

    async def _renew_lease(self, lease: Lease) -> bool:
        asked_at = self._clock()
        if self._leaving is None and self._ended is not None and self._ended.done():
            raise RuntimeError(f"the transport of bot{self._bot} could not be kept running") from self._ended.result()
        renewed = await self._leases.renew(lease)
        if self._lease is not lease:  # it was given back meanwhile
            return False
        if not renewed:
            logger.warning("bot%d --LeaseLost--> waiting", self._bot)
            await self._give_up()
            return False
        self._fresh_until = asked_at + self._seconds
        return True

    async def _acquire(self) -> None:
        asked_at = self._clock()
        lease = await self._leases.acquire(self._bot)
        if lease is None:
            return
        self._lease = lease
        self._fresh_until = asked_at + self._seconds
        logger.info("bot%d --Leased--> token %d", self._bot, lease.token)
        await self._serve(lease)

    async def _serve(self, lease: Lease) -> None:
        spec = ChildSpec(name=f"transport-{self._bot}", factory=lambda: self._connected(lease))
        self._serving = Supervisor(f"bot{self._bot}", (spec,))
        self._ended = self._serving.ended()
        await self._serving.start()

    def _connected(self, lease: Lease) -> ActorRef[TransportMessage]:
        """Start and register the transport in one step: no update may come before the directory knows the transport."""
        transport = TransportActor.start(self._bot, self._connect(lease, self.fresh), self._directory, self._payments)
        self._directory.serve(lease, transport)
        return transport

    async def _give_up(self) -> None:
        """End everything at once and send nothing more: another worker may serve the bot already."""
        serving = self._serving
        self._forget_lease()
        for session in self._directory.close(self._bot):
            session.kill()
        if serving is not None:
            await serving.stop()

    def _forget_lease(self) -> None:
        self._lease = None
        self._fresh_until = 0.0
        self._serving = None
        self._ended = None
