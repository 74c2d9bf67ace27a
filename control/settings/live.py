"""What may be changed while the house runs: listed, read, saved, taken back. The command line and the panel call these functions.

Saving validates first, then writes version and history in one transaction, then tells the running processes and waits for them
to say what is in force there.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import orjson
from msgspec.inspect import Metadata, StructType, type_info

from control.settings.loading import LEAVES, SECRET, Loaded, expected, flatten, read_value, unknown_setting
from control.worker.configuration_reader import ConfigurationReader, overridden
from domain.configuration import SECTIONS, Configuration, LiveConfiguration, Overrides, unknown_keys
from domain.errors import ConfigurationError, SettingsError, StaleConfiguration
from domain.status import Announced
from storage.sql.configurations import Change, Row, SqlConfigurations, VersionConflict


class Absent(msgspec.Struct, frozen=True):
    """In place of a value that is not saved."""


ABSENT = Absent()


Announce = Callable[[Mapping[str, int]], Awaitable[Announced]]
"""Tells the running house the new versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One setting as it is now."""

    key: str
    value: Any
    live: bool
    """Whether it may be changed without a restart."""
    source: str
    """Where the value comes from: "saved", or as the operator wrote it in the files; "default"."""
    meaning: str
    unit: str = ""
    must_be: str = ""
    version: int = 0
    """Of its section; 0: nothing of it was ever saved."""
    saved_by: str = ""
    saved_at: float = 0.0
    """Unix seconds."""
    without: Any = None
    """The value that it would have if nothing were saved; `without_source` as `source`."""
    without_source: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One version in which a key, or the section, became another."""

    section: str
    version: int
    value: Any
    """Of a key; None with `saved` False where it was taken back. Of a section: its overrides."""
    saved: bool
    changed_at: float
    changed_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a change came to."""

    changed: tuple[tuple[str, Any, Any], ...]
    """(dotted setting, value before, value after), as far as they differ."""
    versions: dict[str, int] = field(default_factory=dict)
    """Of the sections that were written."""
    announced: Announced


class ConfigurationEditor:
    def __init__(
        self, loaded: Loaded, store: SqlConfigurations, announce: Announce, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`loaded`: what the files and the environment say."""
        self._loaded = loaded
        self._files = Configuration.of(loaded.settings)
        self._store = store
        self._announce = announce
        self._clock = clock

    async def entries(self) -> list[Entry]:
        """Every live setting, in the order of the sections; then what a newer release has saved."""
        rows, reader = await self._now()
        histories = {section: await self._store.history(section) for section in rows}
        known = [self._entry(key, rows, histories, reader) for key in LEAVES if is_live(key)]
        return known + [_of_newer_release(key, row) for row in rows.values() for key in unknown_keys(row.section, row.value)]

    async def get(self, key: str) -> Entry:
        """Of static settings too. Raises `ConfigurationError` for a key that is none."""
        _must_exist(key)
        if not is_live(key):
            return self._static(key)
        rows, reader = await self._now()
        section = section_of(key)
        return self._entry(key, rows, {section: await self._store.history(section)}, reader)

    async def set(
        self, values: Mapping[str, str], *, by: str, note: str = "", versions: Mapping[str, int] | None = None
    ) -> Saved:
        """`values`: dotted setting → as written on the command line. All are saved, or none."""
        read = {key: read_live(key, text) for key, text in values.items()}
        return await self.save(read, by=by, note=note, versions=versions)

    async def save(
        self, values: Mapping[str, Any], *, by: str, note: str = "", versions: Mapping[str, int] | None = None
    ) -> Saved:
        """`values`: dotted setting → JSON value, or `ABSENT` to return to what the files say. `versions`: section → the version
        that the caller has seen; left out, the current one counts.

        Raises `ConfigurationError` where a value is refused, `StaleConfiguration` where somebody else saved meanwhile.
        """
        for key in values:
            _must_be_live(key)
        rows = await self._store.rows()
        wanted: dict[str, dict[str, Any]] = {}
        for key, value in values.items():
            section, name = section_of(key), key.partition(".")[2]
            overrides = wanted.setdefault(section, dict(_value(rows, section)))
            if isinstance(value, Absent):
                overrides.pop(name, None)
            else:
                overrides[name] = value
        return await self._write(rows, wanted, by=by, note=note, seen=versions or {})

    async def unset(self, keys: Sequence[str], *, by: str, note: str = "") -> Saved:
        """Return to what the files say. The row stays, with the next version."""
        return await self.save(dict.fromkeys(keys, ABSENT), by=by, note=note)

    async def history(self, key: str) -> list[Past]:
        """The newest first, of a setting or of a whole section."""
        section, name = _section_and_name(key)
        past: list[Past] = []
        before: Any = ABSENT
        for row in reversed(await self._store.history(section)):
            value = row.value.get(name, ABSENT) if name else row.value
            if value != before:
                past.append(_past(row, value))
            before = value
        return past[::-1]

    async def undo(self, key: str, *, by: str, note: str = "", to: int | None = None) -> Saved:
        """A new version with an older value: the last that was another one, or that of version `to`. Twice is a redo.

        Raises `ConfigurationError` where there is none.
        """
        section, name = _section_and_name(key)
        rows, history = await self._store.rows(), await self._store.history(section)
        now = rows.get(section)
        if now is None:
            raise ConfigurationError(f"{key}: nothing was ever saved here, so there is nothing to undo")
        older = _older(key, name, now, history, to)
        if not name:
            overrides = dict(older)
        else:
            overrides = {**now.value, name: older}
            if isinstance(older, Absent):
                del overrides[name]
        return await self._write(rows, {section: overrides}, by=by, note=note or f"undo {key}", seen={})

    async def _write(
        self,
        rows: Mapping[str, Row],
        wanted: Mapping[str, Overrides],
        *,
        by: str,
        note: str,
        seen: Mapping[str, int],
    ) -> Saved:
        for section, version in seen.items():
            if version != _version(rows, section):
                raise await self._stale(section, version)
        before = await self._in_force(rows)
        others = {section: getattr(self._files, section) for section in wanted}
        after = overridden(msgspec.structs.replace(before, **others), wanted)
        changes = [
            Change(section=section, version=_version(rows, section), value=overrides)
            for section, overrides in sorted(wanted.items())
            if section not in rows or rows[section].broken or overrides != rows[section].value
        ]
        began = self._clock()
        try:
            versions = await self._store.save(changes, by=by, note=note) if changes else {}
        except VersionConflict as conflict:
            raise await self._stale(conflict.section, _version(rows, conflict.section)) from conflict
        announced = await self._announce(versions or {section: _version(rows, section) for section in wanted})
        announced = replace(announced, seconds=round(self._clock() - began, 3))
        return Saved(changed=_differences(before, after), versions=versions, announced=announced)

    async def _stale(self, section: str, version: int) -> StaleConfiguration:
        """Who saved since `version`, and what."""
        history = await self._store.history(section)
        before = next((row.value for row in history if row.version == version), {})
        newest = history[0] if history else None
        if newest is None:
            return StaleConfiguration(f"{section} has no version {version}: nothing was ever saved")
        keys = sorted({*before, *newest.value})
        what = ", ".join(
            f"{key} {_shown(before.get(key, ABSENT))} → {_shown(newest.value.get(key, ABSENT))}"
            for key in keys
            if before.get(key, ABSENT) != newest.value.get(key, ABSENT)
        )
        who = ", ".join(dict.fromkeys(row.changed_by for row in history if row.version > version)) or newest.changed_by
        return StaleConfiguration(
            f"{section} is at version {newest.version}, not {version}: {who} saved {ago(newest.changed_at)}"
            f"{': ' + what if what else ''}; nothing was changed, look and repeat"
        )

    async def _in_force(self, rows: Mapping[str, Row]) -> Configuration:
        reader = ConfigurationReader(self._store, LiveConfiguration(self._files))
        await reader.take_up(dict(rows))
        return reader.live.current

    async def _now(self) -> tuple[dict[str, Row], ConfigurationReader]:
        reader = ConfigurationReader(self._store, LiveConfiguration(self._files))
        rows = await self._store.rows()
        await reader.take_up(rows)
        return rows, reader

    def _entry(
        self, key: str, rows: Mapping[str, Row], histories: Mapping[str, Sequence[Row]], reader: ConfigurationReader
    ) -> Entry:
        section, name = section_of(key), key.partition(".")[2]
        value = _plain(getattr(getattr(reader.live.current, section), name))
        file_value = _plain(getattr(getattr(self._files, section), name))
        file_source = self._loaded.origins.get(key, "default")
        row = rows.get(section)
        saved = row is not None and name in row.value
        origin = _began(name, row, histories.get(section, ())) if saved and row is not None else None
        described = DESCRIBED[key]
        return Entry(
            key=key,
            value=value,
            live=True,
            source="saved" if saved else file_source,
            meaning=described.meaning,
            unit=described.unit,
            must_be=expected(LEAVES[key]),
            version=row.version if row else 0,
            saved_by=origin.changed_by if origin else "",
            saved_at=origin.changed_at if origin else 0.0,
            without=file_value,
            without_source=file_source,
            problem=next((line for line in reader.problems if line.startswith(f"configuration {section},")), ""),
        )

    def _static(self, key: str) -> Entry:
        value = _plain(flatten(self._loaded.settings)[key])
        shown = "(set)" if key in SECRET and value else value
        source = self._loaded.origins.get(key, "default")
        return Entry(
            key=key, value=shown, live=False, source=source, meaning="", must_be=expected(LEAVES[key]),
            without=shown, without_source=source,
        )  # fmt: skip


