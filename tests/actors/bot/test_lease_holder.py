"""LeaseHolderActor: taking, renewing, losing and handing over a bot's lease. In virtual time."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager

from actors.bot.directory import Directory
from actors.bot.lease_clock import lease_clock
from actors.bot.lease_holder import DRAIN_SECONDS, RENEWALS, SESSIONS_SHARE, LeaseHolderActor
from actors.messages import Describe, HandOver, Reconnect, SessionMessage, Submit, Take
from actors.runtime.actor import Actor
from actors.runtime.child import Budget, ChildSpec, Escalated
from actors.runtime.supervision import Supervisor
from domain.errors import BadToken
from domain.model.bot import Lease
from domain.model.content import Text
from domain.model.ids import Address, BotId, UserId
from domain.model.outgoing import Lane, Send, Sent
from tests.twins import STALE, LeasesTwin, TelegramTwin
from tests.virtual_time import in_virtual_time

BOT = BotId(1)
USER = UserId(10)
SECONDS = 9.0


class QuietSession(Actor[SessionMessage]):
    """A session that notes how it ended."""

    def __init__(self, stops: list[str]) -> None:
        super().__init__()
        self._stops = stops

    def on_stop(self) -> None:
        self._stops.append("saved its map")


class StuckSession(Actor[SessionMessage]):
    """A session that does not finish when it is stopped."""

    async def on_stop(self) -> None:
        await asyncio.Event().wait()


class Process:
    """One process with a lease holder of the bot."""

    def __init__(self, owner: str, holders: dict[BotId, Lease]) -> None:
        self.leases = LeasesTwin(owner, holders)
        self.wanted = True
        self.directory = Directory()
        self.session_stops: list[str] = []
        self.telegrams: list[TelegramTwin] = []
        self.refusal: Exception | None = None
        self.suspended = 0.0
        """Seconds for which the machine was suspended. The loop's clock does not count them."""
        self.directory.activates_with(lambda _address: QuietSession.start(self.session_stops))
        self.lease_holder = self.start()

    def start(self):
        """A lease holder that is told to take the bot every second, as by an allocator that wants the bot here."""
        lease_holder = LeaseHolderActor.start(
            BOT,
            leases=self.leases,
            seconds=SECONDS,
            directory=self.directory,
            connect=self.connect,
            clock=self.lease_clock,
        )
        self.allocating = asyncio.create_task(self.allocate(lease_holder))
        return lease_holder

    def lease_clock(self) -> float:
        return asyncio.get_running_loop().time() + self.suspended

    async def allocate(self, lease_holder) -> None:
        while lease_holder.is_alive() and self.wanted:
            lease_holder.tell(Take())
            await asyncio.sleep(1.0)

    def connect(self, _lease: Lease, fresh) -> TelegramTwin:
        if self.refusal is not None:
            raise self.refusal
        self.telegrams.append(TelegramTwin(BOT, fresh))
        return self.telegrams[-1]

    @property
    def telegram(self) -> TelegramTwin:
        return self.telegrams[-1]

    async def serves(self) -> None:
        await self.leases.until(lambda: self.directory.post(BOT) is not None)
        await self.telegram.until(lambda: self.telegram.receive)

    async def state(self) -> str:
        return (await self.lease_holder.ask(Describe(), timeout=5)).status.state

    def send(self):
        """Send a message by the bot; the outcome."""
        outgoing = Send(to=USER, key="k", body=Text(text="hello"), lane=Lane.ANSWER)
        return self.directory.post(BOT).transport.ask(Submit(outgoing=outgoing), timeout=5)


@asynccontextmanager
async def processes(*owners: str):
    holders: dict[BotId, Lease] = {}
    all_of_them = [Process(owner, holders) for owner in owners]
    try:
        yield all_of_them
    finally:
        for process in all_of_them:
            await process.lease_holder.stop()


@in_virtual_time
async def test_a_free_bot_is_leased_and_served():
    async with processes("one") as (one,):
        await one.serves()
        assert await one.state() == "serving"
        assert isinstance(await one.send(), Sent)


