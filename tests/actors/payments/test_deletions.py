"""Deletions that a dead process has left, and the subscriptions of people who had themselves deleted."""

from __future__ import annotations

import time
from typing import Any

import pytest

from actors.messages import GoOnDeleting
from actors.payments import cancellations, deletions, notices
from actors.runtime.actor import Actor
from domain.model.ids import Address, UserId
from domain.payments.calls import CancelSubscription
from domain.payments.orders import MONTH
from storage.sql.payments.outbox import LEFT_TO_SESSION
from storage.sql.personal.data import SqlPersonalData
from storage.sql.personal.tombstones import Hashes
from tests.actors.payments.desk import ANNA, BORIS, BOT, a_desk, charged
from tests.actors.payments.test_subscriptions import booked
from tests.twins import SpamNotesTwin


class QuietPool:
    async def block(self, *_: Any, **__: Any) -> None: ...

    async def ban(self, *_: Any) -> None: ...


class SessionTwin(Actor[object]):
    """Deletes at once when it is told to go on."""

    def __init__(self, user: UserId, data: SqlPersonalData, told: list[UserId]) -> None:
        super().__init__()
        self._user, self._data, self._told = user, data, told

    async def on_receive(self, message: object) -> None:  # type: ignore[override]
        assert isinstance(message, GoOnDeleting)
        self._told.append(self._user)
        await self._data.delete(self._user)


@pytest.fixture
async def desk(tmp_path):
    async with a_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def clock():
    """The clock of the records, which may be behind."""
    return [0.0]


@pytest.fixture
def data(desk, clock):
    return SqlPersonalData(
        desk.database,
        QuietPool(),
        Hashes(b"k"),
        SpamNotesTwin(),
        changed=desk.changed.append,
        clock=lambda: time.time() - clock[0],
    )


async def test_what_waits_longer_than_a_session_needs_is_gone_on_with(desk, data, clock):
    told: list[UserId] = []
    sessions = []

    def activate(address: Address) -> Any:
        sessions.append(SessionTwin.start(address.user, data, told))
        return sessions[-1]

    desk.directory.activates_with(activate)
    clock[0] = LEFT_TO_SESSION + 1
    await data.ask_deletion(Address(BOT, ANNA))
    clock[0] = 0.0
    await data.ask_deletion(Address(BOT, BORIS))
    assert await desk.records.outbox.bots_with_work(time.time()) == {BOT}
    world = desk.world
    object.__setattr__(world, "deletions", data)
    await deletions.carry_out(world, BOT)
    while await data.asked(ANNA):
        await desk.looks_again()
    assert told == [ANNA]
    assert await data.asked(BORIS)
    await notices.send_due(world, BOT)
    await desk.shows(ANNA, "data-deleted")
    for session in sessions:
        await session.stop()


async def test_the_subscription_of_somebody_deleted_is_cancelled_at_telegram(desk, data):
    order = await desk.ordered(plan="monthly", quantity=30, stars=250, period=MONTH)
    await desk.hears(charged(order, "stx1", pts=1, subscribed_until=time.time() + MONTH))
    await booked(desk, "stx1")
    desk.telegram.stars_answers[CancelSubscription] = True
    await data.ask_deletion(Address(BOT, ANNA))
    assert await data.delete(ANNA)
    await cancellations.carry_out(desk.world, BOT)
    calls = [call for call in desk.telegram.asked_stars if isinstance(call, CancelSubscription)]
    assert [(call.user, call.charge) for call in calls] == [(ANNA, "stx1")]
    [subscription] = await desk.records.subscriptions.of_user(ANNA)
    assert subscription.state == "cancelled"
