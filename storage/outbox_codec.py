"""What a bot keeps to send, as it stands in its outbox: a partner's message as the event that it is (`event_codec.py`), a text of
ours as the call that it is.
"""

from __future__ import annotations

from typing import get_type_hints

import msgspec

from domain.events import Carried
from domain.outgoing import Edit, Kept, Notice, Send
from storage.event_codec import VERSION, UnknownEntryError, decode, encode

CALLS: dict[bytes, type[Send | Edit]] = {b"Send": Send, b"Edit": Edit}
HINTS = {kind: {**get_type_hints(kind), "body": Notice} for kind in CALLS.values()}


def encode_kept(kept: Kept) -> tuple[bytes, bytes, bytes]:
    """Version, type and data."""
    if isinstance(kept, Carried):
        fields = encode(kept)
        return fields["v"], fields["t"], fields["d"]
    return VERSION, type(kept).__name__.encode(), msgspec.json.encode(kept)


def decode_kept(fields: dict[bytes, bytes]) -> Kept:
    """Raises UnknownEntryError."""
    kind = CALLS.get(fields.get(b"t", b""))
    if kind is None:
        return _carried(fields)
    if fields.get(b"v") != VERSION:
        raise UnknownEntryError(f"version {fields.get(b'v')!r}")
    try:
        plain = msgspec.json.decode(fields.get(b"d", b""))
        return kind(**{name: msgspec.convert(plain[name], hint) for name, hint in HINTS[kind].items() if name in plain})
    except (msgspec.MsgspecError, TypeError) as error:
        raise UnknownEntryError(f"{kind.__name__}: {type(error).__name__}") from error


def _carried(fields: dict[bytes, bytes]) -> Carried:
    event = decode(fields)
    if not isinstance(event, Carried):
        raise UnknownEntryError(f"{type(event).__name__} is nothing to be sent")
    return event
