"""The hash chain of the audit: who changes or deletes an act in the database breaks it, and `supervisor.py doctor` says where.

The hash of an act is SHA-256 over its columns and the hash of the act before. The last number and hash are also kept apart. This
shows changes, gaps, and acts deleted at the end; the oldest acts are deleted after a year. It does not show a forger who computes
all hashes anew: note the hash that `doctor` prints somewhere else, and compare it later.

An older release writes acts without a hash. The act after such a one has the hash of it all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from domain.ports.review import Chain

COLUMNS = 10
"""Number, time, who, source, act, target, before, after, address, browser: what the hash is of. `previous` and `hash` follow."""


def hash_of(columns: Sequence[Any], previous: str) -> str:
    number, at, *texts = columns
    return hashlib.sha256(orjson.dumps([previous, number, float(at), *texts])).hexdigest()


def link_of(row: Sequence[Any]) -> str:
    """What the act after this one has as `previous`."""
    return row[COLUMNS + 1] or hash_of(row[:COLUMNS], row[COLUMNS])


def next_after(head: Sequence[Any] | None, last: Sequence[Any] | None) -> tuple[int, str]:
    """Number and `previous` of the next act. The head counts also where the acts before it were deleted, so that a gap stays."""
    if head is not None and (last is None or head[0] >= last[0]):
        return head[0] + 1, head[1]
    return (last[0] + 1, link_of(last)) if last is not None else (1, "")


@dataclass(slots=True)
class ChainCheck:
    """Reads the acts in order, the oldest first, and tells of the first fault."""

    head: Sequence[Any] | None
    """Number and hash of the last act, as they were kept apart before the acts were read."""
    fault: str = ""
    acts: int = 0
    _last: Sequence[Any] | None = field(default=None)

    def read(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self.fault = self.fault or self._wrong(row)
            self.acts += 1
            self._last = row

    def outcome(self) -> Chain:
        return Chain(acts=self.acts, last=link_of(self._last) if self._last else "", fault=self.fault or self._end())

    def _wrong(self, row: Sequence[Any]) -> str:
        number, previous, own = row[0], row[COLUMNS], row[COLUMNS + 1]
        if self.head is not None and number == self.head[0] and own != self.head[1]:
            return f"act {number} was changed after it was written"
        if not own:
            return ""  # of an older release
        if own != hash_of(row[:COLUMNS], previous):
            return f"act {number} was changed after it was written"
        if self._last is None:
            return ""
        before = self._last[0]
        if before != number - 1:
            return f"acts {before + 1} to {number - 1} were deleted"
        return "" if previous == link_of(self._last) else f"act {before} was changed after act {number} was written"

    def _end(self) -> str:
        last = self._last[0] if self._last else 0
        if self.head is None:
            return "the number of the last act was deleted" if self._last and self._last[COLUMNS + 1] else ""
        return f"acts {last + 1} to {self.head[0]} were deleted" if last < self.head[0] else ""
