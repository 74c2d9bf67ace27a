"""One bot's files at Telegram: downloads and uploads in parts, and copies in the media channel. No file is whole in memory.

All methods raise RPCError (Telegram's answer) or OSError.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any

from pyrogram import raw
from pyrogram.errors import RPCError

from domain.model.content import FileRef, Media
from domain.model.ids import BotId, MessageId
from transport.calls.methods import name_of, sent_id
from transport.media.references import References, is_expired_reference
from transport.media.writing import input_media, location, read_back, uploaded
from transport.mtproto.link import Link

PART = 128 * 1024
"""Bytes. Small enough that a text does not wait long behind a part. 512 KiB is a multiple of it, as Telegram demands."""
BIG = 10 * 1024 * 1024
"""Bytes. Larger files are uploaded by another method of Telegram's."""
MIGRATE = "FILE_MIGRATE_X"

LOST_CHANNEL = frozenset(
    {"CHANNEL_INVALID", "CHANNEL_PRIVATE", "CHAT_ADMIN_REQUIRED", "CHAT_WRITE_FORBIDDEN", "USER_BANNED_IN_CHANNEL"}
)


class UnreadableError(OSError):
    """Telegram's answer contains no file, or not all of it."""


class Files:
    def __init__(self, link: Link, *, bot: BotId, media_channel: int) -> None:
        """`media_channel` is the channel's number; 0 if there is none."""
        self._link = link
        self._bot = bot
        self._references = References(link)
        self._channel = raw.types.InputChannel(channel_id=media_channel, access_hash=0)
        self._has_access_hash = False
        self.has_channel = bool(media_channel)
        self.problem = ""
        """Why the bot cannot use the media channel, for the operator; empty if it can."""

    async def parts(self, file: FileRef) -> AsyncGenerator[bytes, None]:
        """In order, up to `file.size`."""
        offset = 0
        while offset < file.size:
            try:
                data = await self._part(file, offset)
            except RPCError as error:
                file = await self._with_new_reference(file, error)
                data = await self._part(file, offset)
            if not data:
                raise UnreadableError(f"a file of {file.size} bytes ended after {offset}")
            yield data
            offset += len(data)

    async def upload(self, media: Media, parts: AsyncGenerator[bytes, None], peer: Any) -> FileRef:
        """Upload these bytes as a file of this bot. `peer` is the user to whom it is to be sent."""
        number, name = secrets.randbits(63), media.file_name or f"{media.kind}"
        count = -(-media.file.size // PART)
        big = media.file.size > BIG
        saved = 0
        async with aclosing(parts):
            async for part in parts:
                await self._link.call(_save_part(number, saved, count, part, big=big))
                saved += 1
        if big:
            file = raw.types.InputFileBig(id=number, parts=saved, name=name)
        else:
            file = raw.types.InputFile(id=number, parts=saved, name=name, md5_checksum="")
        answer = await self._link.call(raw.functions.messages.UploadMedia(peer=peer, media=uploaded(media, file)))
        return self._own(raw.types.Message(id=0, peer_id=None, date=0, message="", media=answer), media.file)

    async def post(self, media: Media) -> MessageId:
        """Copy a file of this bot into the media channel. Returns the id of the post."""
        with self._noting_lost_channel():
            channel = await self._open_channel()
            peer = raw.types.InputPeerChannel(channel_id=channel.channel_id, access_hash=channel.access_hash)
            query = raw.functions.messages.SendMedia(
                peer=peer, media=input_media(media), message="", random_id=secrets.randbits(63), silent=True
            )
            posted = sent_post(await self._link.call(query))
        if posted is None:
            raise UnreadableError("Telegram did not name the post")
        return posted

    async def posted(self, post: MessageId, like: FileRef) -> FileRef:
        """The file in that post of the media channel, with this bot's own id and access hash."""
        with self._noting_lost_channel():
            channel = await self._open_channel()
            query = raw.functions.channels.GetMessages(channel=channel, id=[raw.types.InputMessageID(id=post)])
            answer = await self._link.call(query)
        message = next((each for each in answer.messages if isinstance(each, raw.types.Message)), None)
        if message is None:
            raise UnreadableError("the post is not in the media channel")
        return replace(self._own(message, like), post=post)

    @contextmanager
    def _noting_lost_channel(self) -> Iterator[None]:
        """Sets `problem` if the bot has no access to the channel. Then the channel is looked up again next time."""
        try:
            yield
        except RPCError as error:
            if name_of(error) in LOST_CHANNEL:
                self._has_access_hash, self.problem = False, self._problem_line(name_of(error))
            raise
        self.problem = ""

    def _problem_line(self, reason: str) -> str:
        return (
            f"bot {self._bot} cannot use the media channel ({reason}): make it an admin of the channel that "
            "admin.media_channel_id names; until then files go by upload, or not at all to other processes"
        )

    async def _part(self, file: FileRef, offset: int) -> bytes:
        query = raw.functions.upload.GetFile(location=location(file), offset=offset, limit=PART)
        try:
            answer = await self._link.call(query)
        except RPCError as error:
            if error.ID != MIGRATE:
                raise
            answer = await self._link.call_at(int(error.value), query)
        if not isinstance(answer, raw.types.upload.File):
            raise UnreadableError(type(answer).__name__)
        return answer.bytes

    async def _with_new_reference(self, file: FileRef, error: RPCError) -> FileRef:
        """The file with a new reference. Raises `error` if it is not about the reference, or if there is no new one."""
        fresh = await self._references.renew((file,)) if is_expired_reference(name_of(error)) else None
        if fresh is None:
            raise error
        return replace(file, reference=fresh[file.unique_id])

    def _own(self, message: Any, like: FileRef) -> FileRef:
        """The file of the message, with the `unique_id` of the file it was copied from: Telegram gives a copy a new id."""
        found = read_back(message, self._bot)
        if found is None:
            raise UnreadableError(f"{type(message.media).__name__} is no file")
        return replace(found, unique_id=like.unique_id, message=None)

    async def _open_channel(self) -> Any:
        if not self._has_access_hash:
            answer = await self._link.call(raw.functions.channels.GetChannels(id=[self._channel]))
            found = next((chat for chat in answer.chats if isinstance(chat, raw.types.Channel)), None)
            if found is None:
                self.problem = self._problem_line("CHANNEL_PRIVATE")
                raise UnreadableError("the media channel is closed to this bot")
            self._channel = raw.types.InputChannel(channel_id=found.id, access_hash=found.access_hash or 0)
            self._has_access_hash = True
        return self._channel


async def in_parts(data: bytes) -> AsyncGenerator[bytes, None]:
    """As `Files.upload` wants them."""
    for offset in range(0, len(data), PART):
        yield data[offset : offset + PART]


def sent_post(result: Any) -> MessageId | None:
    """The id of the post that a send to a channel made; None if the answer does not contain it."""
    for update in getattr(result, "updates", ()):
        if isinstance(update, raw.types.UpdateNewChannelMessage):
            return MessageId(update.message.id)
    return sent_id(result)


def _save_part(number: int, part: int, parts: int, data: bytes, *, big: bool) -> Any:
    if big:
        return raw.functions.upload.SaveBigFilePart(file_id=number, file_part=part, file_total_parts=parts, bytes=data)
    return raw.functions.upload.SaveFilePart(file_id=number, file_part=part, bytes=data)
