"""A full mailbox refuses messages, lets senders wait, or drops ephemeral messages."""

from __future__ import annotations

import asyncio
import sys

import pykka
import pytest

from actors.runtime.actor import configure
from actors.runtime.mailbox import Mailbox, MailboxFull
from actors.runtime.metrics import counters_of
from domain.settings import Actors
from tests.actors.people import Fail, Heard, Listener, Say, Small, Typing, Urgent, WaitFor, a_gate


@pytest.fixture
async def gate():
    return a_gate()


@pytest.fixture
async def busy(gate):
    """An actor with room for three that handles a first message until the gate opens."""
    ref = Small.start()
    await ref.started()
    ref.tell(WaitFor(gate, "busy"))
    await asyncio.sleep(0)
    yield ref
    ref.kill()


def fill(ref):
    for number in range(3):
        ref.tell(Say(str(number)))


async def test_a_full_mailbox_refuses_a_message(busy):
    fill(busy)
    assert busy.full
    with pytest.raises(MailboxFull, match="has 3 messages waiting"):
        busy.tell(Say())


async def test_an_ask_of_a_full_mailbox_fails_the_future(busy):
    fill(busy)
    with pytest.raises(MailboxFull):
        await busy.ask(Say(), timeout=1)


async def test_ephemeral_messages_are_dropped_and_counted(busy):
    fill(busy)
    before = counters_of(Small).dropped
    busy.tell(Typing())
    assert counters_of(Small).dropped == before + 1
    assert busy.actor_inbox.limit == len(busy.actor_inbox)


async def test_system_messages_go_ahead_and_are_never_refused(busy, gate):
    fill(busy)
    busy.tell(Urgent("first"))
    busy.tell(Urgent("second"))
    gate.set_result(None)
    await busy.stop()
    assert busy._actor.log[2:] == ["busy", "first", "second", "0", "1", "2", "on_stop"]


async def test_a_stop_is_never_refused_and_waits_for_earlier_messages(busy, gate):
    fill(busy)
    stopped = busy.stop()
    gate.set_result(None)
    assert await stopped
    assert busy._actor.log[2:] == ["busy", "0", "1", "2", "on_stop"]


async def test_a_stop_now_goes_ahead(busy, gate):
    fill(busy)
    stopped = busy.stop(now=True)
    gate.set_result(None)
    assert await stopped
    assert busy._actor.log[2:] == ["busy", "on_stop"]


async def test_send_waits_for_room_and_keeps_the_order(busy, gate):
    fill(busy)
    senders = [asyncio.create_task(busy.send(Say(f"sent {number}"))) for number in range(5)]
    await asyncio.sleep(0)
    assert not any(sender.done() for sender in senders)
    gate.set_result(None)
    await asyncio.gather(*senders)
    await busy.send(Heard())
    await busy.stop()
    assert busy._actor.log[2:] == ["busy", "0", "1", "2", *(f"sent {number}" for number in range(5)), "on_stop"]


async def test_send_returns_at_once_if_there_is_room(busy):
    await busy.send(Say("there is"))
    assert len(busy.actor_inbox) == 1


async def test_a_cancelled_sender_sends_nothing(busy, gate):
    fill(busy)
    given_up, patient = asyncio.create_task(busy.send(Say("given up"))), asyncio.create_task(busy.send(Say("patient")))
    await asyncio.sleep(0)
    given_up.cancel()
    gate.set_result(None)
    await patient
    await busy.stop()
    assert "given up" not in busy._actor.log
    assert "patient" in busy._actor.log


async def test_senders_that_wait_are_told_when_the_actor_ends(busy):
    fill(busy)
    sender = asyncio.create_task(busy.send(Say()))
    await asyncio.sleep(0)
    busy.kill()
    with pytest.raises(pykka.ActorDeadError):
        await sender
    with pytest.raises(pykka.ActorDeadError):
        await busy.send(Say())


async def test_senders_that_wait_are_told_when_an_earlier_message_ends_the_actor():
    ref = Small.start()
    ref.tell(Fail())
    for number in range(2):
        ref.tell(Say(str(number)))
    with pytest.raises(pykka.ActorDeadError):
        await asyncio.gather(*(ref.send(Say()) for _ in range(3)))


async def test_order_holds_while_sending_and_handling_alternate():
    ref = Listener.start()
    for number in range(200):
        await ref.send(Say(str(number)))
        if number % 7 == 0:
            await asyncio.sleep(0)
    assert (await ref.ask(Heard(), timeout=1))[1:] == [str(number) for number in range(200)]
    await ref.stop()


def test_a_long_mailbox_keeps_its_order_and_is_small_again_once_it_is_empty():
    mailbox = Mailbox(100_000)
    fresh = sys.getsizeof(mailbox._user)
    for number in range(1000):
        mailbox.put((number, None))
    assert [mailbox.get()[0] for _ in range(500)] == list(range(500))
    mailbox.put((1000, None))
    assert [mailbox.get()[0] for _ in range(501)] == list(range(500, 1001))
    assert mailbox.empty()
    assert sys.getsizeof(mailbox._user) == fresh


async def test_the_limit_comes_from_the_settings():
    configure(Actors(mailbox_limit=7))
    try:
        assert Listener().actor_inbox.limit == 7
        assert Small().actor_inbox.limit == 3
    finally:
        configure(Actors())
