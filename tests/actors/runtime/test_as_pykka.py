"""Pykka's own test suites of actors and references, test by test, on `Actor`. Tests named `refused` are where we differ."""

from __future__ import annotations

import asyncio
import uuid

import pykka
import pytest
from pykka.messages import ProxyCall

from actors.runtime.metrics import counters_of
from actors.runtime.ref import ActorRef
from tests.actors.people import Do, Fail, Heard, Listener, Say, WaitFor, a_gate


@pytest.fixture
async def ref():
    ref = Listener.start()
    await ref.started()
    yield ref
    await ref.stop(now=True)


def log_of(ref: ActorRef) -> list[str]:
    return ref._actor.log


# test_actor.py


async def test_messages_left_in_the_mailbox_when_the_actor_stops_receive_an_error(ref):
    gate = a_gate()
    ref.tell(WaitFor(gate))
    ref.stop()
    reply = ref.ask(Say("too late"), timeout=None)
    gate.set_result(None)
    with pytest.raises(pykka.ActorDeadError):
        await reply


async def test_stop_requests_left_in_the_mailbox_when_the_actor_stops_are_handled(ref):
    gate = a_gate()
    ref.tell(WaitFor(gate))
    first, second = ref.stop(), ref.stop()
    gate.set_result(None)
    assert await first
    assert await second


async def test_an_actor_has_a_uuid4_as_urn(ref):
    assert uuid.UUID(ref.actor_urn).version == 4


async def test_each_actor_has_one_urn_of_its_own(ref):
    other = Listener.start()
    assert ref.actor_urn == ref.actor_urn != other.actor_urn
    await other.stop()


async def test_an_actor_that_was_not_started_has_a_name():
    actor = Listener()
    assert str(actor) == f"Listener ({actor.actor_urn})"


async def test_the_constructor_takes_any_arguments():
    class Any(Listener):
        def __init__(self, *args, **kwargs):
            super(Listener, self).__init__(*args, **kwargs)

    assert Any(1, 2, three=3).actor_inbox.empty()


async def test_on_start_comes_before_the_first_message(ref):
    fresh = Listener.start()
    fresh.tell(Say("hello"))
    assert await fresh.ask(Heard(), timeout=1) == ["on_start", "hello"]
    await fresh.stop()


async def test_on_start_runs_when_the_actor_is_counted_as_alive():
    seen = []

    class Looking(Listener):
        def on_start(self):
            seen.append(self in counters_of(Looking).live)

    ref = Looking.start()
    await ref.started()
    assert seen == [True]
    await ref.stop()


async def test_on_start_can_stop_the_actor_before_it_handles_anything():
    class StopsAtOnce(Listener):
        def on_start(self):
            self.stop()

    ref = StopsAtOnce.start()
    assert await ref.ended() is None
    assert log_of(ref) == ["on_stop"]


async def test_an_exception_in_on_start_ends_the_actor():
    class FailsToStart(Listener):
        def on_start(self):
            raise ValueError

    ref = FailsToStart.start()
    assert isinstance(await ref.ended(), ValueError)
    assert not ref.is_alive()
    assert log_of(ref) == []


async def test_on_stop_is_called_when_the_actor_is_stopped(ref):
    assert await ref.stop()
    assert log_of(ref) == ["on_start", "on_stop"]


async def test_an_exception_in_on_stop_ends_the_actor_too():
    class FailsToStop(Listener):
        def on_stop(self):
            raise ValueError

    ref = FailsToStop.start()
    assert await ref.stop()
    assert not ref.is_alive()
    assert isinstance(await ref.ended(), ValueError)


async def test_on_failure_is_called_when_nobody_asked(ref):
    ref.tell(Fail())
    await ref.ended()
    assert log_of(ref) == ["on_start", "on_failure ValueError"]


async def test_an_exception_in_on_failure_ends_the_actor_too():
    class FailsToFail(Listener):
        def on_failure(self, *exc_info):
            raise RuntimeError

    ref = FailsToFail.start()
    ref.tell(Fail())
    assert isinstance(await ref.ended(), ValueError)
    assert not ref.is_alive()


async def test_an_actor_that_failed_is_not_counted_as_alive(ref):
    ref.tell(Fail())
    await ref.ended()
    assert ref._actor not in counters_of(Listener).live


async def test_refused_a_system_exit_does_not_stop_all_actors(ref):
    other = Listener.start()
    ref.tell(Fail(SystemExit(3)))
    assert isinstance(await ref.ended(), SystemExit)
    assert await other.ask(Say("still here"), timeout=1) == "still here"
    await other.stop()


async def test_an_actor_may_stop_itself_several_times(ref):
    await ref.ask(Do(lambda me: [me.stop(), me.stop()]), timeout=1)
    assert await ref.ended() is None


