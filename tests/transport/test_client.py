"""The Telegram client against the sandbox, without faults of the sandbox: `transport/client.py`."""

import asyncio
from pathlib import Path

import pytest
from msgspec import structs
from pyrogram.crypto import rsa

from domain.errors import BadToken, Fenced, Unavailable
from domain.model.content import Text
from domain.model.ids import UserId
from domain.model.inbound import BotBlocked, BotUnblocked, ButtonPressed, CommandReceived, MessageReceived
from domain.model.outgoing import AnswerPress, Button, Lane, Notice, NotSent, Send, Sent, Why
from domain.session.vocabulary import vocabulary
from domain.settings import ChatRules, Settings, Telegram
from tests.transport.town import Town, killed
from transport.client import LEASE_POLL_SECONDS
from transport.sandbox.rpc.dispatch import METHODS
from transport.updates.inbox import LIMIT


async def test_a_bot_logs_in_and_says_who_it_is(town: Town):
    life = town.build()
    bot = await life.telegram.start(life.receive)
    assert (bot.id, bot.username, bot.name) == (town.bot.id, town.bot.username, town.bot.name)
    assert life.states == [("serving", "")]


async def test_a_text_comes_in_and_a_text_goes_out(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "hello there")
    said = await life.receives(MessageReceived)
    assert (said.user, said.content) == (anna.id, Text(text="hello there"))
    assert isinstance(await life.send(anna, "hello yourself"), Sent)
    assert town.phone(anna) == ["hello yourself"]


@pytest.mark.parametrize("protected", [True, False])
async def test_relayed_messages_are_protected_if_so_configured(town: Town, monkeypatch: pytest.MonkeyPatch, protected: bool):
    queries = []
    take = METHODS["messages.SendMessage"]
    monkeypatch.setitem(METHODS, "messages.SendMessage", lambda call, query: (queries.append(query), take(call, query))[1])
    rules = structs.replace(town.settings(), chat=ChatRules(protect_content=protected))
    life = await town.start(settings=rules)
    assert isinstance(await life.send(town.acquainted(), "a secret"), Sent)
    assert [(each.message, bool(each.noforwards)) for each in queries] == [("a secret", protected)]


async def test_two_hundred_messages_keep_their_order_both_ways(town: Town):
    life = await town.start()
    anna = town.person()
    life.answer = lambda inbound: life.submit(anna, f"re: {inbound.content.text}", key=str(inbound.message))
    texts = [f"message {number}" for number in range(200)]
    for text in texts:
        town.write(anna, text)
    await life.receives_texts(*texts)
    await life.send(anna, "the end")
    assert town.phone(anna) == [*(f"re: {text}" for text in texts), "the end"]


async def test_presses_blocks_and_commands_come_in(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "/start ref_abc")
    command = await life.receives(CommandReceived)
    assert (command.name, command.argument) == ("start", "ref_abc")
    question = Notice(text="ask-gender", buttons=((Button("gender-male", data="gender:male"),),))
    await life.telegram.submit(Send(to=UserId(anna.id), key="q", body=question, lane=Lane.ANSWER))
    town.sandbox.people.press(anna, town.bot, "gender:male")
    press = await life.receives(ButtonPressed)
    assert press.data == "gender:male"
    assert await life.telegram.submit(AnswerPress(query=press.query)) == Sent()
    town.sandbox.people.block(anna, town.bot, blocked=True)
    assert (await life.receives(BotBlocked)).user == anna.id
    outcome = await life.send(anna, "still there?")
    assert isinstance(outcome, NotSent)
    assert outcome.why is Why.GONE
    town.sandbox.people.block(anna, town.bot, blocked=False)
    assert (await life.receives(BotUnblocked)).user == anna.id


async def test_a_command_is_ours_by_the_bots_username(town: Town):
    life = await town.start()
    anna = town.person()
    ours = town.bot.username
    for typed in (f"/stop@{ours.upper()}", f"/stop@{ours}.", "/stop@somebody_elses_bot", "\u200e/stop\u00a0"):
        town.write(anna, typed)
    town.write(anna, "the end")
    await life.receives(MessageReceived)
    names = [update.name for update in life.received if isinstance(update, CommandReceived)]
    assert names == ["stop", "stop", "stop@somebody_elses_bot", "stop"]


