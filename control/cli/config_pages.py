"""The texts that `supervisor.py config` prints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from control.settings.entries import ago
from domain.ports.configuration import Entry, Past, Saved
from domain.status import Announced


def line(entry: Entry) -> str:
    mark = "! " if entry.problem else "  "
    return f"{mark}{entry.key} = {_shown(entry.value)}  ({_source(entry)})"


def page(entry: Entry) -> list[str]:
    without = f"; without it: {_shown(entry.without)} from {entry.without_source}" if entry.source == "saved" else ""
    lines = [f"{entry.key} = {_shown(entry.value)}  ({_source(entry)}{without})"]
    if entry.live:
        unit = f", in {entry.unit}" if entry.unit else ""
        lines += [f"  {entry.meaning}", f"  {entry.must_be}{unit}; version {entry.version} of its section"]
    else:
        lines.append("  A change needs a restart: put it into settings.toml")
    return lines + ([f"  {entry.problem}"] if entry.problem else [])


def past(version: Past) -> str:
    when = datetime.fromtimestamp(version.changed_at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    value = _shown(version.value) if version.saved else "(not saved)"
    note = f"  {version.note}" if version.note else ""
    return f"version {version.version}  {when}  {version.changed_by}  {value}{note}"


def outcome(saved: Saved) -> list[str]:
    lines = [f"{key}: {_shown(before)} → {_shown(after)}" for key, before, after in saved.changed]
    if not saved.versions:
        lines.append("It was so already; nothing was saved.")
    elif not saved.changed:
        lines.append("Saved; the values in force are the same.")
    return lines + _in_force(saved.announced)


def _in_force(announced: Announced) -> list[str]:
    """A process that is starting is counted neither among those that have it nor among the late."""
    if not announced.running:
        return ["Masquerade does not run here; it is in force from the next start."]
    up = [each for each in announced.processes if not each.starting]
    late = [each for each in up if not each.yes]
    lines = [f"In force in {len(up) - len(late)} of {len(up)} processes after {announced.seconds * 1000:.0f} ms."]
    lines += [f"  {each.process} is late: {each.why_not}" for each in late]
    return lines + [f"  {each.process} is starting, and reads this in its start" for each in announced.processes if each.starting]


def _shown(value: Any) -> str:
    return orjson.dumps(value).decode()


def _source(entry: Entry) -> str:
    if entry.source != "saved":
        return entry.source
    return f"saved by {entry.saved_by}, {ago(entry.saved_at)}"