@in_virtual_time
async def test_only_one_process_serves_a_bot_and_the_other_waits():
    async with processes("one", "two") as (one, two):
        await one.serves()
        await asyncio.sleep(10 * SECONDS)
        assert await two.state() == "waiting"
        assert two.telegrams == []


@in_virtual_time
async def test_a_lease_is_renewed_long_before_it_runs_out():
    async with processes("one") as (one,):
        await one.serves()
        await asyncio.sleep(10 * SECONDS + 0.1)
        assert one.leases.renewals == 10 * RENEWALS
        assert one.telegrams == [one.telegram]


@in_virtual_time
async def test_a_lost_lease_ends_the_sessions_and_the_connection_at_once():
    async with processes("one") as (one,):
        await one.serves()
        session, serving = one.directory.session(Address(BOT, USER)), one.telegram
        one.leases.holders[BOT] = Lease(bot=BOT, owner="another", token=99)
        await asyncio.sleep(SECONDS / RENEWALS + 0.1)
        assert not session.is_alive()
        assert serving.stopped
        assert one.directory.post(BOT) is None
        assert await one.state() == "waiting"
        assert one.session_stops == []


@in_virtual_time
async def test_a_lost_lease_is_taken_back_once_it_is_free():
    async with processes("one") as (one,):
        await one.serves()
        one.leases.holders[BOT] = Lease(bot=BOT, owner="another", token=99)
        await asyncio.sleep(SECONDS)
        del one.leases.holders[BOT]
        await asyncio.sleep(SECONDS)
        await one.serves()
        assert len(one.telegrams) == 2


@in_virtual_time
async def test_a_released_bot_is_taken_over_before_the_lease_would_have_run_out():
    async with processes("one", "two") as (one, two):
        await one.serves()
        one.directory.session(Address(BOT, USER))
        await one.lease_holder.stop()
        assert one.telegram.stopped
        assert one.session_stops == ["saved its map"]
        await asyncio.sleep(SECONDS / RENEWALS + 0.1)
        await two.serves()


@in_virtual_time
async def test_a_hand_over_finishes_sends_and_sessions_and_the_lease_holder_goes_on():
    async with processes("one", "two") as (one, two):
        await one.serves()
        one.directory.session(Address(BOT, USER))
        one.wanted = False
        sending = one.send()
        await one.lease_holder.ask(HandOver(), timeout=5)
        assert isinstance(await sending, Sent)
        assert one.telegram.stopped
        assert one.session_stops == ["saved its map"]
        assert one.directory.post(BOT) is None
        await two.serves()
        await asyncio.sleep(10 * SECONDS)
        assert await one.state() == "waiting"


@in_virtual_time
async def test_a_lease_is_held_while_its_bot_is_handed_over():
    async with processes("one") as (one,):
        await one.serves()
        one.directory.activates_with(lambda _address: StuckSession.start())
        session = one.directory.session(Address(BOT, USER))
        leaving = one.lease_holder.ask(HandOver(), timeout=None)
        one.wanted = False
        await asyncio.sleep(DRAIN_SECONDS * SESSIONS_SHARE - 0.1)
        assert await one.state() == "leaving"
        assert isinstance(await one.send(), Sent)
        assert BOT in one.leases.holders
        await leaving
        assert BOT not in one.leases.holders
        assert not session.is_alive()


@in_virtual_time
async def test_a_session_that_does_not_finish_within_the_hand_over_has_ended_before_the_next_owner_serves():
    async with processes("one", "two") as (one, two):
        await one.serves()
        one.directory.activates_with(lambda _address: StuckSession.start())
        ended = one.directory.session(Address(BOT, USER)).ended()
        one.wanted = False
        await one.lease_holder.ask(HandOver(), timeout=None)
        assert ended.done()
        await two.serves()


@in_virtual_time
async def test_a_session_that_does_not_finish_ends_at_once_where_the_lease_is_lost_within_the_hand_over():
    async with processes("one") as (one,):
        await one.serves()
        one.directory.activates_with(lambda _address: StuckSession.start())
        ended = one.directory.session(Address(BOT, USER)).ended()
        one.wanted = False
        one.lease_holder.ask(HandOver(), timeout=None)
        await asyncio.sleep(1.5)  # the transport has looked for idle sessions
        one.leases.holders[BOT] = Lease(bot=BOT, owner="another", token=99)
        await asyncio.sleep(SECONDS / RENEWALS + 0.1)
        assert ended.done()


