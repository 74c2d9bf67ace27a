"""Settings that change while Masquerade runs: the same functions as `supervisor.py config`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.errors import StaleConfiguration
from domain.forms import Form
from domain.panel.roles import about_money
from domain.ports.configuration import ABSENT, ConfigurationDesk, Difference, Entry, Past, Saved
from domain.status import Announced, InForce
from web.access.step_up import StepUp
from web.access.viewer import Viewer, operator_of
from web.api.errors import Refused
from web.api.operation import operation
from web.operations.admins import moment

RATE = "config"
ACT = "configuration.write"
MOST_CHANGES = 200
TOLD_LENGTH, TOLD_CHANGES = 200, 8
"""Characters of a value, and changes, that a question in Telegram names."""

Key = Annotated[str, Meta(min_length=1, max_length=100)]
Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Note = Annotated[str, Meta(max_length=200)]


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Key
    """Such as profile.max_age."""
    value: Any
    """null: return to what the files and the environment say."""
    version: Version | None = None
    """Of its section, as it was read: whoever saved since then is not overwritten."""


class NewSetting(Setting, frozen=True, kw_only=True, forbid_unknown_fields=True):
    note: Note = ""


class Changes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    changes: Annotated[list[Setting], Meta(min_length=1, max_length=MOST_CHANGES)]
    note: Note = ""


class Undo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Key
    """A setting, or a section such as profile."""
    to: Version | None = None
    """The version whose value it gets; left out, the value before the current one."""
    version: Version | None = None


class HistoryQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Key


class SettingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    section: str
    title: str
    meaning: str
    value: Any
    """"(set)" for a secret."""
    source: str
    """saved, default, or the place in the files or the environment."""
    live: bool
    """Whether it can be changed without a restart."""
    form: Form | None
    unit: str
    must_be: str
    version: int
    saved_by: str
    saved_at: datetime | None
    without: Any
    """What it would be if nothing were saved, and where that comes from."""
    without_source: str
    problem: str


class SettingsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[SettingAnswer]
    fixed: Sequence[SettingAnswer]
    """Those that need a restart."""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    before: Any
    after: Any


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    changed: Sequence[Changed]


class InForceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    running: bool
    yes: int
    """In so many processes it is in force, …"""
    of: int
    """… of so many. One that is starting is not counted: it reads the settings in its start."""
    milliseconds: int
    processes: Sequence[InForce]


class SavedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    changed: Sequence[Changed]
    versions: Mapping[str, int]
    """Section → new version. Empty where everything was so already."""
    in_force: InForceAnswer


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    value: Any
    saved: bool
    """False: it was taken back in this version."""
    at: datetime | None
    by: str
    note: str


class HistoryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[Moment]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationOperations:
    """Settings about money (`domain.panel.roles.ABOUT_MONEY`) are changed after an answer in Telegram only."""

    desk: ConfigurationDesk
    step_up: StepUp

    @operation("GET", "/api/config", act="configuration.read", rate=RATE)
    async def read_config(self) -> SettingsAnswer:
        """Every setting, its value, and where that comes from."""
        return SettingsAnswer(
            items=[_shown(entry) for entry in await self.desk.entries()], fixed=[_shown(entry) for entry in self.desk.fixed()]
        )

    @operation("POST", "/api/config", act=ACT, rate=RATE, errors=("answer", "conflict"))
    async def set_config(self, viewer: Viewer, body: NewSetting) -> SavedAnswer:
        """Save one setting. It is in force in every process within a second."""
        return await self._save(viewer, [body], body.note)

    @operation("POST", "/api/config/bulk", act=ACT, rate=RATE, errors=("answer", "conflict"))
    async def set_config_bulk(self, viewer: Viewer, body: Changes) -> SavedAnswer:
        """Save several settings: all or none."""
        return await self._save(viewer, body.changes, body.note)

    @operation("POST", "/api/config/check", act=ACT, rate=RATE, errors=("conflict",))
    async def check_config(self, body: Changes) -> Preview:
        """What a save would change. Nothing is saved."""
        values, versions = _read(body.changes)
        async with self._latest():
            return Preview(changed=_changed(await self.desk.preview(values, versions=versions)))

    @operation("POST", "/api/config/undo", act=ACT, rate=RATE, errors=("answer", "conflict"))
    async def undo_config(self, viewer: Viewer, body: Undo) -> SavedAnswer:
        """Give a setting or a section an older value, as a new version. A second undo is a redo."""
        versions = {} if body.version is None else {_section(body.key): body.version}
        async with self._latest():
            if about_money(body.key):
                found = await self.desk.preview_undo(body.key, to=body.to, versions=versions)
                await self.step_up.require(viewer, ACT, _told(found), "undo", body)
            return _saved(await self.desk.undo(body.key, by=operator_of(viewer), to=body.to, versions=versions))

    @operation("GET", "/api/config/history", act="configuration.read", rate=RATE)
    async def read_config_history(self, query: HistoryQuery) -> HistoryAnswer:
        """Every version in which a setting, or a section, changed; the newest first."""
        return HistoryAnswer(items=[_past(each) for each in await self.desk.history(query.key)])

    @operation("GET", "/api/config/in-force", act="configuration.read")
    async def read_in_force(self) -> InForceAnswer:
        """Which processes have what is saved now."""
        return _in_force(await self.desk.in_force())

    async def _save(self, viewer: Viewer, changes: Sequence[Setting], note: str) -> SavedAnswer:
        values, versions = _read(changes)
        async with self._latest():
            if any(map(about_money, values)):
                found = await self.desk.preview(values, versions=versions)
                await self.step_up.require(viewer, ACT, _told(found), "save", changes, note)
            return _saved(await self.desk.save(values, by=operator_of(viewer), note=note, versions=versions))

    @asynccontextmanager
    async def _latest(self) -> AsyncIterator[None]:
        """A conflict comes with the settings as they are now."""
        try:
            yield
        except StaleConfiguration as error:
            raise await self._conflict(error) from error

    async def _conflict(self, error: StaleConfiguration) -> Refused:
        """With the settings of that section as they are now."""
        now = [_shown(entry) for entry in await self.desk.entries() if _section(entry.key) == error.section]
        return Refused("conflict", str(error), field=error.section, now=now)


def _read(changes: Sequence[Setting]) -> tuple[dict[str, Any], dict[str, int]]:
    """(setting → value, section → version that was seen)"""
    values: dict[str, Any] = {}
    versions: dict[str, int] = {}
    for each in changes:
        if each.key in values:
            raise Refused("invalid", f"{each.key} is given twice.", field=each.key)
        values[each.key] = ABSENT if each.value is None else each.value
        if each.version is None:
            continue
        if versions.setdefault(_section(each.key), each.version) != each.version:
            raise Refused("invalid", "Settings of one section have one version.", field=each.key)
    return values, versions


def _told(changes: Sequence[Difference]) -> str:
    """In one line, for the question in Telegram; those about money first."""
    ordered = sorted(changes, key=lambda each: not about_money(each[0]))
    named = [f"{key}: {_short(before)} → {_short(after)}" for key, before, after in ordered[:TOLD_CHANGES]]
    more = len(changes) - len(named)
    return f"Change settings: {'; '.join(named) or 'none has another value'}{f'; and {more} more' if more else ''}."


def _short(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= TOLD_LENGTH else f"{text[:TOLD_LENGTH]}…"


def _section(key: str) -> str:
    return key.partition(".")[0]


def _shown(entry: Entry) -> SettingAnswer:
    return SettingAnswer(
        key=entry.key,
        section=_section(entry.key),
        title=entry.title,
        meaning=entry.meaning,
        value=entry.value,
        source=entry.source,
        live=entry.live,
        form=entry.form,
        unit=entry.unit,
        must_be=entry.must_be,
        version=entry.version,
        saved_by=entry.saved_by,
        saved_at=moment(entry.saved_at),
        without=entry.without,
        without_source=entry.without_source,
        problem=entry.problem,
    )


def _past(each: Past) -> Moment:
    return Moment(
        version=each.version,
        value=each.value,
        saved=each.saved,
        at=moment(each.changed_at),
        by=each.changed_by,
        note=each.note,
    )


def _saved(saved: Saved) -> SavedAnswer:
    return SavedAnswer(changed=_changed(saved.changed), versions=saved.versions, in_force=_in_force(saved.announced))


def _changed(found: Sequence[Difference]) -> list[Changed]:
    return [Changed(key=key, before=before, after=after) for key, before, after in found]


def _in_force(announced: Announced) -> InForceAnswer:
    counted = [each for each in announced.processes if not each.starting]
    return InForceAnswer(
        running=announced.running,
        yes=sum(each.yes for each in counted),
        of=len(counted),
        milliseconds=round(announced.seconds * 1000),
        processes=announced.processes,
    )
