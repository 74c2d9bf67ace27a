"""Writes and reads events as entries of a stream: version, type and JSON.

`EVENTS` has the type's name on the wire. The scripts write the same names, so they stay when a class is renamed.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from domain.model.content import Content
from domain.model.events import (
    ChatEnded,
    ChatLocked,
    DeliveryReceipt,
    Event,
    Expelled,
    LockBroken,
    LockEnded,
    Matched,
    NamesOffered,
    NamesShown,
    RelayedMessage,
    SearchEnded,
    Separated,
    TopicGiven,
)
from domain.model.ids import Address, ChatId, MessageId, Pts, UserId

VERSION = b"1"

EVENTS: dict[bytes, type[Event]] = {
    b"Matched": Matched,
    b"Parted": ChatEnded,
    b"SearchEnded": SearchEnded,
    b"Expelled": Expelled,
    b"Separated": Separated,
    b"Carried": RelayedMessage,
    b"Delivered": DeliveryReceipt,
    b"Topic": TopicGiven,
    b"NamesOffered": NamesOffered,
    b"NamesShown": NamesShown,
    b"Locked": ChatLocked,
    b"LockEnded": LockEnded,
    b"LockBroken": LockBroken,
}


class UnknownEntryError(Exception):
    """An entry of another version, or damaged."""


class TypedContent(msgspec.Struct):
    """A content and the name of its class. msgspec cannot decode a union of dataclasses."""

    type: str
    value: msgspec.Raw


class WireMessage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`RelayedMessage` with a `TypedContent`."""

    user: UserId
    chat: ChatId
    source: Address
    message: MessageId
    content: TypedContent
    reply_to: MessageId | None = None
    edits: MessageId | None = None
    pts: Pts | None = None
    digests: tuple[int, ...] = ()
    late: bool = False
    protected: bool = False


_encoder = msgspec.json.Encoder()
_relayed_decoder = msgspec.json.Decoder(WireMessage)
_event_decoders: dict[bytes, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(kind) for name, kind in EVENTS.items() if kind is not RelayedMessage
}
_content_decoders: dict[str, msgspec.json.Decoder[Any]] = {
    kind.__name__: msgspec.json.Decoder(kind) for kind in get_args(Content)
}
NAMES: dict[type[Event], bytes] = {kind: name for name, kind in EVENTS.items()}


def encode(event: Event) -> dict[str, bytes]:
    data = _encoder.encode(_wrapped(event) if isinstance(event, RelayedMessage) else event)
    return {"v": VERSION, "t": NAMES[type(event)], "d": data}


def decode(fields: dict[bytes, bytes]) -> Event:
    """A field that is left out has its default. Raises `UnknownEntryError`."""
    name, data = fields.get(b"t", b""), fields.get(b"d", b"")
    if fields.get(b"v") != VERSION or name not in EVENTS:
        raise UnknownEntryError(f"version {fields.get(b'v')!r}, type {name!r}")
    try:
        if EVENTS[name] is RelayedMessage:
            return _unwrapped(_relayed_decoder.decode(data))
        event: Event = _event_decoders[name].decode(data)
    except (msgspec.MsgspecError, KeyError) as error:
        raise UnknownEntryError(f"{name.decode()}: {type(error).__name__}") from error
    return event


def _wrapped(relayed: RelayedMessage) -> WireMessage:
    content = TypedContent(type(relayed.content).__name__, msgspec.Raw(_encoder.encode(relayed.content)))
    return WireMessage(
        user=relayed.user,
        chat=relayed.chat,
        source=relayed.source,
        message=relayed.message,
        content=content,
        reply_to=relayed.reply_to,
        edits=relayed.edits,
        pts=relayed.pts,
        digests=relayed.digests,
        late=relayed.late,
        protected=relayed.protected,
    )


def _unwrapped(wire: WireMessage) -> RelayedMessage:
    return RelayedMessage(
        user=wire.user,
        chat=wire.chat,
        source=wire.source,
        message=wire.message,
        content=_content_decoders[wire.content.type].decode(wire.content.value),
        reply_to=wire.reply_to,
        edits=wire.edits,
        pts=wire.pts,
        digests=wire.digests,
        late=wire.late,
        protected=wire.protected,
    )