@in_virtual_time
async def test_a_lease_holder_that_was_restarted_keeps_the_bot_that_the_last_one_was_handing_over():
    async with processes("one") as (one,):
        await one.serves()
        one.directory.activates_with(lambda _address: StuckSession.start())
        one.directory.session(Address(BOT, USER))
        one.lease_holder.ask(HandOver(), timeout=None)
        await asyncio.sleep(1.0)
        one.lease_holder.kill()
        one.lease_holder = one.start()
        await asyncio.sleep(2 * DRAIN_SECONDS)
        assert BOT in one.leases.holders
        assert isinstance(await one.send(), Sent)
        assert len(one.telegrams) == 2


@in_virtual_time
async def test_a_bot_that_is_wanted_again_is_taken_after_its_hand_over():
    async with processes("one") as (one,):
        await one.serves()
        first = one.leases.holders[BOT]
        async with one.leases.holding():
            leaving = one.lease_holder.ask(HandOver(), timeout=None)
            await one.leases.until(lambda: one.leases.held)
            await asyncio.sleep(3.0)
        await leaving
        await asyncio.sleep(2.0)
        assert one.leases.holders[BOT].token > first.token
        assert len(one.telegrams) == 2


@in_virtual_time
async def test_a_renewal_that_is_answered_after_the_hand_over_does_not_take_the_bot_back():
    async with processes("one") as (one,):
        await one.serves()
        one.directory.activates_with(lambda _address: StuckSession.start())
        one.directory.session(Address(BOT, USER))
        one.wanted = False
        await asyncio.sleep(SECONDS / RENEWALS - 1.0)
        leaving = one.lease_holder.ask(HandOver(), timeout=None)
        async with one.leases.holding_renewals():
            await leaving
            assert BOT not in one.leases.holders
        await asyncio.sleep(1.0)
        assert await one.state() == "waiting"
        assert BOT not in one.leases.holders
        assert len(one.telegrams) == 1


@in_virtual_time
async def test_a_renewal_that_was_made_before_the_lease_was_given_back_keeps_nothing_fresh():
    async with processes("one") as (one,):
        await one.serves()
        telegram = one.telegram
        one.directory.activates_with(lambda _address: StuckSession.start())
        one.directory.session(Address(BOT, USER))
        one.wanted = False
        await asyncio.sleep(SECONDS / RENEWALS - 1.0)
        leaving = one.lease_holder.ask(HandOver(), timeout=None)
        async with one.leases.holding_renewals(answers_only=True):
            await leaving
        await asyncio.sleep(0.1)
        assert not telegram.fresh()


@in_virtual_time
async def test_what_is_being_sent_at_the_stop_is_sent():
    async with processes("one") as (one,):
        await one.serves()
        sending = one.send()
        await one.lease_holder.stop()
        assert isinstance(await sending, Sent)


@in_virtual_time
async def test_a_bot_is_served_through_an_outage_shorter_than_its_lease():
    async with processes("one") as (one,):
        await one.serves()
        one.leases.away = True
        await asyncio.sleep(SECONDS * 0.9)
        one.leases.away = False
        await asyncio.sleep(SECONDS)
        assert isinstance(await one.send(), Sent)
        assert len(one.telegrams) == 1


@in_virtual_time
async def test_a_bot_is_given_up_if_its_lease_could_not_be_renewed_in_time():
    async with processes("one") as (one,):
        await one.serves()
        one.leases.away = True
        await asyncio.sleep(SECONDS * 1.5)
        assert one.telegram.stopped
        assert one.directory.post(BOT) is None


@in_virtual_time
async def test_a_process_that_was_paused_for_longer_than_its_lease_sends_nothing():
    async with processes("one") as (one,):
        await one.serves()
        asyncio.get_running_loop().now += 10 * SECONDS  # the whole process was paused
        one.leases.holders[BOT] = Lease(bot=BOT, owner="another", token=99)
        assert await one.send() == STALE
        assert one.telegram.sent == []


