"""Settings that change while Masquerade runs. `control/settings/live.py` implements it, for the command line and the panel.

Each method raises `domain.errors.Unavailable`. A change also raises `ConfigurationError` where it is refused, and
`StaleConfiguration` where somebody else has saved meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from domain.forms import Form
from domain.ports.review import Operator
from domain.status import Announced

Difference = tuple[str, Any, Any]
"""Dotted setting, value before, value after."""


class Absent(msgspec.Struct, frozen=True):
    """Stands for a value that is not saved."""


ABSENT = Absent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One setting as it is now."""

    key: str
    value: Any
    live: bool
    """Whether it can be changed without a restart."""
    source: str
    """Where the value comes from: "saved", "default", or the place in the files or the environment."""
    meaning: str
    title: str = ""
    form: Form | None = None
    """How it is entered. None: it cannot be changed while Masquerade runs."""
    unit: str = ""
    must_be: str = ""
    version: int = 0
    """The version of its section. 0: nothing in the section was ever saved."""
    saved_by: str = ""
    saved_at: float = 0.0
    """Unix seconds."""
    without: Any = None
    """The value that it would have if nothing were saved. `without_source` says where that comes from, as `source` does."""
    without_source: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One version in which a setting, or a whole section, changed."""

    section: str
    version: int
    value: Any
    """The setting's value; None if it was taken back. For a section: its saved values by name."""
    saved: bool
    changed_at: float
    changed_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The outcome of a change."""

    changed: tuple[Difference, ...]
    """(dotted setting, value before, value after) of each setting whose value is another one now."""
    versions: dict[str, int] = field(default_factory=dict)
    """Section → new version, of the sections that were written."""
    announced: Announced


class ConfigurationDesk(Protocol):
    async def entries(self) -> Sequence[Entry]:
        """Every live setting in the order of the sections. Settings that a newer release has saved come last."""
        ...

    def fixed(self) -> Sequence[Entry]:
        """Every setting that needs a restart."""
        ...

    async def preview(self, values: Mapping[str, Any], *, versions: Mapping[str, int]) -> Sequence[Difference]:
        """What `save` would change. Nothing is saved."""
        ...

    async def save(
        self, values: Mapping[str, Any], *, by: Operator, note: str = "", versions: Mapping[str, int] | None = None
    ) -> Saved:
        """All or none. `values`: dotted setting → JSON value, or `ABSENT` to return to what the files say.

        `versions`: section → the version that the caller has seen. For other sections the current version counts.
        """
        ...

    async def history(self, key: str) -> Sequence[Past]:
        """Of a setting or a section; the newest first."""
        ...

    async def undo(
        self, key: str, *, by: Operator, note: str = "", to: int | None = None, versions: Mapping[str, int] | None = None
    ) -> Saved:
        """Save the value before the current one, or that of version `to`, as a new version."""
        ...

    async def preview_undo(self, key: str, *, to: int | None = None, versions: Mapping[str, int]) -> Sequence[Difference]:
        """What `undo` would change. Nothing is saved."""
        ...

    async def in_force(self) -> Announced:
        """Which processes have what is saved now."""
        ...
