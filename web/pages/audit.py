"""Who did what: the list with its filters, and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import msgspec
from quart import Response, render_template, request
from werkzeug.datastructures import MultiDict

from domain.panel.spreadsheets import safe
from domain.ports.review import Act, ActFilter, Audit, Audited
from web.access.viewer import Viewer, operator_of
from web.api.bodies import read_query
from web.api.errors import Refused
from web.operations.admins import moment
from web.operations.audit import AuditOperations, AuditQuery, wanted
from web.pages.page import page
from web.pages.times import when

PATH = "/admin/audit"
AT_ONCE = 1000
SOURCES = (("", "Any"), ("panel", "Panel"), ("cli", "Command line"), ("bot", "Telegram"))
HEAD = ("number", "at", "who", "source", "act", "target", "before", "after", "address", "browser")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPages:
    audit: Audit
    operations: AuditOperations

    @page(PATH, act="audit.read")
    async def audit_page(self) -> str | tuple[str, int]:
        given, wrong, found, status = _given(), {}, None, 200
        try:
            found = await self.operations.list_acts(read_query(MultiDict(given), AuditQuery))
        except Refused as refused:
            wrong, status = {refused.problem.field: refused.problem.message}, refused.status
        kept = {name: value for name, value in given.items() if name != "before"}
        acts = (("", "Any"), *((name, name) for name in await self.audit.names()))
        shown = {"given": given, "wrong": wrong, "found": found, "acts": acts, "sources": SOURCES, "kept": kept}
        older = f"{PATH}?{urlencode({**kept, 'before': found.next})}" if found and found.next else ""
        export = f"{PATH}/acts.csv?{urlencode(kept)}"
        text = await render_template("audit.html", **shown, when=when, changes=changes, older=older, export=export)
        return text, status

    @page(f"{PATH}/chain", act="audit.read")
    async def chain_part(self) -> str:
        """For the button of the page."""
        return await render_template("audit_chain.html", chain=await self.operations.check_chain())

    @page(f"{PATH}/acts.csv", act="audit.read")
    async def acts_csv(self, viewer: Viewer) -> Response:
        """All that the filters let through. To take it away is an act too."""
        query = read_query(MultiDict(_given()), AuditQuery)
        after = {name: value for name, value in _given().items() if name != "before"}
        await self.audit.add(Act(operator=operator_of(viewer), name="export", target="audit", after=after))
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        return Response(self._lines(wanted(query)), content_type="text/csv; charset=utf-8", headers=headers)

    async def _lines(self, some: ActFilter) -> AsyncIterator[bytes]:
        yield _line(HEAD)
        while acts := await self.audit.found(some, AT_ONCE):
            yield b"".join(_line(_cells(act)) for act in acts)
            some = replace(some, below=acts[-1].number)


def told(value: Any) -> str:
    """Before or after, as JSON; nothing for none."""
    return "" if value is None else msgspec.json.encode(value).decode()


def changes(before: Any, after: Any) -> Sequence[tuple[str, str, str]]:
    """What an act changed: name, before, after. Of two objects the fields that differ; else both as a whole, without a name."""
    if not (isinstance(before, dict | None) and isinstance(after, dict | None)):
        return [("", _word(before), _word(after))] if before != after else []
    before, after = before or {}, after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [(name, _word(before.get(name)), _word(after.get(name))) for name in names]


def _word(value: Any) -> str:
    return value if isinstance(value, str) else told(value)


def _cells(act: Audited) -> tuple[str, ...]:
    at = moment(act.at)
    texts = (act.who, act.source, act.act, act.target, told(act.before), told(act.after), act.address, act.browser)
    return (str(act.number), at.isoformat() if at else "", *map(safe, texts))


def _line(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _given() -> Mapping[str, str]:
    return {name: value for name, value in request.args.items() if value}
