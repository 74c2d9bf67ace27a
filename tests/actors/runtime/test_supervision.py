"""Supervision: starts, restarts, escalation, stops and handles. In virtual time."""

from __future__ import annotations

import asyncio

import pykka
import pytest

from actors.runtime.child import Backoff, Budget, ChildSpec, Escalated, Restart, StartFailed
from actors.runtime.metrics import counters_of
from actors.runtime.supervision import Supervisor
from tests.actors.people import Fail, Listener, Say
from tests.virtual_time import in_virtual_time

PAUSES = Backoff(first=1.0, longest=4.0, factor=2.0)


def now() -> float:
    return asyncio.get_running_loop().time()


def spec(name="child", factory=Listener.start, **kwargs) -> ChildSpec:
    return ChildSpec(name=name, factory=factory, **{"backoff": PAUSES, **kwargs})


async def supervising(*specs: ChildSpec) -> Supervisor:
    supervisor = Supervisor("group", specs)
    await supervisor.start()
    return supervisor


class Recorded:
    """A factory that notes the times of its calls. The first `failures` calls fail."""

    def __init__(self, *, failures: int = 0, actor=Listener) -> None:
        self.times: list[float] = []
        self.failures = failures
        self.actor = actor

    def __call__(self):
        self.times.append(now())
        if len(self.times) <= self.failures:
            raise ConnectionError("not yet")
        return self.actor.start()

    @property
    def gaps(self) -> list[float]:
        return [round(later - earlier, 3) for earlier, later in zip(self.times, self.times[1:], strict=False)]


class FailsToStart(Listener):
    def on_start(self):
        raise ValueError


class NeverStarts(Listener):
    async def on_start(self):
        await asyncio.get_running_loop().create_future()


class NeverStops(Listener):
    async def on_stop(self):
        await asyncio.get_running_loop().create_future()


# Starting


@in_virtual_time
async def test_children_start_in_order_one_after_the_other():
    log = []

    def named(name):
        class Slow(Listener):
            async def on_start(self):
                log.append(f"{name} begins")
                await asyncio.sleep(1)
                log.append(f"{name} has started")

            def on_stop(self):
                log.append(f"{name} stops")

        return spec(name, Slow.start)

    supervisor = await supervising(named("a"), named("b"))
    assert log == ["a begins", "a has started", "b begins", "b has started"]
    assert supervisor.names == ("a", "b")
    log.clear()
    await supervisor.stop()
    assert log == ["b stops", "a stops"]


@in_virtual_time
async def test_a_factory_that_raises_is_tried_again_after_a_growing_pause():
    factory = Recorded(failures=4)
    supervisor = await supervising(spec(factory=factory))
    assert factory.gaps == [1.0, 2.0, 4.0, 4.0]
    assert supervisor.handle("child").is_alive()
    await supervisor.stop()


@in_virtual_time
async def test_an_on_start_that_raises_is_a_failed_start():
    with pytest.raises(Escalated, match="child needed more than 2 restarts in 60 s") as caught:
        await supervising(spec(factory=FailsToStart.start, budget=Budget(restarts=2, seconds=60)))
    assert isinstance(caught.value.__cause__, StartFailed)
    assert isinstance(caught.value.__cause__.__cause__, ValueError)


@in_virtual_time
async def test_an_on_start_that_takes_too_long_is_a_failed_start_and_is_killed():
    begun = now()
    made = []

    def factory():
        made.append(NeverStarts.start())
        return made[-1]

    with pytest.raises(Escalated):
        await supervising(spec(factory=factory, start_timeout=7, budget=Budget(restarts=1, seconds=60)))
    assert now() == begun + 7 + 1 + 7
    assert not any(ref.is_alive() for ref in made)


@in_virtual_time
async def test_a_start_that_fails_for_good_stops_the_children_that_have_started():
    first = Recorded()
    supervisor = Supervisor("group", (spec("a", first), spec("b", FailsToStart.start, restart=Restart.TEMPORARY)))
    with pytest.raises(StartFailed):
        await supervisor.start()
    assert supervisor.names == ()
    assert isinstance(await supervisor.ended(), StartFailed)


