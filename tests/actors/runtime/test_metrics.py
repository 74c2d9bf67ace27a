"""Metrics of actors: counters by class and by message type, a line for each actor, dead letters."""

from __future__ import annotations

import asyncio
import logging

import pykka
import pytest

from actors.runtime import metrics as counters
from actors.runtime.actor import configure
from actors.runtime.dead_letters import KEPT, DeadLetter, DeadLetters, dead_letters
from domain.settings import Actors
from tests.actors.people import Do, Fail, Listener, Say, Small, Typing, WaitFor, a_gate


def stats_of(name):
    return next(stats for stats in counters.snapshot() if stats.name == name)


async def test_a_class_counts_what_its_actors_do():
    class Counted(Small):
        pass

    one, two = Counted.start(), Counted.start()
    await two.started()
    gate = a_gate()
    one.tell(WaitFor(gate))
    await asyncio.sleep(0)
    for _ in range(3):
        one.tell(Say())
    one.tell(Typing())
    two.tell(Say())
    with pytest.raises(ValueError):
        await two.ask(Fail(), timeout=1)
    stats = stats_of("Counted")
    assert (stats.alive, stats.started, stats.queued, stats.deepest, stats.dropped) == (2, 2, 3, 3, 1)
    assert (stats.handled, stats.failed) == (2, 1)
    gate.set_result(None)
    await one.stop()
    await two.stop()
    stats = stats_of("Counted")
    assert (stats.alive, stats.handled, stats.queued) == (0, 6, 0)


async def test_a_snapshot_looks_only_at_actors_at_which_messages_may_wait():
    looks = []

    class Looked(Small):
        def depth(self) -> int:
            looks.append(self)
            return super().depth()

    idle = [Looked.start() for _ in range(20)]
    await asyncio.gather(*(ref.started() for ref in idle))
    held_up, ready = idle[0], idle[1]
    gate = a_gate()
    held_up.tell(WaitFor(gate))
    await asyncio.sleep(0)
    held_up.tell(Say())
    for _ in range(2):
        ready.tell(Say())
    starting = Looked.start()
    starting.tell(Say())
    stats = stats_of("Looked")
    assert (stats.alive, stats.queued, stats.deepest) == (21, 4, 2)
    assert len(looks) == 3
    gate.set_result(None)
    await asyncio.gather(*(ref.stop() for ref in (*idle, starting)))
    looks.clear()
    assert (stats_of("Looked").alive, looks) == (0, [])


async def test_message_types_are_counted_and_timed_separately():
    class Timed(Listener):
        pass

    ref = Timed.start()
    ref.tell(Say())
    ref.tell(Say())
    gate = a_gate()
    reply = ref.ask(WaitFor(gate), timeout=1)
    gate.set_result(None)
    await reply
    handled = counters.handled_by_type()
    assert handled["Timed", "Say"].count == 2
    assert handled["Timed", "WaitFor"].count == 1
    assert handled["Timed", "WaitFor"].seconds == handled["Timed", "WaitFor"].slowest > 0
    await ref.stop()


async def test_slow_handlers_are_counted_and_logged_by_message_type(caplog):
    class Sluggish(Listener):
        pass

    configure(Actors(slow_handler_seconds=0.0))
    try:
        ref = Sluggish.start()
        await ref.ask(Say("a secret"), timeout=1)
        assert stats_of("Sluggish").slow == 1
        await ref.stop()
    finally:
        configure(Actors())
    assert "a secret" not in caplog.text


async def test_describe_names_every_living_actor_and_what_it_handles_now():
    class Named(Listener):
        def label(self):
            return "Named u42"

    ref = Named.start()
    gate = a_gate()
    ref.tell(WaitFor(gate))
    ref.tell(Say())
    await ref.started()
    await asyncio.sleep(0)
    [line] = [line for line in counters.describe() if line.startswith("Named u42")]
    assert line.startswith("Named u42: 1 waiting, handling WaitFor for 0.")
    gate.set_result(None)
    await ref.ask(Say(), timeout=1)
    assert "Named u42: 0 waiting" in counters.describe()
    await ref.stop()
    assert not [line for line in counters.describe() if line.startswith("Named u42")]


async def test_what_is_left_in_a_dead_actors_mailbox_is_a_dead_letter():
    ref = Listener.start()
    ref.tell(Fail())
    ref.tell(Say("a secret"))
    before = dead_letters.count
    await ref.ended()
    assert dead_letters.count == before + 1
    assert dead_letters.recent[-1] == DeadLetter(actor="Listener", message="Say", why="actor ended first")


async def test_what_is_told_to_a_dead_actor_is_a_dead_letter():
    ref = Listener.start()
    await ref.stop()
    before = dead_letters.count
    with pytest.raises(pykka.ActorDeadError):
        ref.tell(Say("a secret"))
    with pytest.raises(pykka.ActorDeadError):
        await ref.ask(Say("a secret"), timeout=1)
    assert dead_letters.count == before + 2
    assert dead_letters.recent[-1] == DeadLetter(actor="Listener", message="Say", why="actor is dead")


async def test_dead_letters_go_to_a_sink_and_the_last_hundred_are_kept():
    seen = []
    letters = DeadLetters(seen.append)
    for _ in range(KEPT + 50):
        letters.add(Listener, Say("a secret"), "test")
    assert letters.count == len(seen) == KEPT + 50
    assert len(letters.recent) == KEPT
    assert "a secret" not in repr(seen)


def test_a_throttle_holds_lines_back_and_says_how_many(caplog):
    time = 0.0
    throttle = counters.Throttle(logging.getLogger("throttled"), lines=2, seconds=10, clock=lambda: time)
    for number in range(5):
        throttle.warning("line %d", number)
    time = 10.0
    throttle.warning("line %d", 9)
    assert [record.getMessage() for record in caplog.records] == [
        "line 0",
        "line 1",
        "3 lines like the next were held back",
        "line 9",
    ]


async def test_a_message_an_actor_tells_itself_is_counted_too():
    class Echo(Listener):
        pass

    ref = Echo.start()
    await ref.ask(Do(lambda me: me.actor_ref.tell(Say())), timeout=1)
    await ref.stop()
    assert counters.handled_by_type()["Echo", "Say"].count == 1