async def test_own_messages_take_places_in_the_log_but_are_neither_delivered_nor_requested(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "one")
    await life.receives_texts("one")
    differences = town.calls("updates.GetDifference")
    await asyncio.gather(*(life.submit(anna, f"answer {number}") for number in range(20)))
    town.write(anna, "two")
    await life.receives_texts("one", "two")
    await town.store.stored(town.bot.pts)
    assert town.calls("updates.GetDifference") == differences


async def test_no_calls_are_hidden_behind_a_message(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "one")
    await life.receives_texts("one")
    before = dict(town.sandbox.dispatcher.calls)
    for number in range(10):
        town.sandbox.people.say(anna, town.bot, f"reply {number}", reply_to=1)
    await life.receives_texts("one", *(f"reply {number}" for number in range(10)))
    assert dict(town.sandbox.dispatcher.calls) == before


# Over several runs


async def test_a_second_start_resumes_without_logging_in(town: Town):
    await (await town.start()).telegram.stop()
    await town.start()
    assert town.calls("auth.ImportBotAuthorization") == 1


async def test_messages_written_before_the_very_first_start_are_not_delivered(town: Town):
    town.acquainted()
    life = await town.start()
    town.write(town.person(), "now")
    await life.receives_texts("now")


async def test_messages_written_between_two_runs_are_delivered_in_order(town: Town):
    await (await town.start()).telegram.stop()
    anna = town.person()
    texts = [f"message {number}" for number in range(250)]  # more than one slice of a difference
    for text in texts:
        town.write(anna, text)
    life = await town.start()
    await life.receives_texts(*texts)
    await town.store.stored(town.bot.pts)


async def test_after_a_crash_unconfirmed_updates_come_again_and_confirmed_ones_do_not(town: Town):
    first = await town.start(confirming=False)
    anna = town.person()
    for number, text in enumerate(texts := ("one", "two", "three", "four"), start=1):
        town.write(anna, text)
        await first.receives_texts(*texts[:number])
    numbers = [said.pts for said in first.received]
    for number in (numbers[0], numbers[1], numbers[3]):
        first.telegram.confirm(number)
    await town.store.stored(town.bot.pts - 2)
    await killed(first)
    second = await town.start()
    await second.receives_texts("three", "four")
    assert [said.pts for said in second.received] == numbers[2:]


async def test_a_message_sent_again_after_a_crash_is_seen_once(town: Town):
    first = await town.start(confirming=False)
    anna = town.person()
    town.write(anna, "hello")
    await first.receives_texts("hello")
    assert isinstance(await first.send(anna, "answer", key="1:5:0"), Sent)
    await killed(first)
    second = await town.start()
    await second.receives_texts("hello")
    assert await second.send(anna, "answer", key="1:5:0") == Sent(message=None)
    assert town.phone(anna) == ["answer"]


async def test_access_hashes_are_stored_before_the_place_in_the_log(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "hello")
    await life.receives_texts("hello")
    town.store.writes.clear()
    town.write(town.person(), "hello too")
    await town.store.stored(town.bot.pts)
    assert town.store.writes[:2] == ["peers", "state"]
    assert anna.id in town.store.hashes


async def test_a_new_run_can_write_to_people_met_in_an_earlier_one(town: Town):
    first = await town.start()
    anna = town.person()
    town.write(anna, "hello")
    await first.receives_texts("hello")
    await first.telegram.stop()
    second = await town.start()
    assert isinstance(await second.send(anna, "welcome back"), Sent)


async def test_stop_stores_how_far_it_came_and_may_be_called_twice(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "hello")
    await life.receives_texts("hello")
    await life.telegram.stop()
    assert town.store.state is not None
    assert town.store.state[0] == town.bot.pts
    await life.telegram.stop()
    assert life.states[-1] == ("stopped", "")


