"""What `Actor` adds to Pykka: coroutines, deferred replies, work of its own, survival, cancellation."""

from __future__ import annotations

import asyncio

import pykka
import pytest

from actors.runtime.failures import HandlerCancelled, where
from tests.actors.people import Do, Fail, FailAsync, Heard, Listener, Say, Survivor, WaitFor, a_gate


@pytest.fixture
async def ref():
    ref = Listener.start()
    await ref.started()
    yield ref
    await ref.stop(now=True)


@pytest.fixture
async def survivor():
    ref = Survivor.start()
    await ref.started()
    yield ref
    await ref.stop(now=True)


# Coroutines


async def test_the_next_message_waits_for_a_coroutine(ref):
    gate = a_gate()
    ref.tell(WaitFor(gate, "first"))
    ref.tell(Say("second"))
    heard = ref.ask(Heard(), timeout=1)
    await asyncio.sleep(0)
    gate.set_result(None)
    assert await heard == ["on_start", "waiting first", "first", "second"]


async def test_an_asker_gets_what_a_coroutine_returns_and_raises(ref):
    gate = a_gate()
    gate.set_result(None)
    assert await ref.ask(WaitFor(gate, "done"), timeout=1) == "done"
    with pytest.raises(ValueError, match="a secret"):
        await ref.ask(FailAsync(), timeout=1)
    assert ref.is_alive()


async def test_a_coroutine_that_raises_and_nobody_asked_ends_the_actor(ref):
    ref.tell(FailAsync())
    assert isinstance(await ref.ended(), ValueError)
    assert ref._actor.log == ["on_start", "on_failure ValueError"]


async def test_a_plain_handler_runs_without_a_task_of_its_own(ref):
    tasks = []
    ref.tell(Do(lambda _: tasks.append(asyncio.all_tasks())))
    assert await ref.ask(Say("handled"), timeout=1) == "handled"
    assert tasks == [{asyncio.current_task()}]


async def test_all_hooks_may_be_coroutines():
    log = []

    class Async(Listener):
        async def on_start(self):
            await asyncio.sleep(0)
            self.log.append("async on_start")

        async def on_stop(self):
            await asyncio.sleep(0)
            self.log.append("async on_stop")

        async def on_failure(self, *exc_info):
            await asyncio.sleep(0)
            self.log.append("async on_failure")

    stopped = Async.start(log)
    stopped.tell(Say("hello"))
    await stopped.stop()
    failed = Async.start(log)
    failed.tell(Fail())
    await failed.ended()
    assert log == ["async on_start", "hello", "async on_stop", "async on_start", "async on_failure"]


async def test_messages_wait_for_a_slow_start():
    gate = a_gate()

    class Slow(Listener):
        async def on_start(self):
            await gate

    ref = Slow.start()
    probe = ref.started()
    heard = ref.ask(Heard(), timeout=1)
    await asyncio.sleep(0)
    assert not probe.done()
    gate.set_result(None)
    await probe
    assert await heard == []
    await ref.stop()


async def test_the_start_probe_raises_what_on_start_raised():
    class FailsToStart(Listener):
        async def on_start(self):
            await asyncio.sleep(0)
            raise ConnectionError("no database")

    ref = FailsToStart.start()
    with pytest.raises(ConnectionError):
        await ref.started()
    with pytest.raises(ConnectionError):
        await ref.started()


async def test_the_start_probe_of_an_actor_killed_while_starting_says_so():
    class Slow(Listener):
        async def on_start(self):
            await a_gate()

    ref = Slow.start()
    probe = ref.started()
    await asyncio.sleep(0)
    ref.kill()
    with pytest.raises(pykka.ActorDeadError, match="stopped before it started"):
        await probe


async def test_an_actor_killed_before_its_first_turn_never_begins():
    log = []
    ref = Listener.start(log)
    ref.kill()
    assert await ref.ended() is None
    assert log == []


# Deferred replies


async def test_a_deferred_reply_follows_the_future_while_the_actor_goes_on(ref):
    gate = a_gate()
    reply = ref.ask(Do(lambda _: gate), timeout=1)
    assert await ref.ask(Say("meanwhile"), timeout=1) == "meanwhile"
    assert not reply.done()
    gate.set_result("at last")
    assert await reply == "at last"


