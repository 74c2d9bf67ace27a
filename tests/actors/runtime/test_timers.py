"""Timers of actors: they deliver messages in time, and end with their actor."""

from __future__ import annotations

import asyncio
import time

import uvloop

from actors.runtime.metrics import counters_of
from tests.actors.people import Do, Heard, Listener, Say, Small, Urgent, WaitFor, a_gate
from tests.virtual_time import in_virtual_time


def now() -> float:
    return asyncio.get_running_loop().time()


@in_virtual_time
async def test_after_tells_once_at_its_time():
    ref = Listener.start()
    await ref.ask(Do(lambda me: me.after(5, Say("now")) and None), timeout=None)
    await asyncio.sleep(4.9)
    assert "now" not in await ref.ask(Heard(), timeout=None)
    await asyncio.sleep(100)
    assert (await ref.ask(Heard(), timeout=None)).count("now") == 1
    await ref.stop()


@in_virtual_time
async def test_every_tells_again_and_again_without_drift():
    times = []

    class Clock(Listener):
        def on_receive(self, message):
            times.append(now())

    begun = now()
    ref = Clock.start()
    ref._actor.every(2.5, Say())
    await asyncio.sleep(10.1)
    assert times == [begun + 2.5, begun + 5.0, begun + 7.5, begun + 10.0]
    await ref.stop()


def test_a_periodic_timer_goes_on_after_the_loop_was_blocked():
    """On uvloop, as in a worker: its handles differ from asyncio's."""

    async def block_the_loop() -> int:
        ref = Listener.start()
        await ref.started()
        ref._actor.every(0.01, Say("tick"))
        for _ in range(3):
            time.sleep(0.05)  # noqa: ASYNC251 - longer than a period, so that the next time is due at once
            await asyncio.sleep(0.03)
        ticks: int = (await ref.ask(Heard(), timeout=None)).count("tick")
        await ref.stop()
        return ticks

    assert uvloop.run(block_the_loop()) >= 6


@in_virtual_time
async def test_a_cancelled_timer_is_silent_and_may_be_cancelled_again():
    ref = Listener.start()
    timer = ref._actor.every(1, Say("tick"))
    await asyncio.sleep(1.5)
    assert timer.active
    timer.cancel()
    timer.cancel()
    assert not timer.active
    await asyncio.sleep(10)
    assert (await ref.ask(Heard(), timeout=None)).count("tick") == 1
    await ref.stop()


@in_virtual_time
async def test_timers_end_with_their_actor():
    ref = Listener.start()
    once, often = ref._actor.after(5, Say()), ref._actor.every(1, Say())
    await ref.stop()
    assert not once.active
    assert not often.active
    await asyncio.sleep(20)


@in_virtual_time
async def test_a_full_mailbox_takes_a_single_timer_and_skips_a_periodic_one():
    gate = a_gate()
    ref = Small.start()
    await ref.started()
    ref.tell(WaitFor(gate))
    await asyncio.sleep(0)
    for _ in range(3):
        ref.tell(Say())
    before = counters_of(Small).dropped
    ref._actor.after(1, Say("once"))
    often = ref._actor.every(1, Say("often"))
    await asyncio.sleep(2.5)
    often.cancel()
    gate.set_result(None)
    heard = await ref.ask(Heard(), timeout=None) if not ref.full else None
    await ref.stop()
    assert heard is None
    assert ref._actor.log.count("once") == 1
    assert "often" not in ref._actor.log
    assert counters_of(Small).dropped == before + 2


@in_virtual_time
async def test_a_timer_with_a_system_message_goes_ahead():
    gate = a_gate()
    ref = Listener.start()
    await ref.started()
    ref.tell(WaitFor(gate))
    await asyncio.sleep(0)
    ref.tell(Say("later"))
    ref._actor.after(1, Urgent("first"))
    await asyncio.sleep(2)
    gate.set_result(None)
    assert (await ref.ask(Heard(), timeout=None))[2:] == ["waited", "first", "later"]
    await ref.stop()


@in_virtual_time
async def test_times_missed_while_the_loop_was_blocked_are_skipped():
    times = []

    class Clock(Listener):
        def on_receive(self, message):
            times.append(now())

    ref = Clock.start()
    begun = now()
    ref._actor.every(1, Say())
    asyncio.get_running_loop().now += 5.5
    await asyncio.sleep(0.1)
    assert len(times) <= 2
    await asyncio.sleep(2)
    assert times[-1] > begun + 7
    assert len(times) <= 4
    await ref.stop()
