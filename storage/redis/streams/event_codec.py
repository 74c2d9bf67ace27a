"""Events as they stand in a stream: version, type and JSON. The types' names on the wire are those of `EVENTS`, which the scripts
write too. They stay when a class is renamed.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from domain.model.content import Content
from domain.model.events import ChatEnded, DeliveryReceipt, Event, Expelled, Matched, RelayedMessage, SearchEnded
from domain.model.ids import Address, ChatId, MessageId, Pts, UserId

VERSION = b"1"

EVENTS: dict[bytes, type[Event]] = {
    b"Matched": Matched,
    b"Parted": ChatEnded,
    b"SearchEnded": SearchEnded,
    b"Expelled": Expelled,
    b"Carried": RelayedMessage,
    b"Delivered": DeliveryReceipt,
}


class UnknownEntryError(Exception):
    """An entry of another version, or damaged."""


class Parcel(msgspec.Struct):
    """A content and its type: msgspec refuses the union of dataclasses that a content is."""

    type: str
    value: msgspec.Raw


class OnTheWire(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`RelayedMessage`, field by field."""

    user: UserId
    chat: ChatId
    source: Address
    message: MessageId
    content: Parcel
    reply_to: MessageId | None = None
    edits: MessageId | None = None
    pts: Pts | None = None


_encoder = msgspec.json.Encoder()
_carried = msgspec.json.Decoder(OnTheWire)
_events: dict[bytes, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(kind) for name, kind in EVENTS.items() if kind is not RelayedMessage
}
_contents: dict[str, msgspec.json.Decoder[Any]] = {kind.__name__: msgspec.json.Decoder(kind) for kind in get_args(Content)}
NAMES: dict[type[Event], bytes] = {kind: name for name, kind in EVENTS.items()}


def encode(event: Event) -> dict[str, bytes]:
    data = _encoder.encode(_wrapped(event) if isinstance(event, RelayedMessage) else event)
    return {"v": VERSION, "t": NAMES[type(event)], "d": data}


def decode(fields: dict[bytes, bytes]) -> Event:
    """What is left out has its default."""
    name, data = fields.get(b"t", b""), fields.get(b"d", b"")
    if fields.get(b"v") != VERSION or name not in EVENTS:
        raise UnknownEntryError(f"version {fields.get(b'v')!r}, type {name!r}")
    try:
        if EVENTS[name] is RelayedMessage:
            return _unwrapped(_carried.decode(data))
        event: Event = _events[name].decode(data)
    except (msgspec.MsgspecError, KeyError) as error:
        raise UnknownEntryError(f"{name.decode()}: {type(error).__name__}") from error
    return event


def _wrapped(carried: RelayedMessage) -> OnTheWire:
    content = Parcel(type(carried.content).__name__, msgspec.Raw(_encoder.encode(carried.content)))
    return OnTheWire(
        user=carried.user,
        chat=carried.chat,
        source=carried.source,
        message=carried.message,
        content=content,
        reply_to=carried.reply_to,
        edits=carried.edits,
        pts=carried.pts,
    )


def _unwrapped(wire: OnTheWire) -> RelayedMessage:
    return RelayedMessage(
        user=wire.user,
        chat=wire.chat,
        source=wire.source,
        message=wire.message,
        content=_contents[wire.content.type].decode(wire.content.value),
        reply_to=wire.reply_to,
        edits=wire.edits,
        pts=wire.pts,
    )
