"""Events as they stand in a stream: version, type and JSON. The names are the classes' own and are part of the wire format: a
renamed class is a new version.
"""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import msgspec

from domain.content import Content
from domain.events import Carried, Event

VERSION = b"1"

EVENTS: dict[bytes, type[Event]] = {kind.__name__.encode(): kind for kind in get_args(Event)}
HINTS = {kind: get_type_hints(kind) for kind in EVENTS.values()}
CONTENTS: dict[str, type[Content]] = {kind.__name__: kind for kind in get_args(Content)}


class UnknownEntryError(Exception):
    """An entry of another version, or damaged."""


def encode(event: Event) -> dict[str, bytes]:
    return {"v": VERSION, "t": type(event).__name__.encode(), "d": msgspec.json.encode(_plain(event))}


def decode(fields: dict[bytes, bytes]) -> Event:
    kind = EVENTS.get(fields.get(b"t", b""))
    if fields.get(b"v") != VERSION or kind is None:
        raise UnknownEntryError(f"version {fields.get(b'v')!r}, type {fields.get(b't')!r}")
    try:
        return _event(kind, msgspec.json.decode(fields.get(b"d", b"")))
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        raise UnknownEntryError(f"{kind.__name__}: {error}") from error


def _plain(event: Event) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(event)
    if isinstance(event, Carried):
        plain["content"] = {"type": type(event.content).__name__, "value": plain["content"]}
    return plain


def _event(kind: type[Event], plain: dict[str, Any]) -> Event:
    """Field by field: msgspec refuses the union of dataclasses that a content is. What is left out has its default."""
    values = {
        name: msgspec.convert(plain[name], hint) for name, hint in HINTS[kind].items() if name in plain and name != "content"
    }
    if kind is Carried:
        content = plain["content"]
        values["content"] = msgspec.convert(content["value"], CONTENTS[content["type"]])
    return kind(**values)
