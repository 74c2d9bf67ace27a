"""Messages from other threads, by the `_threadsafe` methods."""

from __future__ import annotations

import asyncio

import pykka
import pytest

from actors.runtime.dead_letters import dead_letters
from tests.actors.people import Fail, Heard, Listener, Say, Small, WaitFor, a_gate


@pytest.fixture
async def ref():
    ref = Listener.start()
    await ref.started()
    yield ref
    await ref.stop(now=True)


async def test_another_thread_tells_and_asks(ref):
    def elsewhere():
        ref.tell_threadsafe(Say("from elsewhere"))
        return ref.ask_threadsafe(Heard(), timeout=1).result()

    assert await asyncio.to_thread(elsewhere) == ["on_start", "from elsewhere"]


async def test_another_thread_gets_the_exception(ref):
    with pytest.raises(ValueError, match="a secret"):
        await asyncio.to_thread(lambda: ref.ask_threadsafe(Fail(), timeout=1).result())


async def test_another_thread_times_out(ref):
    gate = a_gate()
    with pytest.raises(pykka.Timeout):
        await asyncio.to_thread(lambda: ref.ask_threadsafe(WaitFor(gate), timeout=0.01).result())
    gate.set_result(None)


async def test_a_message_is_not_handled_if_the_other_thread_gave_up(ref):
    result = ref.ask_threadsafe(Say("not heard"), timeout=1)
    result.cancel()
    assert await ref.ask(Heard(), timeout=1) == ["on_start"]
    assert await ref.ask(Heard(), timeout=1) == ["on_start"]


async def test_a_dead_actor_refuses_other_threads(ref):
    await ref.stop()
    with pytest.raises(pykka.ActorDeadError):
        await asyncio.to_thread(ref.tell_threadsafe, Say())
    with pytest.raises(pykka.ActorDeadError):
        await asyncio.to_thread(lambda: ref.ask_threadsafe(Say(), timeout=1).result())


async def test_a_message_to_an_actor_that_ends_meanwhile_is_a_dead_letter(ref):
    before = dead_letters.count
    ref.tell_threadsafe(Say())
    ref.kill()
    await asyncio.sleep(0)
    assert dead_letters.count == before + 1


async def test_a_message_that_a_full_mailbox_refuses_is_a_dead_letter():
    ref = Small.start()
    await ref.started()
    for _ in range(3):
        ref.tell(Say())
    ref._actor.scheduled = True
    before = dead_letters.count
    ref._tell_or_drop(Say())
    assert dead_letters.count == before + 1
    assert dead_letters.recent[-1].why == "mailbox full"
    ref.kill()


def test_an_actor_whose_loop_is_closed_is_dead():
    async def start():
        return Listener.start()

    ref = asyncio.run(start())
    with pytest.raises(pykka.ActorDeadError):
        ref.tell_threadsafe(Say())
    with pytest.raises(pykka.ActorDeadError):
        ref.ask_threadsafe(Say(), timeout=1)