def is_live(key: str) -> bool:
    """Whether it may be changed while the house runs."""
    return key in LEAVES and section_of(key) in SECTIONS


def section_of(key: str) -> str:
    return key.partition(".")[0]


def read_live(key: str, text: str) -> Any:
    """What was written on the command line as a JSON value. Raises `ConfigurationError`."""
    _must_be_live(key)
    try:
        return _plain(read_value(key, text))
    except SettingsError as error:
        raise ConfigurationError(str(error)) from error


def ago(when: float) -> str:
    """Unix seconds → "3 h ago"."""
    seconds = max(0, int(time.time() - when))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


@dataclass(frozen=True, slots=True)
class Described:
    meaning: str
    unit: str


def _described() -> dict[str, Described]:
    """From the annotations in `domain/configuration.py`."""
    found = {}
    for section in msgspec.structs.fields(Configuration):
        kind = type_info(section.type)
        assert isinstance(kind, StructType)
        for each in kind.fields:
            note = each.type if isinstance(each.type, Metadata) else Metadata(each.type)
            meaning = (note.extra_json_schema or {}).get("description", "")
            found[f"{section.name}.{each.encode_name}"] = Described(meaning, (note.extra or {}).get("unit", ""))
    return found


DESCRIBED = _described()


def _must_exist(key: str) -> None:
    if key not in LEAVES:
        raise ConfigurationError(unknown_setting(key))


