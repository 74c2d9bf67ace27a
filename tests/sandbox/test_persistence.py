"""The sandbox as a process: killed, it comes back with its world, its keys and its memory of random ids."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pyrogram.errors import RPCError
from websockets.asyncio.client import connect

from tests.sandbox.shop import befalls, buys, earnings, invoice, linked, noticed, offered, passes, pays, wallet
from tests.sandbox.test_subscriptions import MONTH
from tests.sandbox.town import F, Person, T, Town
from transport.sandbox.mtproto.credentials import prepare

ROOT = Path(__file__).parents[2]


async def start(folder: Path, *, port: int = 0) -> tuple[asyncio.subprocess.Process, dict]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "transport.sandbox", "--folder", folder, "--port", str(port), "--http-port", "0"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        return process, json.loads(await process.stdout.readline())


@asynccontextmanager
async def running(folder: Path, *, port: int = 0, ending: int = signal.SIGTERM) -> AsyncIterator[Town]:
    process, endpoint = await start(folder, port=port)
    try:
        public_key, tokens = Path(endpoint["public_key"]), tuple(endpoint["tokens"])
        async with Town(endpoint["http_port"], endpoint["port"], public_key, tokens) as town:
            yield town
    finally:
        process.send_signal(ending)
        async with asyncio.timeout(5):
            assert await process.wait() == (0 if ending == signal.SIGTERM else -ending)


async def test_the_process_says_where_it_listens_and_ends_at_once_with_watchers_waiting(tmp_path: Path) -> None:
    process, endpoint = await start(tmp_path)
    assert json.loads((tmp_path / "endpoint.json").read_text()) == endpoint
    assert (tmp_path / "endpoint.json").stat().st_mode & 0o777 == 0o600
    async with Town(endpoint["http_port"], endpoint["port"], Path(endpoint["public_key"]), ()) as town:
        anna = await town.person()
        waiting = asyncio.create_task(anna.sees())
        async with connect(f"ws://127.0.0.1:{endpoint['http_port']}/api/live") as socket:
            await socket.send(json.dumps({"watch": [anna.id]}))
            await town.stats()
            process.terminate()
            async with asyncio.timeout(3):
                assert await process.wait() == 0
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_what_is_prepared_before_is_what_the_process_uses(tmp_path: Path) -> None:
    first = prepare(tmp_path / "sandbox")
    async with running(tmp_path / "sandbox") as town:
        assert prepare(tmp_path / "sandbox") == first
        assert town.tokens == first.tokens
        assert (await town.bot(1)).client.me.id == town.bots[1]


async def test_killed_it_forgets_nothing_that_was_answered(tmp_path: Path) -> None:
    async with running(tmp_path, ending=signal.SIGKILL) as town:
        bot, anna = await town.chatting()
        await bot.send(anna.id, "remember me", random_id=42)
        seen = await anna.sees()
        await anna.does("join", channel="sandbox_news")
        state = await bot.call(F.updates.GetState())
        last = await anna.says(town.bots[0], "the last word")

    async with running(tmp_path) as town:
        person = Person(town.http, anna.id)
        assert (await person.sees(own=True))["message"]["text"] == "/start"
        assert await person.sees() == seen
        assert await person.says(town.bots[0], "the next word") == last + 1
        assert (await town.http.get(f"/api/users/{anna.id}")).json()["channels"]

        again = await town.bot()
        missed = await again.call(F.updates.GetDifference(pts=state.pts, date=0, qts=0))
        assert [one.message for one in missed.new_messages] == ["the last word", "the next word"]
        with pytest.raises(RPCError, match="RANDOM_ID_DUPLICATE"):
            await again.send(anna.id, "remember me", random_id=42)


async def test_killed_it_keeps_files_albums_and_posts(tmp_path: Path) -> None:
    async with running(tmp_path, ending=signal.SIGKILL) as town:
        bot, anna = await town.chatting()
        album = [{"kind": "photo", "data": base64.b64encode(data).decode()} for data in (b"one", b"two")]
        numbers = (await anna.does("messages", bot=town.bots[0], album=album))["message_ids"]
        heard = await bot.reads()
        news = await bot.client.resolve_peer("sandbox_news")
        await bot.call(F.messages.SendMessage(peer=news, message="a post", random_id=7))
        seen = [await anna.sees_number(number) for number in numbers]

    async with running(tmp_path) as town:
        person, again = Person(town.http, anna.id), await town.bot()
        assert [await person.sees_number(number) for number in numbers] == seen
        file = heard.media.photo
        place = T.InputPhotoFileLocation(
            id=file.id, access_hash=file.access_hash, file_reference=file.file_reference, thumb_size="y"
        )
        assert (await again.call(F.upload.GetFile(location=place, offset=0, limit=4096))).bytes == b"one"
        assert (await town.http.get(f"/api/files/{seen[1]['media']['file_unique_id']}")).content == b"two"
        (kept,) = (await again.call(F.messages.GetMessages(id=[T.InputMessageID(id=heard.id)]))).messages
        assert (kept.grouped_id, kept.media.photo.id) == (heard.grouped_id, file.id)
        assert [post["text"] for post in (await town.http.get("/api/channels/sandbox_news/posts")).json()["posts"]] == ["a post"]
        sent = await again.call(F.messages.SendMessage(peer=news, message="the next", random_id=8))
        assert (sent.updates[0].id, sent.updates[1].pts) == (2, 3)


async def test_killed_it_keeps_stars_links_subscriptions_and_the_clock(tmp_path: Path) -> None:
    async with running(tmp_path, ending=signal.SIGKILL) as town:
        bot, anna, number = await offered(town)
        state = await bot.call(F.updates.GetState())
        await buys(town, bot, anna, number)
        link = await linked(bot, invoice(100, period=MONTH))
        await buys(town, bot, anna, link=link)
        await passes(town, MONTH)
        (subscription,) = (await wallet(town, anna))["subscriptions"]
        await anna.does(f"subscriptions/{subscription['id']}", action="cancel")
        await befalls(town, "withdrawal", stars=0.5)
        before = await wallet(town, anna), await earnings(town)
        now = (await town.http.get("/api/clock")).json()["now"]

    async with running(tmp_path) as town:
        person, again = Person(town.http, anna.id), await town.bot()
        assert (await wallet(town, person), await earnings(town)) == before
        assert (await town.http.get("/api/clock")).json()["now"] >= now
        missed = await again.call(F.updates.GetDifference(pts=state.pts, date=0, qts=state.qts))
        paid = [one.action.total_amount for one in missed.new_messages]
        assert (paid, missed.other_updates[-1].canceled) == ([50, 100, 100], True)
        assert (await pays(town, person, number))["outcome"] == "not_payable"
        await person.does(f"subscriptions/{subscription['id']}", action="restore")
        while not (told := await again.gets(T.UpdateBotStarsSubscription)).restored:
            pass
        assert told.qts == state.qts + 2
        await passes(town, MONTH)
        known = {row["id"] for row in before[1]["transactions"]}
        while (renewed := (await noticed(again, T.MessageActionPaymentSentMe)).action).charge.id in known:
            pass
        assert renewed.recurring_used
        await buys(town, again, person, link=link)


async def test_a_bot_stays_logged_in_while_the_data_centre_is_killed_and_comes_back(tmp_path: Path) -> None:
    process, endpoint = await start(tmp_path)
    async with Town(endpoint["http_port"], endpoint["port"], Path(endpoint["public_key"]), tuple(endpoint["tokens"])) as town:
        bot, anna = await town.chatting()
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        async with running(tmp_path, port=endpoint["port"]) as after:
            await bot.comes_back()
            await Person(after.http, anna.id).says(after.bots[0], "still there?")
            assert (await bot.reads()).message == "still there?"
            assert "auth.ImportBotAuthorization" not in (await after.stats())["calls"]


async def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "transport.sandbox", "--folder", tmp_path, "--port", str(port), "--http-port", "0"),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    server.close()
    assert process.returncode == 1
    assert said.decode().count("\n") == 1
    assert "cannot start" in said.decode()