@in_virtual_time
async def test_a_start_that_is_cancelled_leaves_nothing_running():
    before = len(counters_of(NeverStarts).live)
    supervisor = Supervisor("group", (spec("a"), spec("b", NeverStarts.start)))
    starting = asyncio.create_task(supervisor.start())
    await asyncio.sleep(1)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert supervisor.names == ()
    assert len(counters_of(NeverStarts).live) == before


# Restarting


@in_virtual_time
async def test_a_child_is_restarted_alone_and_its_handle_stays_valid():
    supervisor = await supervising(spec("a"), spec("b"))
    a, b = supervisor.handle("a"), supervisor.handle("b")
    old, neighbour = a.current, b.current
    restarted = counters_of(Listener).restarted
    a.tell(Fail())
    assert isinstance(await old.ended(), ValueError)
    new = await a.available()
    assert new is not old
    assert await a.ask(Say("hello again"), timeout=None) == "hello again"
    assert b.current is neighbour
    assert counters_of(Listener).restarted == restarted + 1
    await supervisor.stop()


@in_virtual_time
async def test_pauses_grow_with_failures_and_shrink_again_after_a_quiet_time():
    factory = Recorded()
    supervisor = await supervising(spec(factory=factory, budget=Budget(restarts=9, seconds=100)))
    handle = supervisor.handle("child")
    for quiet in (0, 0, 200):
        await asyncio.sleep(quiet)
        (await handle.available()).tell(Fail())
        await asyncio.sleep(0.5)
    await handle.available()
    assert factory.gaps == [1.0, 2.0, 199.5]  # the last one failed 198.5 s after its start, and waited 1 s
    await supervisor.stop()


@in_virtual_time
async def test_a_permanent_child_is_restarted_after_a_stop_too():
    supervisor = await supervising(spec())
    handle = supervisor.handle("child")
    await handle.current.stop()
    assert (await handle.available()).is_alive()
    await supervisor.stop()


@in_virtual_time
async def test_a_transient_child_is_restarted_after_a_failure_but_not_after_a_stop():
    supervisor = await supervising(spec(restart=Restart.TRANSIENT))
    handle = supervisor.handle("child")
    handle.tell(Fail())
    await asyncio.sleep(0.5)
    await (await handle.available()).stop()
    with pytest.raises(pykka.ActorDeadError):
        await handle.available()
    await asyncio.sleep(0)
    assert supervisor.names == ()


@in_virtual_time
async def test_a_temporary_child_is_never_restarted():
    supervisor = await supervising(spec(restart=Restart.TEMPORARY))
    handle = supervisor.handle("child")
    ended = handle.current.ended()
    handle.tell(Fail())
    await ended
    with pytest.raises(pykka.ActorDeadError):
        await handle.available()
    await asyncio.sleep(0)
    assert supervisor.names == ()


# Escalation


@in_virtual_time
async def test_a_spent_budget_stops_the_group_and_ends_it_with_the_reason():
    supervisor = await supervising(spec("a"), spec("b", budget=Budget(restarts=1, seconds=60)))
    a, b = supervisor.handle("a").current, supervisor.handle("b")
    for _ in range(2):
        (await b.available()).tell(Fail())
        await asyncio.sleep(0.5)
    error = await supervisor.ended()
    assert isinstance(error, Escalated)
    assert str(error) == "b needed more than 1 restarts in 60 s"
    assert not a.is_alive()
    with pytest.raises(pykka.ActorDeadError):
        await b.available()


@in_virtual_time
async def test_a_group_under_a_supervisor_is_restarted_as_one():
    groups = []

    def group():
        groups.append(Supervisor("inner", (spec("leaf", budget=Budget(restarts=0, seconds=60)),)).launch())
        return groups[-1]

    outer = await supervising(spec("inner", group))
    groups[0].handle("leaf").tell(Fail())
    assert isinstance(await groups[0].ended(), Escalated)
    await asyncio.sleep(2)
    assert len(groups) == 2
    assert groups[1].handle("leaf").is_alive()
    await outer.stop()
    assert await groups[1].ended() is None


