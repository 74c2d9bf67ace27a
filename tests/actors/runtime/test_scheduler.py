"""The run queue: actors take turns, the loop gets its iterations, and an actor that ends costs no other its turn."""

from __future__ import annotations

import asyncio

import pykka
import pytest

from actors.runtime import deadlines
from actors.runtime.scheduler import TURN, queue_of
from tests.actors.people import Do, Fail, Listener, Say, WaitFor, a_gate
from tests.virtual_time import in_virtual_time


@pytest.fixture
async def log():
    return []


@pytest.fixture
async def some(log):
    """Three actors with one log."""
    refs = [Listener.start(log) for _ in range(3)]
    for ref in refs:
        await ref.started()
    log.clear()
    yield refs
    for ref in refs:
        ref.kill()


async def test_actors_that_are_ready_take_turns(some, log):
    one, two, three = some
    for ref, name in ((one, "one"), (two, "two")):
        for number in range(3):
            ref.tell(Say(f"{name} {number}"))
    await three.ask(Say("three"), timeout=1)
    await one.ask(Say("end"), timeout=1)
    assert log == ["one 0", "two 0", "three", "one 1", "two 1", "one 2", "two 2", "end"]


async def test_the_loop_goes_on_while_actors_are_always_ready(some, log):
    one, two, _ = some

    def hop(me):
        log.append("hop")
        (two if me is one._actor else one).tell(Do(hop))

    one.tell(Do(hop))
    for rounds in (1, 2, 3):
        await asyncio.sleep(0)
        assert len(log) == rounds * TURN


async def test_actors_that_pass_a_message_around_do_so_within_one_iteration_of_the_loop(some, log):
    one, two, three = some
    following = {one._actor: two, two._actor: three, three._actor: one}

    def hop(me):
        log.append("hop")
        if len(log) < TURN:
            following[me].tell(Do(hop))

    one.tell(Do(hop))
    await asyncio.sleep(0)
    assert len(log) == TURN


async def test_the_next_actors_get_their_turn_when_one_raises(some, log):
    one, two, three = some
    one.tell(Fail())
    one.tell(Say("never heard"))
    two.tell(Say("two"))
    three.tell(Say("three"))
    await three.ask(Say("end"), timeout=1)
    assert log == ["on_failure ValueError", "two", "three", "end"]


def test_the_next_actors_get_their_turn_after_a_keyboard_interrupt():
    loop, log, refs = asyncio.new_event_loop(), [], []

    async def scenario():
        refs.extend(Listener.start(log) for _ in range(2))
        await refs[1].started()
        log.clear()
        refs[0].tell(Fail(KeyboardInterrupt()))
        refs[1].tell(Say("two"))
        await refs[0].ended()

    try:
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(scenario())
        assert log == []
        loop.run_until_complete(refs[1].ask(Say("end"), timeout=1))
    finally:
        for task in asyncio.all_tasks(loop):
            loop.run_until_complete(task)
        loop.close()
    assert log == ["two", "end"]


async def test_the_next_actors_get_their_turn_when_a_watcher_raises(some, log):
    one, two, _ = some
    seen = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: seen.append(context["exception"]))
    broken = LookupError("a watcher")

    def watch(_):
        raise broken

    one._actor.when_ended(watch)
    one.stop()
    two.tell(Say("two"))
    await two.ask(Say("end"), timeout=1)
    assert log == ["on_stop", "two", "end"]
    assert seen == [broken]


async def test_an_actor_killed_while_it_is_queued_is_skipped(some, log):
    one, two, _ = some
    one.tell(Say("never heard"))
    two.tell(Say("two"))
    one.kill()
    await two.ask(Say("end"), timeout=1)
    assert log == ["two", "end"]


async def test_an_actor_that_failed_while_it_is_queued_handles_nothing_more(log):
    gate = a_gate()

    class FailsSlowly(Listener):
        async def on_failure(self, *exc_info):
            await gate

    ref = FailsSlowly.start(log)
    await ref.started()
    ref.tell(Say("never heard"))
    ref._actor.fail(ValueError())
    await asyncio.sleep(0)
    gate.set_result(None)
    assert isinstance(await ref.ended(), ValueError)
    assert log == ["on_start"]


async def test_an_actor_is_queued_once_however_many_messages_it_has(some):
    ref = some[0]
    for _ in range(5):
        ref.tell(Say())
    assert list(queue_of(asyncio.get_running_loop())._ready) == [ref._actor]


# Asked while idle


async def test_an_idle_actor_answers_within_the_ask(some, log):
    reply = some[0].ask(Say("one"), timeout=1)
    assert reply.done()
    assert log == ["one"]


async def test_an_ask_waits_for_actors_that_are_ready(some, log):
    one, two, _ = some
    two.tell(Say("two"))
    await one.ask(Say("one"), timeout=1)
    assert log == ["two", "one"]


async def test_an_ask_from_a_handler_is_handled_after_that_handler(some, log):
    one, two, _ = some
    replies = []

    def asks(_):
        replies.append(two.ask(Say("two"), timeout=1))
        log.append("one")

    await one.ask(Do(asks), timeout=1)
    await replies[0]
    assert log == ["one", "two"]


async def test_what_an_actor_tells_itself_while_it_is_asked_is_handled_next(some, log):
    one = some[0]
    await one.ask(Do(lambda me: me.actor_ref.tell(Say("later"))), timeout=1)
    assert log == []
    await one.ask(Say("last"), timeout=1)
    assert log == ["later", "last"]


async def test_the_loop_goes_on_while_an_idle_actor_is_asked_again_and_again(some):
    loop, rounds = asyncio.get_running_loop(), []

    def count():
        rounds.append(len(rounds))
        loop.call_soon(count)

    count()
    for _ in range(5 * TURN):
        await some[0].ask(Say(), timeout=1)
    assert len(rounds) > 5


async def test_a_handler_ends_when_the_actor_that_it_asks_kills_its_own(some, log):
    one, two, _ = some

    async def asks(_):
        await two.ask(Do(lambda _: one.kill()), timeout=1)
        await asyncio.sleep(0)
        log.append("went on")

    one.tell(Do(asks))
    await one.ended()
    await two.ask(Say("end"), timeout=1)
    await asyncio.sleep(0)
    assert log == ["end"]


# Time limits


async def test_an_ask_that_is_answered_at_once_costs_no_timer(some):
    await some[0].ask(Say(), timeout=12.34)
    assert 12.34 not in deadlines._by_seconds


@in_virtual_time
async def test_an_ask_of_a_busy_actor_ends_at_its_limit():
    loop, ref = asyncio.get_running_loop(), Listener.start()
    await ref.started()
    ref.tell(WaitFor(a_gate()))
    await asyncio.sleep(1)
    began = loop.time()
    with pytest.raises(pykka.Timeout):
        await ref.ask(Say(), timeout=5)
    assert loop.time() - began == 5
    ref.kill()


async def test_each_loop_has_a_queue_of_its_own():
    here = queue_of(asyncio.get_running_loop())
    other = asyncio.new_event_loop()
    try:
        assert queue_of(other) is not here
        assert queue_of(here.loop).loop is here.loop
    finally:
        other.close()
