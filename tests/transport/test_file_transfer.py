"""Transfer of files from one bot to another, in the sandbox: `transport/media/transfer.py`, `transport/media/files.py`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from msgspec import structs

import transport.media.transfer
from domain.configuration import Configuration, LiveConfiguration, Relay
from domain.errors import Fenced
from domain.model.content import Album, FileRef, Media, Text, with_files
from domain.model.ids import BotId, ChatId, MessageId, UserId
from domain.model.inbound import MessageReceived
from domain.model.outgoing import Document, Edit, Lane, NotSent, QrCode, Send, Sent, Why
from domain.settings import Admin
from tests.transport import qr_reader
from tests.transport.town import Life, MemoryStore, Town
from transport.media.files import BIG, PART
from transport.media.qr import BORDER, SCALE
from transport.media.sources import FileSources
from transport.sandbox.content.new_message import NewMessage
from transport.sandbox.faults import Fault, Kind
from transport.sandbox.world.model import User

CHAT = ChatId("chat-1")


class TwoBots:
    """Anna writes to the first bot, Boris to the second."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.first_bot, self.second_bot = list(town.sandbox.world.bots.values())[:2]
        self.anna, self.boris = town.person(), town.person()
        self.channel = 0
        self.live: LiveConfiguration
        """Of both bots."""
        self.first: Life
        self.second: Life

    async def start(self, *, file_sources: tuple[FileSources, FileSources] | None = None, **relay: float) -> TwoBots:
        """`file_sources`: one for each bot, as if two processes served them."""
        admin = Admin(media_channel_id=int(f"-100{self.channel}") if self.channel else 0)
        settings = structs.replace(self.town.settings(), relay=structs.replace(Relay(), **relay), admin=admin)
        self.live = LiveConfiguration(Configuration.of(settings))
        near, far = file_sources or (self.town.sources, self.town.sources)
        self.first = await self.town.start(token=self.first_bot.token, settings=settings, live=self.live, sources=near)
        self.second = await self.town.start(
            token=self.second_bot.token, settings=settings, live=self.live, sources=far, store=MemoryStore()
        )
        self.town.sandbox.people.say(self.boris, self.second_bot, "hello")
        return self

    def turn(self, **relay: float) -> None:
        """Change settings while the bots run."""
        now = self.live.current
        self.live.swap(structs.replace(now, relay=structs.replace(now.relay, **relay)), {})

    def has_channel(self, *admins: int) -> None:
        channel = self.town.sandbox.world.add_channel("", "Media", admins or (self.first_bot.id, self.second_bot.id))
        self.channel = channel.id

    def sends(self, data: bytes, *, kind: str = "document", caption: str = "") -> None:
        sandbox = self.town.sandbox
        file = sandbox.catalog.add(sandbox.files.keep(data), kind, "a/b", name="a.bin")
        sandbox.people.send(self.anna, self.first_bot, [NewMessage(caption, media={"kind": kind, "file": file.id})])

    async def received_media(self, count: int = 1) -> Media:
        """Wait until the first bot has received `count` messages. Returns the media of the last."""
        await self.first._changes.until(lambda: len(self.received) >= count)
        content = self.received[-1].content
        assert isinstance(content, Media)
        return content

    @property
    def received(self) -> list[MessageReceived]:
        return [each for each in self.first.received if isinstance(each, MessageReceived)]

    def relay(self, body, *, key: str = "k", keys: tuple[str, ...] = (), by_upload: bool = False) -> asyncio.Future:
        send = Send(to=UserId(self.boris.id), key=key, keys=keys, body=body, lane=Lane.RELAY, chat=CHAT, by_upload=by_upload)
        return self.second.telegram.submit(send)

    def shown(self, user: User | None = None) -> list[bytes]:
        """The bytes of all files that the second bot sent."""
        history = self.town.sandbox.mailbox.history((user or self.boris).id, self.second_bot.id, 1000, 1 << 31)
        files = (self.town.sandbox.catalog.get(each.media["file"]) for each in history if each.from_bot and each.media)
        return [self.town.sandbox.files.path(file.unique).read_bytes() for file in files]

    def posts(self) -> int:
        """Of the media channel."""
        channel = self.town.sandbox.world.channels[self.channel]
        return channel.last_id

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
def bots(town: Town) -> TwoBots:
    return TwoBots(town)


