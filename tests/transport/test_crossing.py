"""Files from one bot to another, against the sandbox: `transport/media/transfer.py`, `transport/media/files.py`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from msgspec import structs

import transport.media.transfer
from domain.configuration import Relay
from domain.model.content import Album, FileRef, Media, Text, with_files
from domain.model.ids import BotId, ChatId, MessageId, UserId
from domain.model.inbound import MessageReceived
from domain.model.outgoing import Edit, Lane, NotSent, Send, Sent, Why
from domain.settings import Admin
from tests.transport.town import Life, Shelf, Town
from transport.media.files import BIG, PART
from transport.media.sources import FileSources
from transport.sandbox.content.parcel import Parcel
from transport.sandbox.faults import Fault, Kind
from transport.sandbox.world.model import User

CHAT = ChatId("chat-1")


class Crossing:
    """Anna writes to the first bot, Boris to the second."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.first_bot, self.second_bot = list(town.sandbox.world.bots.values())[:2]
        self.anna, self.boris = town.person(), town.person()
        self.channel = 0
        self.first: Life
        self.second: Life

    async def start(self, *, file_sources: tuple[FileSources, FileSources] | None = None, **relay: float) -> Crossing:
        """`file_sources`: of two processes."""
        admin = Admin(media_channel_id=int(f"-100{self.channel}") if self.channel else 0)
        settings = structs.replace(self.town.settings(), relay=structs.replace(Relay(), **relay), admin=admin)
        near, far = file_sources or (self.town.sources, self.town.sources)
        self.first = await self.town.start(token=self.first_bot.token, settings=settings, sources=near)
        self.second = await self.town.start(token=self.second_bot.token, settings=settings, sources=far, shelf=Shelf())
        self.town.sandbox.people.say(self.boris, self.second_bot, "hello")
        return self

    def has_channel(self, *admins: int) -> None:
        channel = self.town.sandbox.world.add_channel("", "Media", admins or (self.first_bot.id, self.second_bot.id))
        self.channel = channel.id

    def sends(self, data: bytes, *, kind: str = "document", caption: str = "") -> None:
        sandbox = self.town.sandbox
        file = sandbox.catalog.add(sandbox.files.keep(data), kind, "a/b", name="a.bin")
        sandbox.people.send(self.anna, self.first_bot, [Parcel(caption, media={"kind": kind, "file": file.id})])

    async def heard(self, count: int = 1) -> Media:
        """What the first bot heard last."""
        await self.first._news.until(lambda: len(self.said) >= count)
        content = self.said[-1].content
        assert isinstance(content, Media)
        return content

    @property
    def said(self) -> list[MessageReceived]:
        return [each for each in self.first.received if isinstance(each, MessageReceived)]

    def carries(self, body, *, key: str = "k", keys: tuple[str, ...] = ()) -> asyncio.Future:
        send = Send(to=UserId(self.boris.id), key=key, keys=keys, body=body, lane=Lane.RELAY, chat=CHAT)
        return self.second.telegram.submit(send)

    def shown(self, user: User | None = None) -> list[bytes]:
        """The bytes of all files that the second bot sent."""
        history = self.town.sandbox.mailbox.history((user or self.boris).id, self.second_bot.id, 1000, 1 << 31)
        files = (self.town.sandbox.catalog.get(each.media["file"]) for each in history if each.from_bot and each.media)
        return [self.town.sandbox.files.path(file.unique).read_bytes() for file in files]

    def uploads(self) -> int:
        return self.town.calls("upload.SaveFilePart") + self.town.calls("upload.SaveBigFilePart")