@in_virtual_time
async def test_a_store_that_hangs_does_not_keep_a_lease_fresh():
    async with processes("one") as (one,):
        await one.serves()
        async with one.leases.holding():
            await asyncio.sleep(SECONDS * 1.5)
            assert await one.send() == STALE


@in_virtual_time
async def test_a_renewal_counts_from_the_moment_of_its_request():
    """And not of its answer: the store may have renewed the lease long before."""
    async with processes("one") as (one,):
        await one.serves()
        async with one.leases.holding():
            await one.leases.until(lambda: one.leases.held)
            asyncio.get_running_loop().now += SECONDS * 1.1
        assert await one.send() == STALE


@in_virtual_time
async def test_a_refused_token_is_reported_and_the_lease_holder_goes_on():
    async with processes("one") as (one,):
        await one.leases.until(lambda: one.telegrams)
        one.telegram.refusal = BadToken("Telegram does not know it")
        await asyncio.sleep(10 * SECONDS)
        assert await one.state() == "refused"
        assert len(one.telegrams) == 1


@in_virtual_time
async def test_a_connection_that_cannot_be_made_ends_the_lease_holder():
    process = Process("one", {})
    process.refusal = TypeError("a bug of ours")
    async with asyncio.timeout(60):
        assert isinstance(await process.lease_holder.ended(), Escalated)
    assert process.directory.post(BOT) is None


@in_virtual_time
async def test_a_connection_that_breaks_again_and_again_ends_the_lease_holder_too():
    process = Process("one", {})
    ended = process.lease_holder.ended()
    while not ended.done():
        if process.telegrams and process.telegram.state == "serving":
            process.telegram.state = "stopped"
        await asyncio.sleep(0.1)
    assert isinstance(ended.result(), RuntimeError)
    assert process.directory.post(BOT) is None
    assert all(telegram.stopped for telegram in process.telegrams)


@in_virtual_time
async def test_a_worker_gives_up_when_its_lease_holder_does():
    process = Process("one", {})
    process.lease_holder.kill()
    process.refusal = TypeError("a bug of ours")
    spec = ChildSpec(name="lease-holder", factory=process.start, budget=Budget(restarts=1, seconds=600))
    worker = Supervisor("worker", (spec,))
    await worker.start()
    async with asyncio.timeout(300):
        assert isinstance(await worker.ended(), Escalated)


@in_virtual_time
async def test_after_a_suspension_of_the_machine_nothing_is_sent_until_the_lease_is_renewed():
    async with processes("one") as (one,):
        await one.serves()
        one.suspended += SECONDS
        assert await one.send() == STALE
        await asyncio.sleep(SECONDS / RENEWALS + 0.1)
        assert isinstance(await one.send(), Sent)


def test_leases_age_by_a_clock_that_counts_suspensions_where_there_is_one(monkeypatch):
    asked = []
    monkeypatch.setattr(time, "clock_gettime", lambda clock: asked.append(clock) or 77.0)
    monkeypatch.setattr("actors.bot.lease_clock._BOOTTIME", 7)
    assert (lease_clock(), asked) == (77.0, [7])
    monkeypatch.setattr("actors.bot.lease_clock._BOOTTIME", None)
    monkeypatch.setattr(time, "monotonic", lambda: 5.0)
    assert lease_clock() == 5.0


@in_virtual_time
async def test_a_bot_with_another_token_connects_anew_under_the_same_lease_and_keeps_its_sessions():
    async with processes("one", "two") as (one, two):
        await one.serves()
        session, lease = one.directory.session(Address(BOT, USER)), one.leases.holders[BOT]
        await one.lease_holder.ask(Reconnect(), timeout=5)
        await one.serves()
        assert len(one.telegrams) == 2
        assert one.telegrams[0].stopped
        assert one.leases.holders[BOT] == lease
        assert one.directory.session(Address(BOT, USER)) is session
        await asyncio.sleep(3 * SECONDS)
        assert await one.state() == "serving"
        assert two.telegrams == []


@in_virtual_time
async def test_whoever_does_not_serve_the_bot_connects_nothing():
    async with processes("one", "two") as (one, two):
        await one.serves()
        await two.lease_holder.ask(Reconnect(), timeout=5)
        assert two.telegrams == []