def _must_be_live(key: str) -> None:
    _must_exist(key)
    if not is_live(key):
        raise ConfigurationError(f"{key} needs a restart: put it into settings.toml, then: python supervisor.py restart")


def _section_and_name(key: str) -> tuple[str, str]:
    """The name is empty for a whole section."""
    if key in SECTIONS:
        return key, ""
    _must_be_live(key)
    section, _, name = key.partition(".")
    return section, name


def _version(rows: Mapping[str, Row], section: str) -> int:
    return rows[section].version if section in rows else 0


def _value(rows: Mapping[str, Row], section: str) -> Overrides:
    return rows[section].value if section in rows else {}


def _began(name: str, row: Row, history: Sequence[Row]) -> Row:
    """The version in which the key got the value that it has."""
    began = row
    for past in history:
        if past.value.get(name, ABSENT) != row.value[name]:
            break
        began = past
    return began


def _older(key: str, name: str, now: Row, history: Sequence[Row], to: int | None) -> Any:
    def of(row: Row) -> Any:
        return row.value.get(name, ABSENT) if name else row.value

    if to is not None:
        found = next((row for row in history if row.version == to), None)
        if found is None:
            raise ConfigurationError(f"{section_of(key)} has no version {to}; see: python supervisor.py config history {key}")
        return of(found)
    current = of(now)
    nothing: Any = ABSENT if name else {}
    older = next((of(row) for row in history if of(row) != current and not row.broken), nothing)
    if older == current and not now.broken:
        raise ConfigurationError(f"{key}: nothing is saved here, and nothing ever was, so there is nothing to undo")
    return older


def _past(row: Row, value: Any) -> Past:
    absent = isinstance(value, Absent)
    return Past(
        section=row.section,
        version=row.version,
        value=None if absent else value,
        saved=not absent,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        note=row.note,
    )


def _differences(before: Configuration, after: Configuration) -> tuple[tuple[str, Any, Any], ...]:
    old, new = _plain(before), _plain(after)
    return tuple(
        (f"{section}.{key}", value, new[section][key])
        for section, values in old.items()
        for key, value in values.items()
        if value != new[section][key]
    )


def _of_newer_release(key: str, row: Row) -> Entry:
    return Entry(
        key=key,
        value=row.value[key.partition(".")[2]],
        live=False,
        source="saved",
        meaning="this release does not know it: a newer one saved it; it is kept, and changes nothing here",
        version=row.version,
        saved_by=row.changed_by,
        saved_at=row.changed_at,
    )


def _plain(value: Any) -> Any:
    """As it comes back out of JSON."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _shown(value: Any) -> str:
    return "(not saved)" if isinstance(value, Absent) else orjson.dumps(value).decode()