async def test_a_deferred_reply_takes_the_futures_exception(ref):
    gate = a_gate()
    reply = ref.ask(Do(lambda _: gate), timeout=1)
    await asyncio.sleep(0)
    gate.set_exception(LookupError("gone"))
    with pytest.raises(LookupError):
        await reply
    assert ref.is_alive()


async def test_an_asker_is_not_cancelled_when_the_deferred_reply_is(ref):
    gate = a_gate()
    reply = ref.ask(Do(lambda _: gate), timeout=1)
    await asyncio.sleep(0)
    gate.cancel()
    with pytest.raises(HandlerCancelled):
        await reply


async def test_a_deferred_reply_that_fails_and_nobody_asked_is_logged_without_its_text(ref, caplog):
    gate = a_gate()
    ref.tell(Do(lambda _: gate))
    await ref.ask(Say(), timeout=1)
    gate.set_exception(LookupError("a secret"))
    await asyncio.sleep(0)
    assert "deferred work of Listener failed: LookupError" in caplog.text
    assert "a secret" not in caplog.text


async def test_a_reply_after_the_time_limit_is_dropped(ref):
    gate = a_gate()
    deferred = ref.ask(Do(lambda _: gate), timeout=0)
    waited = ref.ask(WaitFor(gate), timeout=0)
    for reply in (deferred, waited):
        with pytest.raises(pykka.Timeout):
            await reply
    gate.set_result("too late")
    assert await ref.ask(Say("well"), timeout=1) == "well"


async def test_the_handler_goes_on_when_the_ask_is_cancelled(ref):
    gate = a_gate()
    reply = ref.ask(WaitFor(gate, "finished"), timeout=1)
    await asyncio.sleep(0)
    reply.cancel()
    gate.set_result(None)
    assert "finished" in await ref.ask(Heard(), timeout=1)


# Work beside the handlers


@pytest.mark.parametrize("end", [lambda ref: ref.stop(), lambda ref: ref.kill(), lambda ref: ref.tell(Fail())])
async def test_work_ends_with_its_actor(ref, end):
    gate = a_gate()
    work = await ref.ask(Do(lambda me: [me.work(gate_passed(gate))]), timeout=1)
    await asyncio.sleep(0)
    assert await ref.ask(Say("meanwhile"), timeout=1) == "meanwhile"
    end(ref)
    await ref.ended()
    await asyncio.wait(work)
    assert work[0].cancelled()
    assert gate.cancelled()


async def gate_passed(gate):
    return await gate


async def test_the_reply_of_work_is_its_result_and_its_error(ref):
    gate, broken = a_gate(), a_gate()
    replies = [ref.ask(Do(lambda me, each=each: me.work(gate_passed(each))), timeout=1) for each in (gate, broken)]
    gate.set_result("done")
    broken.set_exception(LookupError("gone"))
    assert await replies[0] == "done"
    with pytest.raises(LookupError):
        await replies[1]
    assert ref.is_alive()


async def test_an_actor_fails_with_its_vital_work(ref):
    gate = a_gate()
    ref.tell(Do(lambda me: me.work(gate_passed(gate), vital=True) and None))
    await ref.ask(Say(), timeout=1)
    gate.set_exception(LookupError("gone"))
    assert isinstance(await ref.ended(), LookupError)
    assert ref._actor.log == ["on_start", "", "on_failure LookupError"]


# Survival


async def test_a_survivor_loses_only_the_message_that_raised(survivor, caplog):
    survivor.tell(Say("before"))
    survivor.tell(Fail())
    survivor.tell(Say("after"))
    assert await survivor.ask(Heard(), timeout=1) == ["on_start", "before", "lost Fail by ValueError", "after"]
    assert "Fail of Survivor failed: ValueError" in caplog.text
    assert "people.py" in caplog.text
    assert "a secret" not in caplog.text


async def test_a_survivor_survives_a_coroutine_that_raises(survivor):
    survivor.tell(FailAsync())
    assert await survivor.ask(Heard(), timeout=1) == ["on_start", "lost FailAsync by ValueError"]


