"""Changes settings while Masquerade runs: list, get, set, unset, history and undo, for the command line and the panel.

A change is validated first. Then the new version and its history are written in one transaction. Then the running processes are
told, and each answers whether the new version is in force there.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import msgspec
import orjson

from control.settings.entries import (
    ago,
    entry_of_newer_release,
    live_entry,
    past_of,
    plain,
    section_of,
    static_entry,
)
from control.settings.loading import LEAVES, Loaded, is_live, read_value, unknown_setting
from control.settings.visible import visible
from control.worker.configuration_reader import ConfigurationReader, overridden
from domain.configuration import SECTIONS, Configuration, LiveConfiguration, Overrides, unknown_keys
from domain.errors import ConfigurationError, SettingsError, StaleConfiguration
from domain.ports.configuration import ABSENT, Absent, Difference, Entry, Past, Saved
from domain.ports.review import Act, Operator
from domain.status import Announced
from storage.sql.configurations import Change, Row, SqlConfigurations, VersionConflict

Announce = Callable[[Mapping[str, int]], Awaitable[Announced]]
"""Tells the running processes the new versions: section → version."""


class ConfigurationEditor:
    def __init__(
        self, loaded: Loaded, store: SqlConfigurations, announce: Announce, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`loaded`: what the files and the environment say."""
        self._loaded = loaded
        self._files = Configuration.of(loaded.settings)
        self._fixed: list[Entry] | None = None
        self._store = store
        self._announce = announce
        self._clock = clock

    async def entries(self) -> list[Entry]:
        """Every live setting in the order of the sections. Settings that a newer release has saved come last."""
        rows, reader = await self._now()
        histories = {section: await self._store.history(section) for section in rows}
        known = [self._entry(key, rows, histories.get(section_of(key), ()), reader) for key in LEAVES if is_live(key)]
        return known + [entry_of_newer_release(key, row) for row in rows.values() for key in unknown_keys(row.section, row.value)]

    def fixed(self) -> list[Entry]:
        """Every setting that needs a restart, so it is read once."""
        if self._fixed is None:
            self._fixed = [static_entry(key, self._loaded) for key in LEAVES if not is_live(key)]
        return self._fixed

    async def get(self, key: str) -> Entry:
        """Any setting, also one that needs a restart. Raises `ConfigurationError` if there is no such setting."""
        _must_exist(key)
        if not is_live(key):
            return static_entry(key, self._loaded)
        rows, reader = await self._now()
        return self._entry(key, rows, await self._store.history(section_of(key)), reader)

    async def set(
        self, values: Mapping[str, str], *, by: Operator, note: str = "", versions: Mapping[str, int] | None = None
    ) -> Saved:
        """`values`: dotted setting → text from the command line. All are saved, or none."""
        read = {key: read_live(key, text) for key, text in values.items()}
        return await self.save(read, by=by, note=note, versions=versions)

    async def save(
        self, values: Mapping[str, Any], *, by: Operator, note: str = "", versions: Mapping[str, int] | None = None
    ) -> Saved:
        """`values`: dotted setting → JSON value, or `ABSENT` to return to what the files say.

        `versions`: section → the version that the caller has seen. For other sections the current version counts.
        Raises `ConfigurationError` if a value is refused, `StaleConfiguration` if somebody else has saved meanwhile.
        """
        rows = await self._store.rows()
        return await self._write(rows, _wanted(rows, values), by=by, note=note, seen=versions or {})

    async def preview(self, values: Mapping[str, Any], *, versions: Mapping[str, int]) -> tuple[Difference, ...]:
        """What `save` would change. Nothing is saved. Raises as `save` does."""
        rows = await self._store.rows()
        before, after = await self._prepared(rows, _wanted(rows, values), versions)
        return _differences(before, after)

    async def in_force(self) -> Announced:
        """Which processes have what is saved now."""
        return await self._announced({section: row.version for section, row in (await self._store.rows()).items()})

    async def unset(self, keys: Sequence[str], *, by: Operator, note: str = "") -> Saved:
        """Returns to what the files say. The row stays and gets the next version."""
        return await self.save(dict.fromkeys(keys, ABSENT), by=by, note=note)

    async def history(self, key: str) -> list[Past]:
        """Every version in which the setting, or the section, changed. The newest comes first."""
        section, name = _section_and_name(key)
        past: list[Past] = []
        before: Any = ABSENT
        for row in reversed(await self._store.history(section)):
            value = row.value.get(name, ABSENT) if name else row.value
            if value != before:
                past.append(past_of(row, name, value))
            before = value
        return past[::-1]

    async def undo(
        self, key: str, *, by: Operator, note: str = "", to: int | None = None, versions: Mapping[str, int] | None = None
    ) -> Saved:
        """Saves the value before the current one, or that of version `to`, as a new version. A second undo is a redo.

        Raises `ConfigurationError` if there is no such value.
        """
        rows, wanted = await self._older(key, to)
        with _undoing(key, to):
            return await self._write(rows, wanted, by=by, note=note or f"undo {key}", seen=versions or {})

    async def preview_undo(self, key: str, *, to: int | None = None, versions: Mapping[str, int]) -> tuple[Difference, ...]:
        """What `undo` would change. Nothing is saved. Raises as `undo` does."""
        rows, wanted = await self._older(key, to)
        with _undoing(key, to):
            before, after = await self._prepared(rows, wanted, versions)
        return _differences(before, after)

    async def _older(self, key: str, to: int | None) -> tuple[dict[str, Row], dict[str, Overrides]]:
        """What is saved now, and the section's overrides with the older value."""
        section, name = _section_and_name(key)
        rows, history = await self._store.rows(), await self._store.history(section)
        now = rows.get(section)
        if now is None:
            raise ConfigurationError(f"{key}: nothing was ever saved here, so there is nothing to undo")
        older = _older(key, name, now, history, to)
        if not name:
            return rows, {section: dict(older)}
        overrides = {**now.value, name: older}
        if isinstance(older, Absent):
            del overrides[name]
        return rows, {section: overrides}

    async def _write(
        self,
        rows: Mapping[str, Row],
        wanted: Mapping[str, Overrides],
        *,
        by: Operator,
        note: str,
        seen: Mapping[str, int],
    ) -> Saved:
        before, after = await self._prepared(rows, wanted, seen)
        changes = [
            Change(section=section, version=_version(rows, section), value=overrides)
            for section, overrides in sorted(wanted.items())
            if section not in rows or rows[section].broken or overrides != rows[section].value
        ]
        acts = [act for change in changes for act in _acts(by, change, _value(rows, change.section), before, after)]
        began = self._clock()
        try:
            versions = await self._store.save(changes, acts, by=by.name, note=note) if changes else {}
        except VersionConflict as conflict:
            raise await self._stale(conflict.section, _version(rows, conflict.section)) from conflict
        announced = await self._announced(versions or {section: _version(rows, section) for section in wanted}, began)
        return Saved(changed=_differences(before, after), versions=versions, announced=announced)

    async def _prepared(
        self, rows: Mapping[str, Row], wanted: Mapping[str, Overrides], seen: Mapping[str, int]
    ) -> tuple[Configuration, Configuration]:
        """What is in force, and what would be."""
        for section, version in seen.items():
            if version != _version(rows, section):
                raise await self._stale(section, version)
        before = await self._read(rows)
        others = {section: getattr(self._files, section) for section in wanted}
        return before, overridden(msgspec.structs.replace(before, **others), wanted)

    async def _announced(self, versions: Mapping[str, int], began: float | None = None) -> Announced:
        began = self._clock() if began is None else began
        announced = await self._announce(versions)
        return replace(announced, seconds=round(self._clock() - began, 3))

    async def _stale(self, section: str, version: int) -> StaleConfiguration:
        """The error that says who has saved since `version`, and what."""
        history = await self._store.history(section)
        before = next((row.value for row in history if row.version == version), {})
        newest = history[0] if history else None
        if newest is None:
            return StaleConfiguration(f"{section} has no version {version}: nothing was ever saved", section=section)
        keys = sorted({*before, *newest.value})
        what = ", ".join(
            f"{key} {_shown(f'{section}.{key}', before)} → {_shown(f'{section}.{key}', newest.value)}"
            for key in keys
            if before.get(key, ABSENT) != newest.value.get(key, ABSENT)
        )
        who = ", ".join(dict.fromkeys(row.changed_by for row in history if row.version > version)) or newest.changed_by
        return StaleConfiguration(
            f"{section} is at version {newest.version}, not {version}: {who} saved {ago(newest.changed_at)}"
            f"{': ' + what if what else ''}; nothing was changed, look and repeat",
            section=section,
        )

    async def _read(self, rows: Mapping[str, Row]) -> Configuration:
        reader = ConfigurationReader(self._store, LiveConfiguration(self._files))
        await reader.apply(dict(rows))
        return reader.live.current

    async def _now(self) -> tuple[dict[str, Row], ConfigurationReader]:
        reader = ConfigurationReader(self._store, LiveConfiguration(self._files))
        rows = await self._store.rows()
        await reader.apply(rows)
        return rows, reader

    def _entry(self, key: str, rows: Mapping[str, Row], history: Sequence[Row], reader: ConfigurationReader) -> Entry:
        row = rows.get(section_of(key))
        return live_entry(key, row, history, files=self._files, loaded=self._loaded, reader=reader)


