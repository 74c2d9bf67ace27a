"""Who did what, and whether the record of it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from domain.ports.review import ActFilter, Audit, Audited
from web.api.operation import operation
from web.operations.admins import moment

LARGEST = 2**53 - 1
LATEST = 32_503_680_000
"""Unix seconds of the year 3000."""
Word = Annotated[str, Meta(max_length=100)]
Instant = Annotated[float, Meta(ge=0, le=LATEST)]


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    who: Word = ""
    act: Word = ""
    target: Word = ""
    """Such as user:42 or setting:profile.max_age."""
    source: Literal["", "cli", "panel", "bot"] = ""
    since: Instant = 0.0
    """Unix seconds."""
    until: Instant | None = None
    before: Annotated[int, Meta(ge=1, le=LARGEST)] = LARGEST
    """Only acts with a smaller number: `next` of the page before."""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ActAnswer(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    at: datetime | None
    who: str
    source: str
    act: str
    target: str
    before: Any
    after: Any
    address: str
    browser: str


class ActsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[ActAnswer]
    next: int | None
    """`before` of the next page; null on the last."""


class ChainAnswer(msgspec.Struct, frozen=True, kw_only=True):
    whole: bool
    acts: int
    last: str
    """Hash of the last act."""
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditOperations:
    audit: Audit

    @operation("GET", "/api/audit", act="audit.read")
    async def list_acts(self, query: AuditQuery) -> ActsAnswer:
        """The newest first."""
        found = await self.audit.found(wanted(query), query.limit + 1)
        items = [_shown(act) for act in found[: query.limit]]
        return ActsAnswer(items=items, next=items[-1].number if len(found) > query.limit else None)

    @operation("GET", "/api/audit/chain", act="audit.read", rate="stats")
    async def check_chain(self) -> ChainAnswer:
        """Whether each act has the hash of the one before, from the first to the last."""
        chain = await self.audit.checked()
        return ChainAnswer(whole=not chain.fault, acts=chain.acts, last=chain.last, fault=chain.fault)


def wanted(query: AuditQuery) -> ActFilter:
    return ActFilter(
        who=query.who,
        act=query.act,
        target=query.target,
        source=query.source,
        since=query.since,
        until=inf if query.until is None else query.until,
        below=query.before,
    )


def _shown(act: Audited) -> ActAnswer:
    return ActAnswer(
        number=act.number,
        at=moment(act.at),
        who=act.who,
        source=act.source,
        act=act.act,
        target=act.target,
        before=act.before,
        after=act.after,
        address=act.address,
        browser=act.browser,
    )