@in_virtual_time
async def test_a_group_that_does_not_start_is_killed_with_all_its_children():
    before = len(counters_of(NeverStarts).live)
    inner = spec(
        "inner", lambda: Supervisor("inner", (spec("leaf", NeverStarts.start, start_timeout=1000),)).launch(), start_timeout=5
    )
    with pytest.raises(Escalated):
        await supervising(ChildSpec(name="x", factory=inner.factory, start_timeout=5, budget=Budget(restarts=0, seconds=60)))
    await asyncio.sleep(0)
    assert len(counters_of(NeverStarts).live) == before


# Stopping


@in_virtual_time
async def test_a_child_that_does_not_stop_in_time_is_killed_at_the_deadline():
    supervisor = await supervising(spec("a"), spec("b", NeverStops.start))
    a, b = supervisor.handle("a").current, supervisor.handle("b").current
    begun = now()
    await supervisor.stop(within=3)
    assert now() == begun + 3
    assert b._actor.ended
    assert not a.is_alive()


@in_virtual_time
async def test_stopping_twice_stops_once():
    supervisor = await supervising(spec())
    assert await asyncio.gather(supervisor.stop(), supervisor.stop()) == [True, True]
    assert await supervisor.ended() is None


@in_virtual_time
async def test_stopping_ends_a_pause_before_a_restart():
    supervisor = await supervising(spec(backoff=Backoff(first=1000, longest=1000)))
    supervisor.handle("child").tell(Fail())
    await asyncio.sleep(1)
    begun = now()
    await supervisor.stop()
    assert now() == begun


# Children added later


@in_virtual_time
async def test_children_can_be_added_and_removed():
    supervisor = await supervising()
    handle = await supervisor.start_child(spec("bot"))
    ref = handle.current
    assert await handle.ask(Say("hello"), timeout=None) == "hello"
    assert await supervisor.stop_child("bot") is True
    assert await supervisor.stop_child("bot") is False
    assert not ref.is_alive()
    with pytest.raises(pykka.ActorDeadError):
        handle.tell(Say())
    await supervisor.stop()


@in_virtual_time
async def test_two_children_cannot_have_the_same_name():
    supervisor = await supervising(spec())
    with pytest.raises(ValueError, match="has a child named child already"):
        await supervisor.start_child(spec())
    await supervisor.stop()


@in_virtual_time
async def test_the_caller_is_told_when_an_added_child_does_not_start():
    supervisor = await supervising(spec())
    with pytest.raises(StartFailed):
        await supervisor.start_child(spec("bot", FailsToStart.start, restart=Restart.TEMPORARY))
    assert supervisor.names == ("child",)
    await supervisor.stop()


@in_virtual_time
async def test_a_stopped_supervisor_starts_nothing():
    supervisor = await supervising()
    await supervisor.stop()
    with pytest.raises(StartFailed):
        await supervisor.start_child(spec())


# Handles


@in_virtual_time
async def test_while_a_child_is_down_tell_and_ask_fail_and_send_waits():
    supervisor = await supervising(spec())
    handle = supervisor.handle("child")
    ended = handle.current.ended()
    handle.tell(Fail())
    await ended
    await asyncio.sleep(0.5)
    assert handle.current is None
    assert not handle.is_alive()
    assert not handle.full
    with pytest.raises(pykka.ActorDeadError):
        handle.tell(Say())
    with pytest.raises(pykka.ActorDeadError):
        await handle.ask(Say(), timeout=1)
    await handle.send(Say("patient"))
    assert (await handle.available())._actor.log == ["on_start"]
    await supervisor.stop()
    with pytest.raises(pykka.ActorDeadError):
        await handle.send(Say())
