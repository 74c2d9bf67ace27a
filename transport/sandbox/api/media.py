"""Reads the media in requests: files in base64, albums, polls, dice, contacts, locations."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from typing import Any

from transport.sandbox.api import body as take
from transport.sandbox.content import entities, previews
from transport.sandbox.content.catalog import Catalog
from transport.sandbox.content.dice import roll
from transport.sandbox.content.documents import mime_type
from transport.sandbox.content.files import Files
from transport.sandbox.content.images import image_type
from transport.sandbox.content.new_message import MAX_ALBUM, MAX_TEXT, NewMessage, go_together
from transport.sandbox.world.model import FILE_KINDS, Entity, Json, Media, Refused

MAX_SIDE = 100_000
MAX_SECONDS = 1_000_000.0
MAX_OPTIONS = 12
MAX_SET = (1 << 63) - 1


class MediaReader:
    def __init__(self, files: Files, catalog: Catalog) -> None:
        self._files = files
        self._catalog = catalog

    def new_messages(self, body: Json) -> list[NewMessage]:
        """The messages of a request: from `media`, `album`, `poll`, `dice`, `contact`, `location`, otherwise from `text`."""
        if body.get("album") is not None:
            return self._album(body["album"])
        if body.get("media") is not None:
            return [self.new_message(body["media"], "media")]
        for name, read in WITHOUT_FILE.items():
            if body.get(name) is not None:
                return [NewMessage("", media=read(body[name], name))]
        written = take.text(body, "text", limit=MAX_TEXT)
        return [NewMessage(written, formatting=formatting(body, written), preview=preview(body))]

    def new_message(self, value: Any, field: str) -> NewMessage:
        item = _object(value, field)
        if item.get("kind") not in FILE_KINDS:
            raise Refused(f"{field}.kind", f"one of {', '.join(FILE_KINDS)} is wanted")
        try:
            caption = take.text(item, "caption", default="", limit=MAX_TEXT)
            found = formatting(item, caption)
            media = self._store(item)
        except Refused as error:
            raise Refused(f"{field}.{error.field}", error.text, status=error.status) from None
        return NewMessage(caption, formatting=found, media=media)

    def _album(self, value: Any) -> list[NewMessage]:
        if not isinstance(value, list) or not 2 <= len(value) <= MAX_ALBUM:
            raise Refused("album", f"a list of 2 to {MAX_ALBUM} media is wanted")
        items = [_object(item, f"album[{place}]") for place, item in enumerate(value)]
        if all(item.get("kind") in FILE_KINDS for item in items) and not go_together(items):
            raise Refused("album", "photos go with videos, audio with audio, documents with documents; nothing else is an album")
        return [self.new_message(item, f"album[{place}]") for place, item in enumerate(items)]

    def _store(self, item: Json) -> Media:
        kind, name = item["kind"], take.text(item, "file_name", default="")
        traits = _traits(item)
        marks = {name: True for name in ("spoiler", "caption_above") if _flag(item, name)}
        content = self._files.keep(_bytes(item.get("data"), self._files.limit))
        mime = take.text(item, "mime_type", default="") or (kind == "photo" and image_type(content.head)) or mime_type(kind, name)
        file = self._catalog.add(content, kind, mime, **({"name": name} if name and kind != "photo" else {}), **traits)
        return {"kind": kind, "file": file.id, **marks}


def formatting(body: Json, written: str) -> list[Entity] | None:
    """The formatting in a request. None if there is none: then Telegram marks links and commands by itself."""
    return entities.from_json(body["entities"], written) if body.get("entities") is not None else None


def preview(body: Json) -> Json | None:
    """How a request wants the preview of its link."""
    return previews.wanted(
        off=_flag(body, "no_webpage"),
        above=_flag(body, "invert_media"),
        large=_flag(body, "force_large_media"),
        small=_flag(body, "force_small_media"),
    )


def _bytes(value: Any, limit: int) -> bytes:
    if not isinstance(value, str) or not value:
        raise Refused("data", "the file in base64 is wanted")
    if len(value) // 4 * 3 > limit + 2:
        raise Refused("data", f"at most {limit} bytes are taken", status=413)
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("data", f"not base64: {error}") from None
    if len(data) > limit:
        raise Refused("data", f"at most {limit} bytes are taken", status=413)
    return data


def _traits(item: Json) -> Json:
    """The fields of `File` that a sender may set."""
    traits: Json = {name: take.integer(item, name, low=1, high=MAX_SIDE) for name in ("width", "height") if name in item}
    if "duration" in item:
        traits["duration"] = take.number(item, "duration", default=0, low=0, high=MAX_SECONDS)
    for name in ("title", "performer", "emoji", "sticker_set"):
        if name in item:
            traits[name] = take.text(item, name)
    if "sticker_set_id" in item:
        traits["sticker_set_id"] = take.integer(item, "sticker_set_id", low=1, high=MAX_SET)
    if "waveform" in item:
        traits["waveform"] = base64.b64encode(_bytes(item["waveform"], 200)).decode()
    return traits


def _flag(item: Json, name: str) -> bool:
    value = item.get(name, False)
    if not isinstance(value, bool):
        raise Refused(name, "true or false is wanted")
    return value


def _object(value: Any, field: str) -> Json:
    if not isinstance(value, dict):
        raise Refused(field, "an object is wanted")
    return value


def _poll(value: Any, field: str) -> Media:
    poll = _object(value, field)
    options = poll.get("options")
    if not isinstance(options, list) or not 2 <= len(options) <= MAX_OPTIONS:
        raise Refused("poll.options", f"a list of 2 to {MAX_OPTIONS} texts is wanted")
    if not all(isinstance(one, str) and 1 <= len(one) <= 100 for one in options):
        raise Refused("poll.options", "texts of 1 to 100 characters are wanted")
    question = poll.get("question")
    if not isinstance(question, str) or not 1 <= len(question) <= 300:
        raise Refused("poll.question", "a text of 1 to 300 characters is wanted")
    asked: Media = {"kind": "poll", "id": secrets.randbits(62), "question": question, "options": options}
    if "correct" not in poll:
        return asked
    if type(poll["correct"]) is not int or not 0 <= poll["correct"] < len(options):
        raise Refused("poll.correct", "the place of an option is wanted, from 0 on")
    return {**asked, "quiz": True, "correct": poll["correct"]}


def _dice(value: Any, field: str) -> Media:
    rolled = roll(value) if isinstance(value, str) else None
    if rolled is None:
        raise Refused(field, "one of the emoji that are dice is wanted: 🎲 🎯 🎳 🏀 ⚽ 🎰")
    return rolled


def _contact(value: Any, field: str) -> Media:
    contact = _object(value, field)
    names = ("phone_number", "first_name", "last_name")
    for name in names:
        if not isinstance(contact.get(name, "" if name == "last_name" else None), str):
            raise Refused(f"contact.{name}", "a string is wanted")
    return {"kind": "contact", **{name: contact.get(name, "") for name in names}}


def _location(value: Any, field: str) -> Media:
    place = _object(value, field)
    limits = {"latitude": 90.0, "longitude": 180.0}
    found = {}
    for name, limit in limits.items():
        if name not in place:
            raise Refused(f"location.{name}", "is missing")
        try:
            found[name] = take.number(place, name, default=0, low=-limit, high=limit)
        except Refused as error:
            raise Refused(f"location.{name}", error.text) from None
    return {"kind": "location", **found}


WITHOUT_FILE: dict[str, Callable[[Any, str], Media]] = {
    "poll": _poll,
    "dice": _dice,
    "contact": _contact,
    "location": _location,
}