class SlowSource:
    """A bot whose files are never read to their end."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def parts(self, _file: FileRef) -> AsyncIterator[bytes]:
        self.asked.set()
        await asyncio.get_running_loop().create_future()
        yield b""

    async def post(self, _media: Media) -> MessageId:
        raise AssertionError("there is no media channel")


@pytest.fixture
def crossing(town: Town) -> Crossing:
    return Crossing(town)


@pytest.mark.parametrize("size", [1, PART, PART + 1, 3 * PART], ids=str)
async def test_a_file_is_carried_over_in_parts(crossing: Crossing, size: int):
    await crossing.start()
    data = secrets.token_bytes(size)
    crossing.sends(data)
    assert isinstance(await crossing.carries(await crossing.heard()), Sent)
    assert crossing.shown() == [data]
    assert crossing.uploads() == -(-size // PART)


async def test_large_files_are_saved_by_the_method_for_large_files(crossing: Crossing):
    await crossing.start()
    data = secrets.token_bytes(BIG + 1)
    crossing.sends(data)
    assert isinstance(await crossing.carries(await crossing.heard()), Sent)
    assert crossing.shown() == [data]
    assert crossing.town.calls("upload.SaveFilePart") == 0


async def test_what_a_bot_has_once_it_does_not_fetch_again(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    for key in ("one", "two"):
        assert isinstance(await crossing.carries(media, key=key), Sent)
    assert crossing.uploads() == 1
    assert crossing.shown() == [b"data", b"data"]


async def test_where_the_memory_is_away_files_cross_all_the_same(crossing: Crossing):
    await crossing.start()
    crossing.town.files.away = True
    crossing.sends(b"data")
    assert isinstance(await crossing.carries(await crossing.heard()), Sent)


async def test_a_remembered_file_whose_reference_ran_out_is_fetched_again(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    await crossing.carries(media, key="one")
    crossing.town.sandbox.passes.expire(crossing.second_bot)
    assert isinstance(await crossing.carries(media, key="two"), Sent)
    assert crossing.uploads() == 2


async def test_a_file_that_has_to_be_fetched_again_keeps_its_place(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"remembered")
    remembered = await crossing.heard()
    await crossing.carries(remembered, key="one")
    crossing.sends(b"new")
    new = await crossing.heard(2)
    crossing.town.sandbox.passes.expire(crossing.second_bot)
    await asyncio.gather(crossing.carries(remembered, key="two"), crossing.carries(new, key="three"))
    assert crossing.shown() == [b"remembered", b"remembered", b"new"]


async def test_a_file_that_has_to_be_fetched_again_does_not_come_after_its_chat(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    await crossing.carries(media, key="one")
    crossing.town.sandbox.passes.expire(crossing.second_bot)
    slow = SlowSource()
    crossing.town.sources.join(BotId(crossing.first_bot.id), slow)
    outcome = crossing.carries(media, key="two")
    await slow.asked.wait()
    crossing.second.telegram.discard(CHAT)
    assert await outcome == NotSent(why=Why.DISCARDED)
    assert crossing.shown() == [b"data"]


async def test_a_reference_that_ran_out_before_the_file_was_read_is_renewed(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    crossing.town.sandbox.passes.expire(crossing.first_bot)
    assert isinstance(await crossing.carries(media), Sent)
    assert crossing.shown() == [b"data"]


async def test_within_its_bot_a_reference_that_ran_out_is_renewed_from_its_message(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    crossing.town.sandbox.passes.expire(crossing.first_bot)
    send = Send(to=UserId(crossing.anna.id), key="k", body=media, lane=Lane.RELAY)
    assert isinstance(await crossing.first.telegram.submit(send), Sent)
    assert crossing.town.calls("messages.GetMessages") == 1


async def test_a_file_of_another_data_centre_is_read_there(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    crossing.town.sandbox.inflict(Fault(kind=Kind.ERROR, method="upload.getfile", code=303, text="FILE_MIGRATE_2"))
    assert isinstance(await crossing.carries(media), Sent)
    assert crossing.shown() == [b"data"]


async def test_a_file_that_cannot_be_found_again_is_refused(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    stale = replace(media, file=replace(media.file, reference=b"old", message=None))
    outcome = await crossing.carries(stale)
    assert isinstance(outcome, NotSent)
    assert (outcome.why, outcome.detail) == (Why.REFUSED, "FILE_REFERENCE_EXPIRED")


async def test_a_file_above_the_limit_is_refused_by_name(crossing: Crossing):
    await crossing.start(max_reupload_mb=0)
    crossing.sends(b"data")
    assert await crossing.carries(await crossing.heard()) == NotSent(why=Why.REFUSED, detail="FILE_TOO_BIG")


async def test_texts_do_not_wait_for_a_file_and_files_keep_their_order(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"first")
    first = await crossing.heard()
    crossing.sends(b"second")
    second = await crossing.heard(2)
    crossing.town.sandbox.inflict(Fault(kind=Kind.DELAY, method="upload.getfile", seconds=1.0))
    slow, quick = crossing.carries(first, key="1"), crossing.carries(second, key="2")
    assert isinstance(await crossing.carries(Text(text="a text"), key="3"), Sent)
    assert not slow.done()
    assert not quick.done()
    await asyncio.gather(slow, quick)
    assert crossing.shown() == [b"first", b"second"]


async def test_a_file_of_a_chat_that_ended_is_not_brought(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    crossing.town.sandbox.inflict(Fault(kind=Kind.DELAY, method="upload.getfile", seconds=30.0))
    outcome = crossing.carries(media)
    crossing.second.telegram.discard(CHAT)
    assert await outcome == NotSent(why=Why.DISCARDED)
    assert crossing.shown() == []


async def test_a_bot_that_is_handed_over_brings_nothing_more(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    crossing.town.sandbox.inflict(Fault(kind=Kind.DELAY, method="upload.getfile", seconds=30.0))
    outcome = crossing.carries(media)
    crossing.second.telegram.fence()
    assert await outcome == NotSent(why=Why.STALE)


async def test_a_transfer_that_takes_too_long_is_given_up(crossing: Crossing):
    await crossing.start(transfer_seconds=0.2)
    crossing.sends(b"data")
    media = await crossing.heard()
    crossing.town.sandbox.inflict(Fault(kind=Kind.DELAY, method="upload.getfile", seconds=2.0))
    outcome = await crossing.carries(media)
    assert isinstance(outcome, NotSent)
    assert outcome.why is Why.UNREACHABLE


# --- while something is in the way

READING = "upload.getfile"
SAVING = "upload.savefilepart"
POSTING = "messages.sendmedia"
LOOKING_UP = "channels.getmessages"


def hinder(crossing: Crossing, kind: str, **how) -> None:
    """Whichever bot it strikes."""
    crossing.town.sandbox.inflict(Fault(kind=Kind(kind), **how))


@pytest.mark.parametrize("method", [READING, SAVING, "messages.uploadmedia"])
async def test_a_connection_that_is_cut_while_a_file_is_brought_is_waited_for(crossing: Crossing, method: str):
    await crossing.start()
    data = secrets.token_bytes(2 * PART)
    crossing.sends(data)
    media = await crossing.heard()
    hinder(crossing, "drop", method=method)
    assert isinstance(await crossing.carries(media), Sent)
    assert crossing.shown() == [data]


async def test_files_and_texts_said_while_the_connection_is_away_arrive_once_and_in_their_order(crossing: Crossing):
    await crossing.start()
    for data in (b"first", b"second"):
        crossing.sends(data)
    await crossing.heard(2)
    first, second = (said.content for said in crossing.said)
    hinder(crossing, "drop", method=SAVING)
    hinder(crossing, "lose_answer", method=POSTING)
    sending = [crossing.carries(first, key="1"), crossing.carries(Text(text="text"), key="2"), crossing.carries(second, key="3")]
    assert all(isinstance(outcome, Sent) for outcome in await asyncio.gather(*sending))
    assert crossing.shown() == [b"first", b"second"]


@pytest.mark.parametrize("method", [READING, SAVING])
async def test_a_flood_wait_on_a_transfer_is_waited_for(crossing: Crossing, method: str):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    hinder(crossing, "flood_wait", method=method, seconds=1)
    assert isinstance(await crossing.carries(media), Sent)


async def test_a_flood_wait_beyond_the_time_of_a_transfer_is_told_as_what_it_is(crossing: Crossing):
    await crossing.start(transfer_seconds=5.0)
    crossing.sends(b"data")
    media = await crossing.heard()
    hinder(crossing, "flood_wait", method=READING, seconds=600)
    assert await crossing.carries(media) == NotSent(why=Why.FLOOD, retry_after=600.0)


@pytest.mark.parametrize("kind", ["drop", "flood_wait"])
async def test_to_another_process_files_wait_for_the_channel(crossing: Crossing, kind: str):
    crossing.has_channel()
    await crossing.start(file_sources=(FileSources(), FileSources()))
    crossing.sends(b"data")
    media = await crossing.heard()
    hinder(crossing, kind, method=POSTING, seconds=1)
    deposited = await crossing.first.telegram.deposit(media)
    assert isinstance(deposited, Media)
    hinder(crossing, kind, method=LOOKING_UP, seconds=1)
    assert isinstance(await crossing.carries(deposited), Sent)
    assert crossing.shown() == [b"data"]


async def test_a_channel_that_asks_to_wait_for_too_long_is_told_as_what_it_is(crossing: Crossing):
    crossing.has_channel()
    await crossing.start(file_sources=(FileSources(), FileSources()), transfer_seconds=5.0)
    crossing.sends(b"data")
    media = await crossing.heard()
    hinder(crossing, "flood_wait", method=POSTING, seconds=600)
    assert await crossing.first.telegram.deposit(media) == NotSent(why=Why.FLOOD, retry_after=600.0)


async def test_a_file_of_a_bot_that_is_just_being_taken_over_is_waited_for(crossing: Crossing):
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    await crossing.first.telegram.stop()
    outcome = crossing.carries(media)
    await asyncio.sleep(0)
    crossing.first = await crossing.town.start(token=crossing.first_bot.token)
    assert isinstance(await outcome, Sent)
    assert crossing.shown() == [b"data"]


# --- by the media channel


async def test_with_a_media_channel_nothing_is_uploaded(crossing: Crossing):
    crossing.has_channel()
    await crossing.start()
    crossing.sends(b"data")
    assert isinstance(await crossing.carries(await crossing.heard()), Sent)
    assert crossing.shown() == [b"data"]
    assert crossing.uploads() == 0


async def test_a_channel_that_one_bot_cannot_read_is_gone_around(crossing: Crossing):
    crossing.has_channel(crossing.first_bot.id)
    await crossing.start()
    crossing.sends(b"data")
    assert isinstance(await crossing.carries(await crossing.heard()), Sent)
    assert crossing.shown() == [b"data"]
    assert crossing.uploads() == 1


async def test_a_media_channel_that_is_lost_is_told_and_gone_around_until_it_is_back(crossing: Crossing):
    crossing.has_channel()
    await crossing.start()
    crossing.town.inflict("error", method="messages.sendmedia", code=400, text="CHANNEL_PRIVATE")
    crossing.sends(b"data")
    assert isinstance(await crossing.carries(await crossing.heard()), Sent)
    (line,) = crossing.first.telegram.problems
    assert "media channel (CHANNEL_PRIVATE)" in line
    crossing.sends(b"more")
    assert isinstance(await crossing.carries(await crossing.heard(2), key="more"), Sent)
    assert crossing.first.telegram.problems == ()
    assert crossing.shown() == [b"data", b"more"]
    assert crossing.uploads() == 1


async def test_to_another_process_files_go_by_the_channel(crossing: Crossing):
    crossing.has_channel()
    await crossing.start(file_sources=(FileSources(), FileSources()))
    crossing.sends(b"data", caption="look")
    deposited = await crossing.first.telegram.deposit(await crossing.heard())
    assert isinstance(deposited, Media)
    assert isinstance(await crossing.carries(deposited), Sent)
    assert crossing.shown() == [b"data"]
    assert crossing.uploads() == 0


async def test_to_another_process_without_a_channel_files_are_refused(crossing: Crossing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transport.media.transfer, "TAKEN_OVER_SECONDS", 0.05)
    await crossing.start(file_sources=(FileSources(), FileSources()))
    crossing.sends(b"data")
    media = await crossing.heard()
    refused = NotSent(why=Why.REFUSED, detail="FILE_ELSEWHERE")
    assert await crossing.first.telegram.deposit(media) == media
    assert await crossing.carries(media) == refused


# --- albums


async def album(crossing: Crossing) -> Album:
    crossing.sends(b"one", caption="1")
    first = await crossing.heard()
    crossing.sends(b"two", caption="2")
    return Album(items=(first, await crossing.heard(2)))


async def test_an_album_crosses_whole_and_its_parts_are_named(crossing: Crossing):
    await crossing.start()
    sent = await crossing.carries(await album(crossing), keys=("a", "b"))
    assert isinstance(sent, Sent)
    assert len(set(sent.album)) == 2
    assert sent.message == sent.album[0]
    assert crossing.shown() == [b"one", b"two"]
    assert crossing.town.calls("messages.SendMultiMedia") == 1


async def test_an_album_done_again_after_a_death_is_seen_once(crossing: Crossing):
    await crossing.start()
    both = await album(crossing)
    await crossing.carries(both, keys=("a", "b"))
    assert await crossing.carries(both, keys=("a", "b")) == Sent()
    assert crossing.shown() == [b"one", b"two"]


async def test_of_an_album_of_which_a_part_was_sent_the_rest_is_sent(crossing: Crossing):
    await crossing.start()
    both = await album(crossing)
    await crossing.carries(both.items[0], key="a")
    assert await crossing.carries(both, keys=("a", "b")) == Sent()
    assert crossing.shown() == [b"one", b"two"]


async def test_a_file_can_be_exchanged_for_one_that_another_bot_has(crossing: Crossing):
    await crossing.start()
    both = await album(crossing)
    sent = await crossing.carries(both.items[0])
    assert isinstance(sent, Sent)
    edit = Edit(to=UserId(crossing.boris.id), message=sent.message, body=both.items[1], lane=Lane.RELAY, chat=CHAT)
    assert isinstance(await crossing.second.telegram.submit(edit), Sent)
    assert crossing.shown() == [b"two"]


async def test_another_bots_ids_are_worth_nothing(crossing: Crossing):
    """Why there is a courier at all; what it refuses is what Telegram refuses."""
    await crossing.start()
    crossing.sends(b"data")
    media = await crossing.heard()
    forged = with_files(media, lambda file: replace(file, bot=crossing.second_bot.id))
    outcome = await crossing.carries(forged)
    assert isinstance(outcome, NotSent)
    assert outcome.why is Why.REFUSED
