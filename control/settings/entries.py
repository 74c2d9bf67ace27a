"""A setting as `config` shows it: its value now, where that comes from, and the versions that it had."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.inspect import Metadata, StructType, type_info

from control.settings.loading import LEAVES, Loaded, expected, flatten
from control.settings.visible import visible
from control.worker.configuration_reader import ConfigurationReader
from domain.configuration import Configuration
from domain.forms import form_of
from domain.ports.configuration import ABSENT, Absent, Entry, Past
from domain.redaction import redacted
from storage.sql.configurations import Row


def live_entry(
    key: str, row: Row | None, history: Sequence[Row], *, files: Configuration, loaded: Loaded, reader: ConfigurationReader
) -> Entry:
    """A live setting. `row` and `history` are those of its section, `files` is what files and environment say."""
    section, name = section_of(key), key.partition(".")[2]
    file_source = loaded.origins.get(key, "default")
    saved = row is not None and name in row.value
    origin = _began(name, row, history) if saved and row is not None else None
    described = DESCRIBED[key]
    return Entry(
        key=key,
        value=visible(key, plain(getattr(getattr(reader.live.current, section), name))),
        live=True,
        source="saved" if saved else file_source,
        meaning=described.meaning,
        title=described.title,
        form=form_of(LEAVES[key]),
        unit=described.unit,
        must_be=expected(LEAVES[key]),
        version=row.version if row else 0,
        saved_by=redacted(origin.changed_by) if origin else "",
        saved_at=origin.changed_at if origin else 0.0,
        without=visible(key, plain(getattr(getattr(files, section), name))),
        without_source=file_source,
        problem=next((line for line in reader.problems if line.startswith(f"configuration {section},")), ""),
    )


def static_entry(key: str, loaded: Loaded) -> Entry:
    """A setting that needs a restart. Of a secret it is only said that it is set."""
    shown = visible(key, plain(flatten(loaded.settings)[key]))
    source = loaded.origins.get(key, "default")
    must_be = expected(LEAVES[key])
    return Entry(
        key=key, value=shown, live=False, source=source, meaning="", must_be=must_be, without=shown, without_source=source
    )


def entry_of_newer_release(key: str, row: Row) -> Entry:
    """A saved setting that this release does not know."""
    return Entry(
        key=key,
        value=visible(key, row.value[key.partition(".")[2]]),
        live=False,
        source="saved",
        meaning="this release does not know it: a newer one saved it; it is kept, and changes nothing here",
        version=row.version,
        saved_by=redacted(row.changed_by),
        saved_at=row.changed_at,
    )


def past_of(row: Row, name: str, value: Any) -> Past:
    """`value`: of the setting in that version; of the whole section if `name` is empty."""
    absent = isinstance(value, Absent)
    return Past(
        section=row.section,
        version=row.version,
        value=None if absent else visible_of(row.section, name, value),
        saved=not absent,
        changed_at=row.changed_at,
        changed_by=redacted(row.changed_by),
        note=redacted(row.note),
    )


def visible_of(section: str, name: str, value: Any) -> Any:
    """What may be shown of a setting's value, or of the values of the whole section if `name` is empty."""
    if name:
        return visible(f"{section}.{name}", value)
    return {each: visible(f"{section}.{each}", inner) for each, inner in value.items()}


def section_of(key: str) -> str:
    return key.partition(".")[0]


def plain(value: Any) -> Any:
    """The value as JSON decodes it."""
    return msgspec.json.decode(msgspec.json.encode(value))


def ago(when: float) -> str:
    """Unix seconds → "3 h ago"."""
    seconds = max(0, int(time.time() - when))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def _began(name: str, row: Row, history: Sequence[Row]) -> Row:
    """The version in which the setting got the value that it has now."""
    began = row
    for past in history:
        if past.value.get(name, ABSENT) != row.value[name]:
            break
        began = past
    return began


@dataclass(frozen=True, slots=True)
class Described:
    title: str
    meaning: str
    unit: str


def _described() -> dict[str, Described]:
    """Title, meaning and unit of each live setting, from the annotations in `domain/configuration.py`."""
    found = {}
    for section in msgspec.structs.fields(Configuration):
        kind = type_info(section.type)
        assert isinstance(kind, StructType)
        for each in kind.fields:
            note = each.type if isinstance(each.type, Metadata) else Metadata(each.type)
            schema = note.extra_json_schema or {}
            found[f"{section.name}.{each.encode_name}"] = Described(
                schema.get("title", ""), schema.get("description", ""), (note.extra or {}).get("unit", "")
            )
    return found


DESCRIBED = _described()
