"""Uploads a file anew that must not go by its id (`Anew`): without its sticker set, with a cleaned name, or without a camera's
notes. Only to be cleaned is a file whole in memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from domain.model.content import Anew, FileRef, Media, MediaKind
from domain.model.outgoing import NotSent, Why
from domain.trust.file_details import MOST_BYTES
from transport.media.files import PART, Files
from transport.media.sources import FileSources
from transport.media.stripping.broken import BrokenFileError
from transport.media.stripping.strip import strip

log = logging.getLogger(__name__)

MEGABYTE = 1_000_000
TAKEN_OVER_SECONDS = 3.0
"""So long a file waits for its bot to be served by this process: a take-over of a bot takes less."""
LARGEST_STICKER = 512 * 1024
"""Bytes; Telegram has none larger."""

ELSEWHERE = NotSent(why=Why.REFUSED, detail="FILE_ELSEWHERE")
TOO_BIG = NotSent(why=Why.REFUSED, detail="FILE_TOO_BIG")
NOT_CLEANED = NotSent(why=Why.REFUSED, detail="FILE_NOT_CLEANED")


class TransferFailed(Exception):  # noqa: N818 - carries the outcome of a call
    def __init__(self, outcome: NotSent) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


def as_remembered(media: Media) -> FileRef:
    """The file under a name that is not that of the same file as it came."""
    file = media.file
    return replace(file, unique_id=f"{media.anew}-{file.unique_id}") if media.anew else file


async def remake(media: Media, *, files: Files, sources: FileSources, peer: Any, most_mb: float) -> FileRef:
    """A file of the bot of `files`. `peer`: see `Files.upload`. Raises RPCError, OSError or TransferFailed."""
    source = await sources.source(media.file.bot, TAKEN_OVER_SECONDS)
    if source is None:
        raise TransferFailed(ELSEWHERE)
    if media.file.size > _most(media, most_mb):
        raise TransferFailed(TOO_BIG)
    renamed = replace(media, file=as_remembered(media))
    if media.anew is not Anew.WITHOUT_DETAILS:
        return await files.upload(renamed, source.parts(media.file), peer)
    async with sources.stripping:
        data = await _cleaned(source.parts(media.file))
        cleaned = replace(renamed, file=replace(renamed.file, size=len(data)))
        return await files.upload(cleaned, _parts_of(data), peer)


def _most(media: Media, most_mb: float) -> float:
    most = most_mb * MEGABYTE
    if media.anew is Anew.WITHOUT_DETAILS:
        return min(most, MOST_BYTES)
    return min(most, LARGEST_STICKER) if media.kind is MediaKind.STICKER else most


async def _cleaned(parts: AsyncGenerator[bytes, None]) -> bytes:
    data = bytearray()
    async with aclosing(parts):
        async for part in parts:
            data += part
    try:
        return await asyncio.to_thread(strip, bytes(data))
    except BrokenFileError as error:
        log.info("a file cannot be cleaned: %s", error)
        raise TransferFailed(NOT_CLEANED) from error


async def _parts_of(data: bytes) -> AsyncGenerator[bytes, None]:
    for place in range(0, len(data), PART):
        yield data[place : place + PART]
