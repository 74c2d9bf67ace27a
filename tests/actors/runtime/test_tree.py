"""What the runtime tells of its tree, and the restart of one child."""

from __future__ import annotations

import asyncio

import pytest

from actors.runtime.actor import Actor
from actors.runtime.child import Budget, ChildSpec, Restart
from actors.runtime.metrics import fullest, snapshot
from actors.runtime.supervision import Supervisor
from domain.ask import Response


class TreeProbe(Actor[str]):
    """It fails at "fail", and waits at "wait"."""

    gate: asyncio.Event

    def on_receive(self, message: str) -> Response:
        if message == "fail":
            raise ValueError("what somebody wrote")
        return self._wait() if message == "wait" else None

    async def _wait(self) -> None:
        await self.gate.wait()


def stats():
    return next(row for row in snapshot() if row.name == "TreeProbe")


async def up(supervisor: Supervisor, name: str, *, but: object = None):
    for _ in range(500):
        current = supervisor.handle(name).current
        if current is not None and current is not but:
            return current
        await asyncio.sleep(0.01)
    raise AssertionError(f"{name} did not come back")


async def test_the_last_failure_of_a_class_is_known_by_type_and_message_without_its_text():
    ref = TreeProbe.start()
    with pytest.raises(ValueError, match="wrote"):
        await ref.ask("fail", timeout=1)
    assert stats().last_error == "ValueError in str"
    assert stats().last_error_at > 1_700_000_000
    assert stats().limit > 0
    await ref.stop()


async def test_the_fullest_come_first_and_not_more_than_asked_for():
    TreeProbe.gate = asyncio.Event()
    refs = [TreeProbe.start() for _ in range(4)]
    for number, ref in enumerate(refs):
        for _ in range(number + 1):
            ref.tell("wait")
    await asyncio.sleep(0.05)
    first, second = fullest("TreeProbe", 2)
    assert (first.waiting, second.waiting) == (3, 2), "one is being handled"
    assert first.handling == "str"
    assert fullest("Nobody", 2) == ()
    TreeProbe.gate.set()
    for ref in refs:
        await ref.stop()


async def test_a_child_is_restarted_when_it_has_handled_what_waits():
    supervisor = Supervisor("test", [ChildSpec(name="probe", factory=TreeProbe.start)])
    await supervisor.start()
    before = supervisor.handle("probe").current
    assert supervisor.groups()["core"][0].restartable
    assert supervisor.restart_child("probe")
    assert await up(supervisor, "probe", but=before) is not before
    assert supervisor.groups()["core"][0].recent == 1
    await supervisor.stop()


async def test_no_operator_can_spend_the_budget_that_would_end_the_process():
    spec = ChildSpec(name="probe", factory=TreeProbe.start, budget=Budget(restarts=1, seconds=60), group="probes")
    supervisor = Supervisor("test", [spec])
    await supervisor.start()
    before = supervisor.handle("probe").current
    assert supervisor.restart_child("probe")
    await up(supervisor, "probe", but=before)
    assert not supervisor.groups()["probes"][0].restartable
    assert not supervisor.restart_child("probe")
    assert not supervisor.ended().done()
    await supervisor.stop()


async def test_a_child_that_would_not_be_started_again_is_not_stopped():
    spec = ChildSpec(name="probe", factory=TreeProbe.start, restart=Restart.TRANSIENT)
    supervisor = Supervisor("test", [spec])
    await supervisor.start()
    assert not supervisor.restart_child("probe")
    assert not supervisor.restart_child("nobody")
    assert supervisor.handle("probe").is_alive()
    await supervisor.stop()