async def test_stop_sends_what_was_submitted_before(town: Town):
    life = await town.start()
    anna = town.acquainted()
    sends = [life.submit(anna, f"last words {number}") for number in range(5)]
    await life.telegram.stop()
    assert all(isinstance(send.result(), Sent) for send in sends)


# The receiver


async def test_a_slow_receiver_misses_no_updates(town: Town):
    life = await town.start()
    life.gate.clear()
    anna = town.person()
    texts = [f"message {number}" for number in range(2 * LIMIT + 500)]
    for text in texts:
        town.write(anna, text)
    assert isinstance(await life.send(anna, "busy"), Sent)  # the answers still come through
    inbox = life.telegram._inbox
    assert len(inbox._ready) + len(inbox._held) <= LIMIT
    life.gate.set()
    await life.receives_texts(*texts)


async def test_more_updates_than_any_buffer_holds_are_delivered_after_an_unconfirmed_one_and_come_again_after_a_crash(
    town: Town,
):
    first = await town.start(confirming=False)
    anna = town.person()
    town.write(anna, "stuck")
    await first.receives_texts("stuck")
    place = first.received[0].pts
    first.confirming = True
    texts = [f"message {number}" for number in range(LIMIT + 500)]
    for text in texts:
        town.write(anna, text)
    await first.receives_texts("stuck", *texts)
    assert first.telegram._inbox.pts.confirmed < place
    await killed(first)
    second = await town.start()
    await second.receives_texts("stuck", *texts)


async def test_a_receiver_that_fails_stops_the_bot_and_its_update_comes_again(town: Town):
    life = await town.start()

    def fail(_) -> None:
        raise RuntimeError("a bug of ours")

    life.answer = fail
    anna = town.person()
    town.write(anna, "hello")
    assert "RuntimeError" in await life.reaches("serving", "stopped")
    assert await life.send(anna, "anything") == NotSent(why=Why.STALE)
    await life.telegram.stop()
    second = await town.start()
    await second.receives_texts("hello")


# The lease


async def test_a_fenced_bot_sends_nothing(town: Town):
    life = await town.start()
    anna = town.acquainted()
    life.telegram.fence()
    assert await life.send(anna, "too late") == NotSent(why=Why.STALE)
    assert town.phone(anna) == []


async def test_a_process_that_resumes_after_its_lease_expired_sends_nothing(town: Town):
    owned = True
    life = await town.start(may_send=lambda: owned)
    anna = town.acquainted()
    assert isinstance(await life.send(anna, "mine"), Sent)
    owned = False
    saying = asyncio.ensure_future(life.send(anna, "no longer mine"))
    await asyncio.wait([saying], timeout=2 * LEASE_POLL_SECONDS)
    assert not saying.done()
    life.telegram.fence()
    assert await saying == NotSent(why=Why.STALE)
    assert town.phone(anna) == ["mine"]


async def test_a_stop_does_not_wait_for_calls_that_may_not_be_made(town: Town):
    owned = True
    life = await town.start(may_send=lambda: owned)
    owned = False
    saying = asyncio.ensure_future(life.send(town.acquainted(), "no longer mine"))
    await asyncio.sleep(0)
    async with asyncio.timeout(town.settings().telegram.call_timeout / 2):
        await life.telegram.stop()
    assert await saying == NotSent(why=Why.STALE)


async def test_a_message_submitted_while_the_lease_was_expired_is_sent_once_it_is_renewed(town: Town):
    owned = False
    life = await town.start(may_send=lambda: owned)
    anna = town.acquainted()
    saying = asyncio.ensure_future(life.send(anna, "mine after all"))
    await asyncio.wait([saying], timeout=2 * LEASE_POLL_SECONDS)
    assert town.phone(anna) == []
    owned = True
    assert isinstance(await saying, Sent)
    assert town.phone(anna) == ["mine after all"]


