"""Translates between TL attributes of documents and the sandbox's `File`. One row per kind."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Callable
from typing import Any

from pyrogram import raw

from transport.sandbox.mtproto.tl import TL
from transport.sandbox.world.model import File

types = raw.types
USUAL = {
    "photo": "image/jpeg",
    "video": "video/mp4",
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "voice": "audio/ogg",
    "video_note": "video/mp4",
    "sticker": "image/webp",
}
"""Default MIME type by kind."""
UNKNOWN = "application/octet-stream"


def mime_type(kind: str, name: str) -> str:
    return USUAL.get(kind) or mimetypes.guess_type(name)[0] or UNKNOWN


def kind_of(attributes: list[TL], mime: str, *, plain: bool) -> str:
    """The kind that Telegram gives to an upload. `plain`: the sender asks for a document, whatever it contains."""
    if plain:
        return "document"
    found = {type(one): one for one in attributes}
    video, audio = found.get(types.DocumentAttributeVideo), found.get(types.DocumentAttributeAudio)
    if types.DocumentAttributeSticker in found:
        return "sticker"
    if types.DocumentAttributeAnimated in found or mime == "image/gif":
        return "animation"
    if video is not None:
        return "video_note" if video.round_message else "video"
    if audio is not None:
        return "voice" if audio.voice else "audio"
    return "sticker" if mime == "image/webp" else "document"


def traits_of(attributes: list[TL]) -> dict[str, Any]:
    """The other fields of `File` that the attributes contain."""
    traits: dict[str, Any] = {}
    for one in attributes:
        read = READERS.get(type(one))
        if read is not None:
            traits.update({name: value for name, value in read(one).items() if value})
    return traits


def attributes_of(file: File) -> list[TL]:
    write = WRITERS.get(file.kind)
    named = [types.DocumentAttributeFilename(file_name=file.name)] if file.name else []
    return [*(write(file) if write else ()), *named]


def _read_audio(one: TL) -> dict[str, Any]:
    waveform = base64.b64encode(one.waveform).decode() if one.waveform else ""
    return {"duration": one.duration, "title": one.title, "performer": one.performer, "waveform": waveform}


READERS: dict[Any, Callable[[TL], dict[str, Any]]] = {
    types.DocumentAttributeFilename: lambda one: {"name": one.file_name},
    types.DocumentAttributeImageSize: lambda one: {"width": one.w, "height": one.h},
    types.DocumentAttributeVideo: lambda one: {"width": one.w, "height": one.h, "duration": one.duration},
    types.DocumentAttributeAudio: _read_audio,
    types.DocumentAttributeSticker: lambda one: {"emoji": one.alt},
}


def _video(file: File, **rest: Any) -> TL:
    return types.DocumentAttributeVideo(duration=float(file.duration), w=file.width, h=file.height, **rest)


def _audio(file: File) -> TL:
    title, performer = file.title or None, file.performer or None
    return types.DocumentAttributeAudio(duration=int(file.duration), title=title, performer=performer)


def _voice(file: File) -> TL:
    waveform = base64.b64decode(file.waveform) or None
    return types.DocumentAttributeAudio(duration=int(file.duration), voice=True, waveform=waveform)


def _sticker(file: File) -> list[TL]:
    place = types.DocumentAttributeImageSize(w=file.width, h=file.height)
    name = file.sticker_set
    found = types.InputStickerSetShortName(short_name=name) if name else types.InputStickerSetEmpty()
    if file.sticker_set_id:
        found = types.InputStickerSetID(id=file.sticker_set_id, access_hash=0)
    return [place, types.DocumentAttributeSticker(alt=file.emoji, stickerset=found)]


WRITERS: dict[str, Callable[[File], list[TL]]] = {
    "video": lambda file: [_video(file, supports_streaming=True)],
    "animation": lambda file: [_video(file, nosound=True), types.DocumentAttributeAnimated()],
    "video_note": lambda file: [_video(file, round_message=True)],
    "audio": lambda file: [_audio(file)],
    "voice": lambda file: [_voice(file)],
    "sticker": _sticker,
}