def read_live(key: str, text: str) -> Any:
    """Text from the command line → JSON value. Raises `ConfigurationError`."""
    _must_be_live(key)
    try:
        return plain(read_value(key, text))
    except SettingsError as error:
        raise ConfigurationError(str(error), setting=key) from error


def _must_exist(key: str) -> None:
    if key not in LEAVES:
        raise ConfigurationError(unknown_setting(key), setting=key)


def _must_be_live(key: str) -> None:
    _must_exist(key)
    if not is_live(key):
        text = f"{key} needs a restart: put it into settings.toml, then: python supervisor.py restart"
        raise ConfigurationError(text, setting=key)


def _wanted(rows: Mapping[str, Row], values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Section → its overrides with these values."""
    wanted: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        _must_be_live(key)
        section, _, name = key.partition(".")
        overrides = wanted.setdefault(section, dict(_value(rows, section)))
        if isinstance(value, Absent):
            overrides.pop(name, None)
        else:
            overrides[name] = value
    return wanted


def _acts(by: Operator, change: Change, saved: Overrides, before: Configuration, after: Configuration) -> Iterator[Act]:
    """For the audit: each setting of the section that is saved otherwise than before, with its value in force."""
    old, new = (plain(getattr(each, change.section)) for each in (before, after))
    for name in sorted({*saved, *change.value}):
        if saved.get(name, ABSENT) != change.value.get(name, ABSENT):
            key = f"{change.section}.{name}"
            told = {"before": visible(key, old.get(name)), "after": visible(key, new.get(name))}
            yield Act(operator=by, name="set" if name in change.value else "return", target=f"setting:{key}", **told)


def _section_and_name(key: str) -> tuple[str, str]:
    """The key's section and name. The name is empty if the key is a whole section."""
    if key in SECTIONS:
        return key, ""
    _must_be_live(key)
    section, _, name = key.partition(".")
    return section, name


def _version(rows: Mapping[str, Row], section: str) -> int:
    return rows[section].version if section in rows else 0


def _value(rows: Mapping[str, Row], section: str) -> Overrides:
    return rows[section].value if section in rows else {}


def _older(key: str, name: str, now: Row, history: Sequence[Row], to: int | None) -> Any:
    def of(row: Row) -> Any:
        return row.value.get(name, ABSENT) if name else row.value

    if to is not None:
        found = next((row for row in history if row.version == to), None)
        if found is None:
            raise ConfigurationError(f"{section_of(key)} has no version {to}; see: python supervisor.py config history {key}")
        if found.broken:
            raise ConfigurationError(f"version {to} of {found.section} cannot be read: {found.broken}; nothing was changed")
        return of(found)
    current = of(now)
    nothing: Any = ABSENT if name else {}
    older = next((of(row) for row in history if of(row) != current and not row.broken), nothing)
    if older == current and not now.broken:
        raise ConfigurationError(f"{key}: nothing is saved here, and nothing ever was, so there is nothing to undo")
    return older


@contextmanager
def _undoing(key: str, to: int | None) -> Iterator[None]:
    """Says of which version it is that its value is not allowed any more."""
    try:
        yield
    except ConfigurationError as error:
        which = f"version {to} of {section_of(key)}" if to is not None else f"the value that {key} had before"
        raise ConfigurationError(f"{which} is not allowed today: {error}; nothing was changed") from error


def _differences(before: Configuration, after: Configuration) -> tuple[Difference, ...]:
    old, new = plain(before), plain(after)
    return tuple(
        (f"{section}.{key}", visible(f"{section}.{key}", value), visible(f"{section}.{key}", new[section][key]))
        for section, values in old.items()
        for key, value in values.items()
        if value != new[section][key]
    )


def _shown(key: str, values: Overrides) -> str:
    name = key.partition(".")[2]
    return orjson.dumps(visible(key, values[name])).decode() if name in values else "(not saved)"
