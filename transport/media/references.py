"""Renews expired file references. Telegram gives a new one with the message that contained the file."""

from __future__ import annotations

from typing import Any

from pyrogram import raw

from domain.model.content import FileRef
from transport.media.writing import read_back
from transport.mtproto.link import Link


class References:
    def __init__(self, link: Link) -> None:
        self._link = link

    async def renew(self, files: tuple[FileRef, ...]) -> dict[str, bytes] | None:
        """New references by `unique_id`. None if one of the files cannot be found again. Raises RPCError or OSError."""
        messages = [raw.types.InputMessageID(id=file.message) for file in files if file.message is not None]
        if len(messages) < len(files):
            return None
        answer = await self._link.call(raw.functions.messages.GetMessages(id=messages))
        found = {file.unique_id: file.reference for file in self._files(answer, files[0])}
        return found if all(file.unique_id in found for file in files) else None

    def _files(self, answer: Any, like: FileRef) -> list[FileRef]:
        messages = (message for message in answer.messages if isinstance(message, raw.types.Message))
        return [file for message in messages if (file := read_back(message, like.bot)) is not None]


def is_expired_reference(detail: str) -> bool:
    """Whether the detail of a NotSent is FILE_REFERENCE_EXPIRED, FILE_REFERENCE_2_EXPIRED or another of them."""
    return detail.startswith("FILE_REFERENCE_")