async def test_an_update_that_arrives_after_the_lease_expired_waits_until_it_is_renewed(town: Town):
    owned = True
    life = await town.start(may_send=lambda: owned)
    anna = town.person()
    town.write(anna, "mine")
    await life.receives_texts("mine")
    owned = False
    town.write(anna, "whose is this?")
    later = asyncio.ensure_future(life.receives_texts("mine", "whose is this?"))
    await asyncio.wait([later], timeout=2 * LEASE_POLL_SECONDS)
    assert life.texts == ["mine"]
    owned = True
    await later


async def test_a_former_owner_that_may_not_store_disconnects(town: Town):
    life = await town.start()
    town.store.taken_over = True
    anna = town.person()
    town.write(anna, "hello")
    assert await life.reaches("serving", "stopped") == "another owner"
    assert await life.send(anna, "anything") == NotSent(why=Why.STALE)


async def test_an_unavailable_store_is_tried_again(town: Town):
    life = await town.start()
    town.store.away = True
    town.write(town.person(), "hello")
    await life.receives_texts("hello")
    await town.store.noted("peers refused")
    town.store.away = False
    await town.store.stored(town.bot.pts)


# Starts that fail


async def test_a_wrong_token_is_refused_for_good(town: Town):
    life = town.build(token=f"{town.bot.id}:wrong")
    with pytest.raises(BadToken, match="ACCESS_TOKEN_INVALID"):
        await life.telegram.start(life.receive)
    assert life.states[-1][0] == "refused"
    assert "wrong" not in life.states[-1][1]


async def test_a_server_that_is_not_there_is_unavailable(town: Town, unused_tcp_port: int):
    settings = Settings(telegram=Telegram(server=f"127.0.0.1:{unused_tcp_port}"))
    life = town.build(settings=settings)
    with pytest.raises(Unavailable, match="cannot be reached"):
        await life.telegram.start(life.receive)


async def test_a_server_that_says_nothing_is_unavailable_in_time(town: Town):
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = Settings(telegram=Telegram(server=f"127.0.0.1:{port}", connect_timeout=0.3))
    life = town.build(settings=settings)
    with pytest.raises(Unavailable, match="in time"):
        await life.telegram.start(life.receive)
    server.close()
    await server.wait_closed()


async def test_a_server_with_another_key_is_named_as_such(town: Town):
    known = dict(rsa.server_public_keys)
    life = town.build()
    rsa.server_public_keys.clear()
    try:
        with pytest.raises(Unavailable, match=r"telegram\.public_key"):
            await life.telegram.start(life.receive)
    finally:
        rsa.server_public_keys.update(known)


async def test_a_start_without_the_lease_is_fenced(town: Town):
    town.store.taken_over = True
    life = town.build()
    with pytest.raises(Fenced):
        await life.telegram.start(life.receive)


# What is not written or logged


async def test_nothing_is_written_into_the_working_directory(town: Town, tmp_path: Path):
    life = await town.start()
    anna = town.acquainted()
    before = names_in(tmp_path)
    for code, text in ((400, "NEVER_HEARD_OF"), (999, "WHAT_IS_THIS"), (420, "SOME_NEW_WAIT")):
        town.inflict("error", method="sendmessage", code=code, text=text)
        assert isinstance(await life.send(anna, text), NotSent)
    assert names_in(tmp_path) == before


async def test_neither_texts_nor_tokens_are_logged(town: Town, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    life = await town.start()
    anna = town.person()
    town.write(anna, "a secret confession")
    await life.receives_texts("a secret confession")
    await life.send(anna, "a discreet answer")
    await life.telegram.stop()
    assert "secret confession" not in caplog.text
    assert "discreet answer" not in caplog.text
    assert town.bot.token not in caplog.text
    assert town.bot.token.partition(":")[2] not in caplog.text


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_the_list_of_commands_is_registered_at_telegram(town: Town):
    life = await town.start()
    await life.send(town.acquainted(), "calls are made in order")
    [[place, commands]] = town.bot.settings["commands"].items()
    assert place == "BotCommandScopeDefault/"
    assert ["stop", "leave the chat, or stop searching"] in commands
    assert [name for name, _ in commands] == [each.name for each in vocabulary().commands]
