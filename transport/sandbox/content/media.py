"""Media of messages as TL, with the access hashes and file references of one bot. One row per kind."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from pyrogram import raw

from transport.sandbox.content.catalog import Catalog
from transport.sandbox.content.documents import attributes_of
from transport.sandbox.content.file_credentials import FileCredentials
from transport.sandbox.content.images import shrink, stripped
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.world.model import FILE_KINDS, File, Media

types = raw.types
DC = 2
SIDES = {"m": 320, "x": 800, "y": 1280}
"""Longest side of a photo's sizes. All have the same bytes, because nothing here scales images."""
WITH_THUMB = frozenset({"video", "animation", "video_note"})


class MediaRenderer:
    def __init__(self, catalog: Catalog, file_credentials: FileCredentials) -> None:
        self._catalog = catalog
        self._file_credentials = file_credentials

    def to_tl(self, viewer: int, media: Media | None) -> TL:
        if media is None:
            return None
        if media["kind"] not in FILE_KINDS:
            return WITHOUT_FILE[media["kind"]](media)
        file = self.file(media)
        spoiler = media.get("spoiler") or None
        if file.kind == "photo":
            return types.MessageMediaPhoto(photo=self._photo(viewer, file), spoiler=spoiler)
        return types.MessageMediaDocument(
            document=self._document(viewer, file),
            spoiler=spoiler,
            video=file.kind == "video" or None,
            round=file.kind == "video_note" or None,
            voice=file.kind == "voice" or None,
        )

    def file(self, media: Media) -> File:
        file = self._catalog.get(media["file"])
        if file is None:
            raise LookupError(f"the catalog has lost file {media['file']}")
        return file

    def _photo(self, viewer: int, file: File) -> TL:
        size = (file.width, file.height)
        used = [kind for kind, side in SIDES.items() if side < max(size)]
        used.append(next((kind for kind in SIDES if kind not in used), "w"))
        shrunk = {kind: shrink(size, SIDES.get(kind, max(size))) for kind in used}
        return types.Photo(
            **self._identity(viewer, file),
            sizes=[
                types.PhotoStrippedSize(type="i", bytes=stripped(size)),
                *(types.PhotoSize(type=kind, w=w, h=h, size=file.size) for kind, (w, h) in shrunk.items()),
            ],
        )

    def _document(self, viewer: int, file: File) -> TL:
        strip = types.PhotoStrippedSize(type="i", bytes=stripped((file.width, file.height)))
        return types.Document(
            **self._identity(viewer, file),
            mime_type=file.mime,
            size=file.size,
            attributes=attributes_of(file),
            thumbs=[strip] if file.kind in WITH_THUMB else None,
        )

    def _identity(self, viewer: int, file: File) -> dict[str, Any]:
        return {
            "id": file.id,
            "access_hash": self._file_credentials.access_hash(viewer, file.id),
            "file_reference": self._file_credentials.reference(viewer, file.id),
            "date": file.date,
            "dc_id": DC,
        }


def _poll(media: Media) -> TL:
    answers = [
        types.PollAnswer(text=_plain(option), option=struct.pack("<B", place)) for place, option in enumerate(media["options"])
    ]
    quiz = media.get("quiz")
    poll = types.Poll(id=media["id"], question=_plain(media["question"]), answers=answers, hash=0, quiz=quiz)
    right = [types.PollAnswerVoters(option=answers[media["correct"]].option, correct=True)] if quiz else None
    return types.MessageMediaPoll(poll=poll, results=types.PollResults(results=right, total_voters=0))


def _plain(text: str) -> TL:
    return types.TextWithEntities(text=text, entities=[])


def _contact(media: Media) -> TL:
    names = {"first_name": media["first_name"], "last_name": media["last_name"]}
    return types.MessageMediaContact(phone_number=media["phone_number"], vcard="", user_id=media.get("user_id", 0), **names)


def _location(media: Media) -> TL:
    return types.MessageMediaGeo(geo=types.GeoPoint(long=media["longitude"], lat=media["latitude"], access_hash=0))


def _invoice(media: Media) -> TL:
    return types.MessageMediaInvoice(
        title=media["title"],
        description=media["description"],
        currency="XTR",
        total_amount=media["stars"],
        start_param=media["start_param"] or "",
        receipt_msg_id=media.get("receipt"),
    )


WITHOUT_FILE: dict[str, Callable[[Media], TL]] = {
    "poll": _poll,
    "dice": lambda media: types.MessageMediaDice(value=media["value"], emoticon=media["emoji"]),
    "contact": _contact,
    "location": _location,
    "invoice": _invoice,
}
