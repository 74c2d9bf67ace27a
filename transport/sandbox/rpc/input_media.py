"""Reads the InputMedia that bots send into the world's `Media`. A table has one row for each constructor."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from pyrogram import raw

from transport.sandbox.content import entities
from transport.sandbox.content.dice import roll
from transport.sandbox.content.documents import kind_of, mime_type, traits_of
from transport.sandbox.content.images import image_type
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.rpc.call import Call
from transport.sandbox.rpc.input_invoice import read_invoice_message
from transport.sandbox.world.model import File, Media, RpcError

types = raw.types
MAX_QUESTION, MAX_OPTION, MAX_OPTIONS = 300, 100, 12
UPLOADED = (types.InputMediaUploadedPhoto, types.InputMediaUploadedDocument)


def read_media(call: Call, media: TL, *, above: bool | None = None) -> Media:
    """`above`: the caption is above the media. Raises RpcError like Telegram."""
    read = READERS.get(type(media))
    if read is None:
        raise RpcError(400, "MEDIA_INVALID")
    if getattr(media, "ttl_seconds", None):
        raise RpcError(400, "TTL_MEDIA_INVALID")
    return with_caption(read(call, media), above=above)


def with_caption(media: Media, *, above: bool | None) -> Media:
    below = {name: value for name, value in media.items() if name != "caption_above"}
    return {**below, "caption_above": True} if above else below


def _with_file(file: File, media: TL) -> Media:
    found: Media = {"kind": file.kind, "file": file.id}
    return {**found, "spoiler": True} if media.spoiler else found


def _uploaded_photo(call: Call, media: TL) -> Media:
    content = call.services.uploads.finish(call.bot.id, media.file)
    mime = image_type(content.head) or mime_type("photo", "")
    return _with_file(call.services.catalog.add(content, "photo", mime), media)


def _uploaded_document(call: Call, media: TL) -> Media:
    content = call.services.uploads.finish(call.bot.id, media.file)
    kind = kind_of(media.attributes, media.mime_type, plain=bool(media.force_file))
    return _with_file(call.services.catalog.add(content, kind, media.mime_type, **traits_of(media.attributes)), media)


def _known_photo(call: Call, media: TL) -> Media:
    return _with_file(_own_file(call, media, is_photo=True), media)


def _known_document(call: Call, media: TL) -> Media:
    return _with_file(_own_file(call, media, is_photo=False), media)


def _own_file(call: Call, media: TL, *, is_photo: bool) -> File:
    file = call.services.file_credentials.check(call.bot.id, media.id, error="MEDIA_EMPTY")
    if (file.kind == "photo") != is_photo:
        raise RpcError(400, "MEDIA_EMPTY")
    return file


def _poll(_: Call, media: TL) -> Media:
    """The formatting is checked, but phones do not show it."""
    question = media.poll.question.text
    options = [answer.text.text for answer in media.poll.answers]
    for text in (media.poll.question, *(answer.text for answer in media.poll.answers)):
        entities.from_tl(text.entities, text.text)
    entities.from_tl(media.solution_entities, media.solution or "")
    if not question.strip() or entities.utf16_length(question) > MAX_QUESTION:
        raise RpcError(400, "POLL_QUESTION_INVALID")
    if not 1 <= len(options) <= MAX_OPTIONS:
        raise RpcError(400, "POLL_ANSWERS_INVALID")
    if any(not 1 <= entities.utf16_length(option) <= MAX_OPTION for option in options):
        raise RpcError(400, "POLL_ANSWER_INVALID")
    return {"kind": "poll", "id": secrets.randbits(62), "question": question, "options": options, **_answer(media, len(options))}


def _answer(media: TL, options: int) -> Media:
    if not media.poll.quiz:
        return {}
    right = media.correct_answers or []
    if len(right) != 1:
        raise RpcError(400, "QUIZ_CORRECT_ANSWERS_EMPTY" if not right else "QUIZ_CORRECT_ANSWERS_TOO_MUCH")
    if not 0 <= right[0] < options:
        raise RpcError(400, "QUIZ_CORRECT_ANSWER_INVALID")
    return {"quiz": True, "correct": right[0]}


def _dice(_: Call, media: TL) -> Media:
    rolled = roll(media.emoticon)
    if rolled is None:
        raise RpcError(400, "EMOTICON_INVALID")
    return rolled


def _contact(_: Call, media: TL) -> Media:
    if not media.phone_number or not media.first_name:
        raise RpcError(400, "MEDIA_INVALID")
    names = {"first_name": media.first_name, "last_name": media.last_name}
    return {"kind": "contact", "phone_number": media.phone_number, **names}


def _location(_: Call, media: TL) -> Media:
    return {"kind": "location", "latitude": media.geo_point.lat, "longitude": media.geo_point.long}


def _unreachable(_: Call, __: TL) -> Media:
    """Media by URL: refused, because the sandbox makes no connections."""
    raise RpcError(400, "WEBPAGE_CURL_FAILED")


def _preview(_: Call, __: TL) -> Media:
    """A text with the preview of a link of its own choice. No page is ever found."""
    raise RpcError(400, "WEBPAGE_NOT_FOUND")


READERS: dict[Any, Callable[[Call, TL], Media]] = {
    types.InputMediaUploadedPhoto: _uploaded_photo,
    types.InputMediaUploadedDocument: _uploaded_document,
    types.InputMediaPhoto: _known_photo,
    types.InputMediaDocument: _known_document,
    types.InputMediaPoll: _poll,
    types.InputMediaDice: _dice,
    types.InputMediaContact: _contact,
    types.InputMediaGeoPoint: _location,
    types.InputMediaInvoice: read_invoice_message,
    types.InputMediaPhotoExternal: _unreachable,
    types.InputMediaDocumentExternal: _unreachable,
    types.InputMediaWebPage: _preview,
}
