"""The Telegram client when Telegram misbehaves: `transport/mtproto/link.py`, `transport/updates/inbox.py`,
`transport/calls/sending.py`.
"""

import asyncio
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.errors import BadToken, Unavailable
from domain.model.outgoing import NotSent, Sent, Why
from tests.faults.proxy import Proxy
from tests.transport.town import FREELY, Town, killed
from transport.mtproto.link import SILENT_LOOKS
from transport.sandbox.server import Sandbox


async def test_messages_written_while_the_connection_was_cut_are_delivered_in_order(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "before")
    await life.receives_texts("before")
    town.sandbox._cut(town.bot.id)
    for text in ("during one", "during two"):
        town.write(anna, text)
    await life.reaches("serving", "connecting", "serving")
    town.write(anna, "after")
    await life.receives_texts("before", "during one", "during two", "after")


async def test_an_update_lost_with_its_connection_is_delivered_after_the_reconnect(town: Town):
    life = await town.start()
    anna = town.person()
    town.inflict("drop", method="updates")
    town.write(anna, "into the void")
    await life.receives_texts("into the void")


async def test_one_cut_after_another_loses_nothing_and_doubles_nothing(town: Town):
    life = await town.start()
    anna = town.person()
    texts = [f"message {number}" for number in range(40)]
    for number, text in enumerate(texts):
        town.write(anna, text)
        if number % 10 == 9:
            town.sandbox._cut(town.bot.id)
            await life.reaches(*["connecting", "serving"] * (number // 10 + 1))
    await life.receives_texts(*texts)


async def test_a_send_at_the_moment_of_a_cut_arrives_once(town: Town):
    life = await town.start()
    anna = town.acquainted()
    sends = [life.submit(anna, f"message {number}") for number in range(20)]
    town.inflict("drop", method="sendmessage")
    outcomes = await asyncio.gather(*sends)
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert town.phone(anna) == [f"message {number}" for number in range(20)]


async def test_a_call_whose_answer_is_lost_is_made_again_and_its_message_is_seen_once(town: Town):
    life = await town.start(settings=town.settings(call_timeout=0.3))
    anna = town.acquainted()
    town.inflict("lose_answer", method="sendmessage")
    assert await life.send(anna, "once") == Sent(message=None)
    assert town.phone(anna) == ["once"]
    town.write(anna, "and then")
    await life.receives_texts("hello", "and then")


async def test_connections_cut_again_and_again_neither_lose_nor_double_a_message(town: Town):
    life = await town.start(settings=town.settings(call_timeout=0.3))
    anna = town.acquainted()
    town.inflict("drop", method="sendmessage", times=4)
    assert isinstance(await life.send(anna, "hello"), Sent)
    assert town.phone(anna) == ["hello"]


async def test_a_send_without_an_answer_in_time_is_unreachable(town: Town):
    impatient = replace(town.settings(call_timeout=0.2), pacing=replace(FREELY, max_park_seconds=0.5))
    life = await town.start(settings=impatient)
    anna = town.acquainted()
    town.inflict("lose_answer", method="sendmessage", times=100)
    assert await life.send(anna, "hello?") == NotSent(why=Why.UNREACHABLE)


async def test_an_internal_error_is_tried_again(town: Town):
    life = await town.start()
    anna = town.acquainted()
    town.inflict("error", method="sendmessage", code=500, text="INTERNAL_SERVER_ERROR", times=3)
    assert isinstance(await life.send(anna, "hello"), Sent)


async def test_an_internal_error_that_persists_is_unreachable(town: Town):
    life = await town.start()
    anna = town.acquainted()
    town.inflict("error", method="sendmessage", code=500, text="INTERNAL_SERVER_ERROR", times=100)
    assert await life.send(anna, "hello") == NotSent(why=Why.UNREACHABLE, detail="INTERNAL_SERVER_ERROR")


async def test_a_duplicate_update_is_delivered_once(town: Town):
    life = await town.start()
    anna = town.person()
    town.inflict("duplicate", times=3)
    texts = [f"message {number}" for number in range(5)]
    for text in texts:
        town.write(anna, text)
    await life.receives_texts(*texts)


async def test_updates_out_of_order_are_put_in_order_without_a_difference(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "zero")
    await life.receives_texts("zero")
    differences = town.calls("updates.GetDifference")
    town.inflict("reorder", seconds=10.0)
    town.write(anna, "one")
    town.write(anna, "two")
    await life.receives_texts("zero", "one", "two")
    assert town.calls("updates.GetDifference") == differences


async def test_a_missing_update_is_requested(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "zero")
    await life.receives_texts("zero")
    town.inflict("delay", method="updates", seconds=30.0)
    town.write(anna, "one")
    town.write(anna, "two")
    await life.receives_texts("zero", "one", "two")


async def test_defect_13_a_flood_wait_parks_one_recipient_and_no_other(town: Town):
    life = await town.start()
    anna, boris = town.acquainted(), town.acquainted()
    town.inflict("flood_wait", method="sendmessage", seconds=1.0)
    parked = life.submit(anna, "to anna")
    assert isinstance(await life.send(boris, "to boris"), Sent)
    assert not parked.done()
    assert isinstance(await parked, Sent)
    assert town.phone(anna) == ["to anna"]


async def test_a_key_that_the_server_forgot_is_replaced_by_a_new_login(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "one")
    await life.receives_texts("one")
    town.inflict("forget_key")
    town.write(anna, "two")
    assert isinstance(await life.send(anna, "answer"), Sent)
    town.write(anna, "three")
    await life.receives_texts("one", "two", "three")
    assert town.calls("auth.ImportBotAuthorization") == 2


async def test_a_key_that_the_server_forgot_between_two_runs_is_replaced_at_the_start(town: Town):
    await (await town.start()).telegram.stop()
    town.inflict("forget_key")
    anna = town.person()
    town.write(anna, "meanwhile")
    life = await town.start()
    await life.receives_texts("meanwhile")


async def test_a_key_used_from_two_places_is_replaced_by_a_new_one(town: Town):
    life = await town.start()
    anna = town.acquainted()
    town.inflict("key_duplicated", method="sendmessage")
    assert isinstance(await life.send(anna, "hello"), Sent)
    assert town.phone(anna) == ["hello"]
    assert town.calls("auth.ImportBotAuthorization") == 2
    town.write(anna, "and back")
    await life.receives_texts("hello", "and back")


async def test_a_token_revoked_while_running_is_reported_and_stops_the_bot(town: Town):
    life = await town.start()
    anna = town.acquainted()
    town.sandbox.revoke(town.bot)
    outcome = life.submit(anna, "am I still here?")
    assert "ACCESS_TOKEN_EXPIRED" in await life.reaches("serving", "connecting", "refused")
    assert await outcome == NotSent(why=Why.STALE)
    assert (await life.submit(anna, "and now?")).why is Why.UNREACHABLE, "nobody waits for a bot that may be gone for days"
    await life.telegram.stop()
    assert life.telegram.state == "refused"


async def test_a_flood_wait_for_the_difference_is_respected(town: Town):
    life = await town.start()
    anna = town.person()
    town.write(anna, "hello")
    await life.receives_texts("hello")
    town.inflict("flood_wait", method="updates.getdifference", seconds=1.0)
    began = asyncio.get_running_loop().time()
    town.inflict("drop", method="updates")
    town.write(anna, "only the difference knows this")
    await life.receives_texts("hello", "only the difference knows this")
    assert asyncio.get_running_loop().time() - began >= 1.0


async def test_a_flood_wait_at_the_login_is_reported_and_respected(town: Town):
    town.inflict_login("flood_wait", seconds=7.0)
    life = town.build()
    with pytest.raises(Unavailable, match="another 7 seconds"):
        await life.telegram.start(life.receive)
    with pytest.raises(Unavailable, match="another 7 seconds"):
        await life.telegram.start(life.receive)
    assert town.calls("auth.ImportBotAuthorization") == 1


async def test_a_server_that_closes_every_connection_gets_only_a_few_tries(town: Town):
    """Within the first second of an outage there are a few tries, not thousands."""
    life = await town.start()
    met = 0
    enough = asyncio.Event()

    async def slam(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal met
        met += 1
        writer.close()
        if met == 4:
            enough.set()

    port = town.sandbox.port
    town.sandbox._server.close()
    slammer = await asyncio.start_server(slam, "127.0.0.1", port)
    begun = asyncio.get_running_loop().time()
    town.sandbox._cut(None)
    await enough.wait()
    assert asyncio.get_running_loop().time() - begun > 0.3
    slammer.close()
    await slammer.wait_closed()
    assert life.telegram.state == "connecting"


async def test_the_bot_reconnects_to_a_server_that_was_down(tmp_path: Path):
    async with Sandbox(tmp_path / "sandbox") as first:
        town = Town(first)
        life = await town.start()
        anna = town.person()
        town.write(anna, "one")
        await life.receives_texts("one")
        port = first.port
    async with Sandbox(tmp_path / "sandbox", port=port) as second:
        town.sandbox = second
        town.bot = second.world.bots[town.bot.id]
        town.write(second.world.users[anna.id], "two")
        await life.receives_texts("one", "two")
        await town.close()


async def test_updates_of_a_server_that_lost_its_data_are_delivered(tmp_path: Path):
    async with Sandbox(tmp_path / "old") as first:
        town = Town(first)
        life = await town.start()
        for number in range(5):
            town.write(town.person(), str(number))
        await life.receives_texts(*"01234")
        await life.telegram.stop()
    async with Sandbox(tmp_path / "new") as second:
        reborn = Town(second)
        reborn.store = town.store
        await (life := await reborn.start()).telegram.pacer.drain(0)
        reborn.write(reborn.person(), "anybody there?")
        await life.receives_texts("anybody there?")
        await reborn.close()


async def test_a_start_after_a_failed_start_works_on_the_same_client(town: Town):
    town.inflict_login("error", code=500, text="INTERNAL_SERVER_ERROR")
    life = town.build()
    with pytest.raises(Unavailable, match="INTERNAL_SERVER_ERROR"):
        await life.telegram.start(life.receive)
    await life.telegram.start(life.receive)
    town.write(town.person(), "hello")
    await life.receives_texts("hello")


async def test_a_wrong_api_id_names_its_setting(town: Town):
    town.inflict_login("error", code=400, text="API_ID_INVALID")
    with pytest.raises(BadToken, match=r"telegram\.api_id"):
        await town.start()


async def test_a_wrong_clock_is_corrected_by_the_server(town: Town):
    life = await town.start()
    anna = town.acquainted()
    life.telegram._link._client._server_time_offset += 4000.0
    assert isinstance(await life.send(anna, "what time is it?"), Sent)
    assert abs(life.telegram._link._client.server_time - time.time()) < 10
    assert town.phone(anna) == ["what time is it?"]


async def test_a_changed_salt_is_used_by_all_calls_in_flight(town: Town):
    life = await town.start()
    people = [town.acquainted() for _ in range(5)]
    for key in town.sandbox.keyring.of(town.bot.id):
        key.salt += 1
    outcomes = await asyncio.gather(*(life.submit(person, f"hello {person.name}") for person in people))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert [town.phone(person) for person in people] == [[f"hello {person.name}"] for person in people]


async def test_a_large_packet_is_encrypted_in_a_thread(town: Town):
    life = await town.start()
    anna = town.acquainted()
    outcome = await life.send(anna, "x" * 100_000)
    assert outcome == NotSent(why=Why.REFUSED, detail="MESSAGE_TOO_LONG")
    assert isinstance(await life.send(anna, "shorter, then"), Sent)


async def test_after_telegram_refuses_the_place_the_bot_goes_to_the_end_of_the_log(town: Town):
    await (await town.start()).telegram.stop()
    town.inflict("error", method="getdifference", code=400, text="PERSISTENT_TIMESTAMP_INVALID")
    town.write(town.person(), "lost to us")
    life = await town.start()
    await town.store.stored(town.bot.pts)
    town.write(town.person(), "hello")
    await life.receives_texts("hello")


async def test_a_recipient_who_cannot_be_looked_up_is_unreachable(town: Town):
    life = await town.start()
    town.store.away = True
    assert await life.send(town.person(), "hello") == NotSent(why=Why.UNREACHABLE, detail="STORE")


async def test_an_update_after_our_own_message_is_delivered_once_the_place_of_that_message_is_known(town: Town):
    life = await town.start()
    anna = town.acquainted()
    await life.receives_texts("hello")
    shown = asyncio.Event()
    town.sandbox.events.watch(anna.id, shown)
    town.inflict("delay", method="sendmessage", seconds=0.2)
    answered = life.submit(anna, "how are you?")
    await shown.wait()
    town.write(anna, "fine")
    assert isinstance(await answered, Sent)
    await life.receives_texts("hello", "fine")


async def test_with_empty_places_in_the_log_a_restarted_process_misses_nothing(town: Town):
    """A difference has empty places in its middle and at its end. Confirming one of its updates confirms no other."""
    await (await town.start()).telegram.stop()
    anna = town.person()
    town.inflict("phantom_places", times=3)
    for text in ("one", "two", "three"):
        town.write(anna, text)
    first = await town.start(confirming=False)
    await first.receives_texts("one", "two", "three")
    begun = town.store.state
    first.telegram.confirm(first.received[0].pts)
    first.telegram.confirm(first.received[1].pts)
    await first.telegram.stop()
    assert town.store.state[:2] == begun[:2], "a difference is one unit"
    second = await town.start()
    await second.receives_texts("one", "two", "three")
    assert [said.pts for said in second.received] == [said.pts for said in first.received]
    await town.store.stored(town.bot.pts)


async def test_an_update_has_the_same_key_live_and_in_a_difference(town: Town):
    first = await town.start(confirming=False)
    anna = town.person()
    town.write(anna, "live")
    await first.receives_texts("live")
    town.inflict("phantom_places", times=2)
    for text in ("empty places behind it", "and more of them"):
        town.write(anna, text)
    await first.receives_texts("live", "empty places behind it", "and more of them")
    await killed(first)
    second = await town.start()
    await second.receives_texts("live", "empty places behind it", "and more of them")
    assert [said.pts for said in second.received] == [said.pts for said in first.received]


async def test_with_empty_places_in_the_log_repeated_cuts_of_the_connection_lose_nothing(town: Town):
    life = await town.start()
    anna = town.person()
    town.inflict("phantom_places", times=1000)
    texts = [f"message {number}" for number in range(30)]
    for number, text in enumerate(texts):
        town.write(anna, text)
        if number % 10 == 9:
            town.sandbox._cut(town.bot.id)
            await life.reaches(*["connecting", "serving"] * (number // 10 + 1))
    await life.receives_texts(*texts)
    await town.store.stored(town.bot.pts)


async def test_a_bot_that_gets_no_difference_for_long_reports_a_problem_until_it_gets_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("transport.updates.inbox.FAILING_SECONDS", 0.0)
    town.inflict("error", method="getdifference", times=1000)
    life = await town.start()
    while not life.telegram.problems:  # noqa: ASYNC110 - nothing notifies of a change
        await asyncio.sleep(0.01)
    assert "Telegram gives no difference (INTERNAL_SERVER_ERROR)" in life.telegram.problems[0]
    town.write(town.person(), "still waiting")
    town.sandbox.faults.clear()
    await life.receives_texts("still waiting")
    assert life.telegram.problems == ()


async def test_a_connection_on_which_nothing_comes_any_more_is_made_anew(town: Town):
    """Nothing tells of its end: the machine at the other side has vanished."""
    proxy = await Proxy(lambda: town.sandbox.port).open()
    server = f"127.0.0.1:{proxy.port}"
    settings = replace(town.settings(), telegram=replace(town.settings().telegram, server=server))
    life = await town.start(settings=settings)
    proxy.stall()
    before = life.telegram.heard
    for _ in range(SILENT_LOOKS + 1):
        life.telegram.look()
    assert before is not None
    assert "does not answer" in await life.reaches("serving", "connecting")
    await proxy.open()
    await life.reaches("serving", "connecting", "serving")
    await life.telegram.stop()
    await proxy.refuse()


async def test_a_log_in_without_telegram_says_why_it_waits(town: Town):
    town.inflict_login("flood_wait", seconds=1800.0)
    life = town.build()
    with pytest.raises(Unavailable):
        await life.telegram.start(life.receive)
    assert (life.telegram.state, life.telegram.heard) == ("connecting", None)
    assert life.telegram.detail == "Telegram refuses log-ins of this bot for another 30 minutes"
