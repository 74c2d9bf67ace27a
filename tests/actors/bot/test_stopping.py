"""A worker that stops hands over all its bots within one deadline. In virtual time, with the worker's own specs."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace

import pytest

from actors.bot.directory import Directory
from actors.messages import Describe, Take
from actors.runtime.actor import Actor
from actors.runtime.supervision import Supervisor
from control.worker.children import lease_holder_spec
from domain.model.bot import Lease
from domain.model.ids import Address, BotId, UserId
from domain.settings import Settings
from tests.twins import LeasesTwin, TelegramTwin
from tests.virtual_time import in_virtual_time

BOTS = tuple(BotId(number) for number in range(1, 34))
LAST_SENDS = 4.0
"""Seconds that each bot needs to send what it has."""
DEADLINE = Settings().supervisor.drain_seconds


class SlowTelegram(TelegramTwin):
    disconnects = False

    async def stop(self) -> None:
        self.disconnects = True
        await asyncio.sleep(LAST_SENDS)
        await super().stop()


class BusySession(Actor):
    """A session that needs `seconds` to finish when it is stopped."""

    def __init__(self, worker: Worker, seconds: float) -> None:
        super().__init__()
        self._worker = worker
        self._seconds = seconds

    async def on_stop(self) -> None:
        await asyncio.sleep(self._seconds)
        self._worker.open_at_the_end.append(sum(not telegram.disconnects for telegram in self._worker.telegrams.values()))


class Worker:
    def __init__(self) -> None:
        self.directory = Directory()
        self.holders: dict[BotId, Lease] = {}
        self.telegrams: dict[BotId, SlowTelegram] = {}
        self.open_at_the_end: list[int] = []
        """For each session, how many bots were still connected when it had finished."""
        self.supervisor = Supervisor("worker-1")
        self.directory.activates_with(lambda address: BusySession.start(self, address.bot * 0.1))

    async def serve_all(self) -> None:
        await self.supervisor.start()
        stores = SimpleNamespace(leases=LeasesTwin("worker-1", self.holders))
        for bot in BOTS:
            spec = lease_holder_spec(
                bot, lambda _lease, _fresh, bot=bot: self._connected(bot), stores, self.directory, Settings()
            )
            lease_holder = await self.supervisor.start_child(spec)
            await lease_holder.ask(Take(), timeout=None)
            await lease_holder.ask(Describe(), timeout=None)
        await asyncio.sleep(1.0)

    async def stop(self) -> float:
        """As in control/worker/composition.py. Returns the seconds that it took."""
        began = asyncio.get_running_loop().time()
        self.directory.hand_over_all()
        await self.supervisor.stop(within=DEADLINE)
        return asyncio.get_running_loop().time() - began

    def _connected(self, bot: BotId) -> TelegramTwin:
        self.telegrams[bot] = SlowTelegram(bot)
        return self.telegrams[bot]


@in_virtual_time
async def test_33_bots_are_handed_over_in_the_time_of_one_and_none_is_killed(caplog: pytest.LogCaptureFixture):
    worker = Worker()
    await worker.serve_all()
    assert len(worker.holders) == len(BOTS)
    with caplog.at_level(logging.WARNING):
        took = await worker.stop()
    assert took < 2 * LAST_SENDS
    assert [record.message for record in caplog.records if "killed" in record.message] == []
    assert worker.holders == {}
    assert all(telegram.stopped for telegram in worker.telegrams.values())


@in_virtual_time
async def test_all_sessions_have_finished_before_any_bot_disconnects():
    worker = Worker()
    await worker.serve_all()
    for bot in BOTS:
        worker.directory.session(Address(bot, UserId(1)))
    await worker.stop()
    assert worker.open_at_the_end == [len(BOTS)] * len(BOTS)
    assert worker.holders == {}