async def test_an_actor_handles_what_was_sent_before_it_stops_itself(ref):
    def greet_and_stop(me):
        me.actor_ref.tell(Say("greetings"))
        me.stop()

    ref.tell(Do(greet_and_stop))
    await ref.ended()
    assert log_of(ref) == ["on_start", "greetings", "on_stop"]


# test_ref.py


async def test_repr_says_that_it_is_a_reference_and_to_whom(ref):
    assert repr(ref) == f"<ActorRef for Listener ({ref.actor_urn})>"


async def test_str_names_class_and_urn(ref):
    assert str(ref) == f"Listener ({ref.actor_urn})"


async def test_a_reference_knows_its_actors_class_and_mailbox(ref):
    assert ref.actor_class is Listener
    assert ref.actor_inbox is ref._actor.actor_inbox


async def test_a_running_actor_is_alive(ref):
    assert ref.is_alive()


async def test_a_stopped_actor_is_not_alive(ref):
    await ref.stop()
    assert not ref.is_alive()


async def test_actor_stopped_is_set_by_a_stop(ref):
    stopped = ref.actor_stopped
    assert not stopped.is_set()
    await ref.stop()
    assert stopped.is_set()


async def test_actor_stopped_is_set_also_if_it_is_first_used_after_the_stop(ref):
    await ref.stop()
    assert ref.actor_stopped.is_set()


async def test_stop_tells_whether_the_actor_was_running(ref):
    assert await ref.stop() is True
    assert await ref.stop() is False


async def test_an_actor_that_is_stopping_counts_as_running(ref):
    gate = a_gate()

    class Slow(Listener):
        async def on_stop(self):
            await gate

    slow = Slow.start()
    first = slow.stop()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not slow.is_alive()
    second = slow.stop()
    gate.set_result(None)
    assert await first is True
    assert await second is True


@pytest.mark.parametrize("message", [123, 123.456, {"a": "dict"}, ("a", "tuple"), ["a", "list"], ValueError("an error")])
async def test_tell_takes_any_object(message):
    heard = asyncio.get_running_loop().create_future()

    class Anything(Listener):
        def on_receive(self, message):
            heard.set_result(message)

    ref = Anything.start()
    ref.tell(message)
    assert await heard is message
    await ref.stop()


async def test_tell_fails_when_the_actor_is_dead(ref):
    await ref.stop()
    with pytest.raises(pykka.ActorDeadError) as caught:
        ref.tell(Say())
    assert str(caught.value) == f"{ref} not found"


async def test_ask_gives_the_reply(ref):
    assert await ref.ask(Say("pong"), timeout=1) == "pong"


async def test_ask_times_out(ref):
    gate = a_gate()
    with pytest.raises(pykka.Timeout, match=r"0\.01 seconds"):
        await ref.ask(WaitFor(gate), timeout=0.01)
    gate.set_result(None)


async def test_ask_gives_a_future_at_once(ref):
    gate = a_gate()
    reply = ref.ask(WaitFor(gate, "pong"), timeout=None)
    assert not reply.done()
    gate.set_result(None)
    assert await reply == "pong"


async def test_asking_a_dead_actor_fails_the_future(ref):
    await ref.stop()
    reply = ref.ask(Say(), timeout=1)
    with pytest.raises(pykka.ActorDeadError) as caught:
        await reply
    assert str(caught.value) == f"{ref} not found"


async def test_an_exception_goes_to_the_asker_and_the_actor_goes_on(ref):
    with pytest.raises(ValueError, match="a secret"):
        await ref.ask(Fail(), timeout=1)
    assert ref.is_alive()
    assert "on_failure ValueError" not in await ref.ask(Heard(), timeout=1)


async def test_refused_to_block(ref):
    with pytest.raises(TypeError):
        ref.ask(Say(), block=True, timeout=1)
    with pytest.raises(TypeError, match="asyncio futures"):
        ref.actor_class._create_future()


async def test_refused_to_be_a_proxy(ref):
    with pytest.raises(TypeError, match="tell or ask it a message"):
        ref.proxy()


async def test_refused_to_understand_proxy_messages(ref):
    assert await ref.ask(ProxyCall(attr_path=("stop",), args=(), kwargs={}), timeout=1) is None
    assert ref.is_alive()


async def test_refused_to_be_in_pykkas_registry(ref):
    assert pykka.ActorRegistry.get_all() == []
    assert ref._actor in counters_of(Listener).live


async def test_an_actor_without_on_receive_logs_the_kind_of_what_it_got(caplog):
    from actors.runtime.actor import Actor

    ref = Actor.start()
    assert await ref.ask(Say("a secret"), timeout=1) is None
    assert "unexpected message for Actor: Say" in caplog.text
    assert "a secret" not in caplog.text
    await ref.stop()


async def test_the_mailbox_keeps_pykkas_protocol(ref):
    inbox = Listener._create_actor_inbox()
    assert inbox.empty()
    inbox.put((Say("one"), None))
    assert inbox.get() == (Say("one"), None)
    with pytest.raises(IndexError):
        inbox.get()