async def test_a_survivor_survives_a_system_exit(survivor):
    survivor.tell(Fail(SystemExit(1)))
    assert await survivor.ask(Heard(), timeout=1) == ["on_start", "lost Fail by SystemExit"]


async def test_the_next_message_waits_for_an_async_on_message_failed():
    class Careful(Survivor):
        async def on_message_failed(self, message, error):
            await asyncio.sleep(0)
            self.log.append("repaired")

    ref = Careful.start()
    ref.tell(Fail())
    ref.tell(Say("after"))
    assert await ref.ask(Heard(), timeout=1) == ["on_start", "repaired", "after"]
    await ref.stop()


async def test_a_survivor_whose_on_message_failed_raises_ends():
    class Broken(Survivor):
        async def on_message_failed(self, message, error):
            await asyncio.sleep(0)
            raise LookupError

    ref = Broken.start()
    ref.tell(Fail())
    assert isinstance(await ref.ended(), LookupError)


async def test_the_log_names_the_causes_of_an_error_without_their_text(survivor, caplog):
    text = "a secret"

    def fail(_):
        raise LookupError(text) from KeyError(text)

    survivor.tell(Do(fail))
    await survivor.ask(Say(), timeout=1)
    assert "LookupError" in caplog.text
    assert "caused by KeyError" in caplog.text
    assert "a secret" not in caplog.text


# Cancellation and worse


async def test_a_handler_fails_when_what_it_awaits_is_cancelled_by_others(ref):
    gate = a_gate()
    reply = ref.ask(WaitFor(gate), timeout=1)
    await asyncio.sleep(0)
    gate.cancel()
    with pytest.raises(HandlerCancelled):
        await reply
    assert ref.is_alive()


async def test_a_plain_handler_that_raises_cancelled_fails(ref):
    with pytest.raises(HandlerCancelled):
        await ref.ask(Fail(asyncio.CancelledError()), timeout=1)
    assert ref.is_alive()


async def test_cancelling_the_actors_own_task_ends_it(ref):
    reply = ref.ask(WaitFor(a_gate()), timeout=1)
    await asyncio.sleep(0)
    ref._actor._task.cancel()
    assert await ref.ended() is None
    with pytest.raises(pykka.ActorDeadError):
        await reply


async def test_a_kill_cancels_the_handler_and_answers_all_who_wait(ref):
    handled, waiting = ref.ask(WaitFor(a_gate()), timeout=1), ref.ask(Say(), timeout=1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    ref.kill()
    ref.kill()
    assert not ref.is_alive()
    for reply in (handled, waiting):
        with pytest.raises(pykka.ActorDeadError):
            await reply
    assert ref._actor.log == ["on_start", "waiting"]


async def test_an_actor_may_kill_itself_in_a_plain_handler_and_in_a_coroutine():
    for handler in (lambda me: me.kill(), _kill_and_wait):
        ref = Listener.start()
        ref.tell(Do(handler))
        ref.tell(Say("never heard"))
        await ref.ended()
        assert ref._actor.log == ["on_start"]


async def _kill_and_wait(me):
    me.kill()
    await asyncio.sleep(0)


async def test_an_asker_gets_the_error_of_an_actor_that_killed_itself(ref):
    def kill_and_fail(me):
        me.kill()
        raise ValueError

    with pytest.raises(ValueError):
        await ref.ask(Do(kill_and_fail), timeout=1)
    assert not ref.is_alive()


@pytest.mark.parametrize("fail", [Fail, FailAsync])
def test_a_keyboard_interrupt_is_raised_to_whoever_runs_the_loop(fail):
    log = []

    async def scenario():
        ref = Listener.start(log)
        ref.tell(fail(KeyboardInterrupt()))
        await asyncio.get_running_loop().create_future()

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(scenario())
    assert log == ["on_start"]


def test_actors_left_at_the_end_of_asyncio_run_end_with_it():
    refs = []

    async def scenario():
        refs.append(Listener.start())
        refs[0].tell(WaitFor(a_gate()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(scenario())
    assert not refs[0].is_alive()


def test_an_error_that_is_its_own_cause_is_logged_once():
    error = ValueError("a secret")
    error.__cause__ = error
    assert where(error).count("ValueError at:") == 1