@pytest.mark.parametrize("size", [1, PART, PART + 1, 3 * PART], ids=str)
async def test_a_file_is_copied_in_parts(bots: TwoBots, size: int):
    await bots.start()
    data = secrets.token_bytes(size)
    bots.sends(data)
    assert isinstance(await bots.relay(await bots.received_media()), Sent)
    assert bots.shown() == [data]
    assert bots.uploads() == -(-size // PART)


async def test_large_files_are_uploaded_by_the_method_for_large_files(bots: TwoBots):
    await bots.start()
    data = secrets.token_bytes(BIG + 1)
    bots.sends(data)
    assert isinstance(await bots.relay(await bots.received_media()), Sent)
    assert bots.shown() == [data]
    assert bots.town.calls("upload.SaveFilePart") == 0


async def test_a_file_that_was_copied_once_is_not_copied_again(bots: TwoBots):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    for key in ("one", "two"):
        assert isinstance(await bots.relay(media, key=key), Sent)
    assert bots.uploads() == 1
    assert bots.shown() == [b"data", b"data"]


async def test_a_file_is_transferred_even_if_the_memory_of_files_is_unavailable(bots: TwoBots):
    await bots.start()
    bots.town.files.away = True
    bots.sends(b"data")
    assert isinstance(await bots.relay(await bots.received_media()), Sent)


async def test_a_remembered_file_whose_reference_expired_is_copied_again(bots: TwoBots):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    await bots.relay(media, key="one")
    bots.town.sandbox.file_credentials.expire(bots.second_bot)
    assert isinstance(await bots.relay(media, key="two"), Sent)
    assert bots.uploads() == 2


async def test_a_file_that_has_to_be_copied_again_keeps_its_place_in_the_order(bots: TwoBots):
    await bots.start()
    bots.sends(b"remembered")
    remembered = await bots.received_media()
    await bots.relay(remembered, key="one")
    bots.sends(b"new")
    new = await bots.received_media(2)
    bots.town.sandbox.file_credentials.expire(bots.second_bot)
    await asyncio.gather(bots.relay(remembered, key="two"), bots.relay(new, key="three"))
    assert bots.shown() == [b"remembered", b"remembered", b"new"]


async def test_a_file_that_has_to_be_copied_again_is_not_sent_after_its_chat_ended(bots: TwoBots):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    await bots.relay(media, key="one")
    bots.town.sandbox.file_credentials.expire(bots.second_bot)
    slow = SlowSource()
    bots.town.sources.join(BotId(bots.first_bot.id), slow)
    outcome = bots.relay(media, key="two")
    await slow.asked.wait()
    bots.second.telegram.discard(CHAT)
    assert await outcome == NotSent(why=Why.DISCARDED)
    assert bots.shown() == [b"data"]


async def test_a_reference_that_expired_before_the_download_is_renewed(bots: TwoBots):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    bots.town.sandbox.file_credentials.expire(bots.first_bot)
    assert isinstance(await bots.relay(media), Sent)
    assert bots.shown() == [b"data"]


async def test_an_expired_reference_of_the_bots_own_file_is_renewed_from_its_message(bots: TwoBots):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    bots.town.sandbox.file_credentials.expire(bots.first_bot)
    send = Send(to=UserId(bots.anna.id), key="k", body=media, lane=Lane.RELAY)
    assert isinstance(await bots.first.telegram.submit(send), Sent)
    assert bots.town.calls("messages.GetMessages") == 1


async def test_a_file_of_another_data_centre_is_downloaded_there(bots: TwoBots):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    bots.town.sandbox.inflict(Fault(kind=Kind.ERROR, method="upload.getfile", code=303, text="FILE_MIGRATE_2"))
    assert isinstance(await bots.relay(media), Sent)
    assert bots.shown() == [b"data"]


async def test_a_file_that_cannot_be_found_again_is_refused(bots: TwoBots):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    stale = replace(media, file=replace(media.file, reference=b"old", message=None))
    outcome = await bots.relay(stale)
    assert isinstance(outcome, NotSent)
    assert (outcome.why, outcome.detail) == (Why.REFUSED, "FILE_REFERENCE_EXPIRED")


async def test_a_file_above_the_size_limit_is_refused_with_that_reason(bots: TwoBots):
    await bots.start(max_reupload_mb=0)
    bots.sends(b"data")
    assert await bots.relay(await bots.received_media()) == NotSent(why=Why.REFUSED, detail="FILE_TOO_BIG")


async def test_texts_do_not_wait_for_a_file_and_files_keep_their_order(bots: TwoBots):
    await bots.start()
    bots.sends(b"first")
    first = await bots.received_media()
    bots.sends(b"second")
    second = await bots.received_media(2)
    bots.town.sandbox.inflict(Fault(kind=Kind.DELAY, method="upload.getfile", seconds=1.0))
    slow, quick = bots.relay(first, key="1"), bots.relay(second, key="2")
    assert isinstance(await bots.relay(Text(text="a text"), key="3"), Sent)
    assert not slow.done()
    assert not quick.done()
    await asyncio.gather(slow, quick)
    assert bots.shown() == [b"first", b"second"]


async def test_a_file_of_a_chat_that_ended_is_not_sent(bots: TwoBots):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    bots.town.sandbox.inflict(Fault(kind=Kind.DELAY, method="upload.getfile", seconds=30.0))
    outcome = bots.relay(media)
    bots.second.telegram.discard(CHAT)
    assert await outcome == NotSent(why=Why.DISCARDED)
    assert bots.shown() == []


async def test_a_fenced_bot_transfers_no_more_files(bots: TwoBots):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    bots.town.sandbox.inflict(Fault(kind=Kind.DELAY, method="upload.getfile", seconds=30.0))
    outcome = bots.relay(media)
    bots.second.telegram.fence()
    assert await outcome == NotSent(why=Why.STALE)


async def test_a_bot_that_is_fenced_begins_no_transfer(bots: TwoBots):
    bots.has_channel()
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    for life in (bots.first, bots.second):
        life.telegram.fence()
    assert await bots.relay(media) == NotSent(why=Why.STALE)
    with pytest.raises(Fenced):
        await bots.first.telegram.deposit(media)
    assert [bots.town.calls(name) for name in ("upload.GetFile", "upload.SaveFilePart", "messages.SendMedia")] == [0, 0, 0]


async def test_a_file_that_waits_for_others_is_given_up_in_its_own_time(bots: TwoBots):
    await bots.start(transfers_at_once=1)
    bots.sends(b"data")
    media = await bots.received_media()
    clara = bots.town.person()
    bots.town.sandbox.people.say(clara, bots.second_bot, "hello")
    bots.town.sandbox.inflict(Fault(kind=Kind.DELAY, method="upload.getfile", seconds=30.0))
    slow = bots.relay(media)
    bots.turn(transfer_seconds=0.2)
    second = Send(to=UserId(clara.id), key="c", body=media, lane=Lane.RELAY, chat=ChatId("chat-2"))
    outcome = await bots.second.telegram.submit(second)
    assert isinstance(outcome, NotSent)
    assert outcome.why is Why.UNREACHABLE
    assert not slow.done()


async def test_a_file_that_waits_for_others_of_the_media_channel_is_given_up_in_its_own_time(bots: TwoBots):
    bots.has_channel()
    await bots.start(file_sources=(FileSources(), FileSources()))
    bots.sends(b"data")
    media = await bots.received_media()
    hinder(bots, "delay", method=POSTING, seconds=30.0)
    slow = asyncio.ensure_future(bots.first.telegram.deposit(media))
    await asyncio.sleep(0)
    bots.turn(transfer_seconds=0.2)
    outcome = await bots.first.telegram.deposit(media)
    assert isinstance(outcome, NotSent)
    assert outcome.why is Why.UNREACHABLE
    assert not slow.done()
    slow.cancel()


async def test_a_transfer_that_takes_too_long_is_given_up(bots: TwoBots):
    await bots.start(transfer_seconds=0.2)
    bots.sends(b"data")
    media = await bots.received_media()
    bots.town.sandbox.inflict(Fault(kind=Kind.DELAY, method="upload.getfile", seconds=2.0))
    outcome = await bots.relay(media)
    assert isinstance(outcome, NotSent)
    assert outcome.why is Why.UNREACHABLE


# --- faults during a transfer

READING = "upload.getfile"
SAVING = "upload.savefilepart"
POSTING = "messages.sendmedia"
LOOKING_UP = "channels.getmessages"


def hinder(bots: TwoBots, kind: str, **how) -> None:
    """Inflict a fault on the next call of any bot."""
    bots.town.sandbox.inflict(Fault(kind=Kind(kind), **how))


@pytest.mark.parametrize("method", [READING, SAVING, "messages.uploadmedia"])
async def test_a_transfer_waits_for_a_connection_that_is_cut(bots: TwoBots, method: str):
    await bots.start()
    data = secrets.token_bytes(2 * PART)
    bots.sends(data)
    media = await bots.received_media()
    hinder(bots, "drop", method=method)
    assert isinstance(await bots.relay(media), Sent)
    assert bots.shown() == [data]


async def test_files_sent_while_the_connection_is_down_arrive_once_and_in_order(bots: TwoBots):
    await bots.start()
    for data in (b"first", b"second"):
        bots.sends(data)
    await bots.received_media(2)
    first, second = (message.content for message in bots.received)
    hinder(bots, "drop", method=SAVING)
    hinder(bots, "lose_answer", method=POSTING)
    sending = [bots.relay(first, key="1"), bots.relay(Text(text="text"), key="2"), bots.relay(second, key="3")]
    assert all(isinstance(outcome, Sent) for outcome in await asyncio.gather(*sending))
    assert bots.shown() == [b"first", b"second"]


@pytest.mark.parametrize("method", [READING, SAVING])
async def test_a_flood_wait_on_a_transfer_is_waited_for(bots: TwoBots, method: str):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    hinder(bots, "flood_wait", method=method, seconds=1)
    assert isinstance(await bots.relay(media), Sent)


async def test_a_flood_wait_longer_than_a_transfer_may_take_is_the_reason_given(bots: TwoBots):
    await bots.start(transfer_seconds=5.0)
    bots.sends(b"data")
    media = await bots.received_media()
    hinder(bots, "flood_wait", method=READING, seconds=600)
    assert await bots.relay(media) == NotSent(why=Why.FLOOD, retry_after=600.0)


@pytest.mark.parametrize("kind", ["drop", "flood_wait"])
async def test_a_file_for_another_process_waits_for_the_media_channel(bots: TwoBots, kind: str):
    bots.has_channel()
    await bots.start(file_sources=(FileSources(), FileSources()))
    bots.sends(b"data")
    media = await bots.received_media()
    hinder(bots, kind, method=POSTING, seconds=1)
    deposited = await bots.first.telegram.deposit(media)
    assert isinstance(deposited, Media)
    hinder(bots, kind, method=LOOKING_UP, seconds=1)
    assert isinstance(await bots.relay(deposited), Sent)
    assert bots.shown() == [b"data"]


async def test_a_too_long_flood_wait_of_the_media_channel_is_the_reason_given(bots: TwoBots):
    bots.has_channel()
    await bots.start(file_sources=(FileSources(), FileSources()), transfer_seconds=5.0)
    bots.sends(b"data")
    media = await bots.received_media()
    hinder(bots, "flood_wait", method=POSTING, seconds=600)
    assert await bots.first.telegram.deposit(media) == NotSent(why=Why.FLOOD, retry_after=600.0)


async def test_a_file_of_a_bot_that_is_just_being_taken_over_is_waited_for(bots: TwoBots):
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    await bots.first.telegram.stop()
    outcome = bots.relay(media)
    await asyncio.sleep(0)
    bots.first = await bots.town.start(token=bots.first_bot.token)
    assert isinstance(await outcome, Sent)
    assert bots.shown() == [b"data"]


# --- by the media channel


async def test_with_a_media_channel_nothing_is_uploaded(bots: TwoBots):
    bots.has_channel()
    await bots.start()
    bots.sends(b"data")
    assert isinstance(await bots.relay(await bots.received_media()), Sent)
    assert bots.shown() == [b"data"]
    assert bots.uploads() == 0


async def test_what_must_not_lie_in_the_media_channel_is_uploaded(bots: TwoBots):
    bots.has_channel()
    await bots.start()
    bots.sends(b"data")
    assert isinstance(await bots.relay(await bots.received_media(), by_upload=True), Sent)
    assert bots.shown() == [b"data"]
    assert bots.uploads() == 1
    assert bots.posts() == 0


async def test_if_one_bot_cannot_read_the_media_channel_the_file_is_uploaded(bots: TwoBots):
    bots.has_channel(bots.first_bot.id)
    await bots.start()
    bots.sends(b"data")
    assert isinstance(await bots.relay(await bots.received_media()), Sent)
    assert bots.shown() == [b"data"]
    assert bots.uploads() == 1


async def test_a_lost_media_channel_is_a_problem_and_files_are_uploaded_until_it_is_back(bots: TwoBots):
    bots.has_channel()
    await bots.start()
    bots.town.inflict("error", method="messages.sendmedia", code=400, text="CHANNEL_PRIVATE")
    bots.sends(b"data")
    assert isinstance(await bots.relay(await bots.received_media()), Sent)
    (line,) = bots.first.telegram.problems
    assert "media channel (CHANNEL_PRIVATE)" in line
    bots.sends(b"more")
    assert isinstance(await bots.relay(await bots.received_media(2), key="more"), Sent)
    assert bots.first.telegram.problems == ()
    assert bots.shown() == [b"data", b"more"]
    assert bots.uploads() == 1


async def test_files_for_another_process_go_by_the_media_channel(bots: TwoBots):
    bots.has_channel()
    await bots.start(file_sources=(FileSources(), FileSources()))
    bots.sends(b"data", caption="look")
    deposited = await bots.first.telegram.deposit(await bots.received_media())
    assert isinstance(deposited, Media)
    assert isinstance(await bots.relay(deposited), Sent)
    assert bots.shown() == [b"data"]
    assert bots.uploads() == 0


async def test_without_a_media_channel_files_for_another_process_are_refused(bots: TwoBots, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transport.media.transfer, "TAKEN_OVER_SECONDS", 0.05)
    await bots.start(file_sources=(FileSources(), FileSources()))
    bots.sends(b"data")
    media = await bots.received_media()
    refused = NotSent(why=Why.REFUSED, detail="FILE_ELSEWHERE")
    assert await bots.first.telegram.deposit(media) == media
    assert await bots.relay(media) == refused


# --- albums


async def album(bots: TwoBots) -> Album:
    bots.sends(b"one", caption="1")
    first = await bots.received_media()
    bots.sends(b"two", caption="2")
    return Album(items=(first, await bots.received_media(2)))


async def test_an_album_is_sent_as_one_and_has_the_id_of_each_part(bots: TwoBots):
    await bots.start()
    sent = await bots.relay(await album(bots), keys=("a", "b"))
    assert isinstance(sent, Sent)
    assert len(set(sent.album)) == 2
    assert sent.message == sent.album[0]
    assert bots.shown() == [b"one", b"two"]
    assert bots.town.calls("messages.SendMultiMedia") == 1


async def test_an_album_sent_again_after_a_crash_is_seen_once(bots: TwoBots):
    await bots.start()
    both = await album(bots)
    await bots.relay(both, keys=("a", "b"))
    assert await bots.relay(both, keys=("a", "b")) == Sent()
    assert bots.shown() == [b"one", b"two"]


async def test_the_rest_of_an_album_is_sent_if_one_part_was_sent_before(bots: TwoBots):
    await bots.start()
    both = await album(bots)
    await bots.relay(both.items[0], key="a")
    assert await bots.relay(both, keys=("a", "b")) == Sent()
    assert bots.shown() == [b"one", b"two"]


async def test_an_edit_can_replace_a_file_by_one_of_another_bot(bots: TwoBots):
    await bots.start()
    both = await album(bots)
    sent = await bots.relay(both.items[0])
    assert isinstance(sent, Sent)
    edit = Edit(to=UserId(bots.boris.id), message=sent.message, body=both.items[1], lane=Lane.RELAY, chat=CHAT)
    assert isinstance(await bots.second.telegram.submit(edit), Sent)
    assert bots.shown() == [b"two"]


async def test_telegram_refuses_the_file_ids_of_another_bot(bots: TwoBots):
    """The reason why files are transferred at all."""
    await bots.start()
    bots.sends(b"data")
    media = await bots.received_media()
    forged = with_files(media, lambda file: replace(file, bot=bots.second_bot.id))
    outcome = await bots.relay(forged)
    assert isinstance(outcome, NotSent)
    assert outcome.why is Why.REFUSED


async def test_a_document_of_the_bots_own_making_is_uploaded_and_sent_once(bots: TwoBots):
    """As the copy of somebody's data."""
    await bots.start()
    data = b'{"a": "' + b"x" * (PART + 10) + b'"}'
    body = Document(name="my-data.json", mime="application/json", data=data)
    send = Send(to=UserId(bots.boris.id), key="export", body=body, lane=Lane.ANSWER)
    assert isinstance(await bots.second.telegram.submit(send), Sent)
    assert isinstance(await bots.second.telegram.submit(send), Sent)
    assert bots.shown() == [data]
    [message] = [
        each
        for each in bots.town.sandbox.mailbox.history(bots.boris.id, bots.second_bot.id, 1000, 1 << 31)
        if each.from_bot and each.media
    ]
    file = bots.town.sandbox.catalog.get(message.media["file"])
    assert (file.name, file.mime, message.media["kind"]) == ("my-data.json", "application/json", "document")


@pytest.mark.parametrize("name", ["a_bot", "a_bot_with_a_longer_name", "a_bot_with_the_longest_name_there"])
async def test_the_picture_of_a_link_can_be_read_and_is_sent_once(bots: TwoBots, name: str):
    await bots.start()
    link = f"https://t.me/{name}?start=ref_0123456789AB"
    send = Send(to=UserId(bots.boris.id), key="picture", body=QrCode(text=link), lane=Lane.ANSWER)
    assert isinstance(await bots.second.telegram.submit(send), Sent)
    assert isinstance(await bots.second.telegram.submit(send), Sent)
    [picture] = bots.shown()
    assert qr_reader.read(picture, scale=SCALE, border=BORDER) == link
    history = bots.town.sandbox.mailbox.history(bots.boris.id, bots.second_bot.id, 1000, 1 << 31)
    assert [each.media["kind"] for each in history if each.from_bot and each.media] == ["photo"]


async def test_a_document_that_cannot_be_uploaded_is_told_with_its_reason(bots: TwoBots):
    await bots.start()
    bots.town.sandbox.inflict(
        Fault(kind=Kind.ERROR, method="upload.savefilepart", text="FILE_PARTS_INVALID", code=400, times=100)
    )
    body = Document(name="my-data.json", mime="application/json", data=b"{}")
    outcome = await bots.second.telegram.submit(Send(to=UserId(bots.boris.id), key="export", body=body, lane=Lane.ANSWER))
    assert isinstance(outcome, NotSent)
    assert outcome.why is Why.REFUSED
