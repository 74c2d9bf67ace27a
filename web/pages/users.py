"""People: the list with its filters, and one person."""

from __future__ import annotations

import re
import textwrap
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from quart import Response as QuartResponse
from quart import redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from domain.model.profile import Gender
from domain.trust.reports import Reason
from web.access.viewer import Viewer
from web.api.bodies import read_query
from web.api.errors import Refused
from web.operations.bulk_bans import BulkBans
from web.operations.login import TelegramId
from web.operations.user_accounts import MOST, AccountAnswer, LastQuery, UserAccounts
from web.operations.user_answers import ActAnswer, StateAnswer
from web.operations.user_data import UserData
from web.operations.user_notes import UserNotes
from web.operations.users import LONGEST_DAYS, Ages, ChatsQuery, Users, UsersQuery
from web.pages.page import page
from web.pages.times import lasting, when
from web.pulse import Pulse

PATH = "/admin/users"
TERMS = ((1, "1 hour"), (24, "24 hours"), (168, "7 days"), (720, "30 days"), ("", "For good"))
REASONS = (*Reason, "spam")
GENDERS = (("", "Any"), *((gender, gender.title()) for gender in Gender))
AGES = (("", "Any"), ("minor", "Under 18"), *((ages, ages) for ages in list(Ages)[1:]))
EITHER = (("", "Any"), ("true", "Yes"), ("false", "No"))
PLAIN = {"id", "gender", "age", "vip", "banned", "reported", "after"}
"""Filters that are always in sight."""
PAGES = (("", "50"), ("100", "100"), ("200", "200"))
"""People on a page."""
WARNINGS = (
    ("ads", "Advertising"),
    ("insult", "Insults"),
    ("sexual", "Unwanted sexual messages"),
    ("fraud", "Fraud"),
    ("threat", "Threats"),
    ("under_age", "Too young, or sexual towards minors"),
    ("spam", "Spam"),
    ("other", "How they write to people"),
)
MOVEMENTS = 5
"""That are shown with the credits; the tab of payments has more."""
LONGEST_SAID = 120
"""Characters of a text in the history."""
TONES = {"chatting": "good", "searching": "info", "menu": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPages:
    users: Users
    accounts: UserAccounts
    data: UserData
    notes: UserNotes
    bans: BulkBans
    pulse: Pulse

    @page(PATH, act="users.read")
    async def users_page(self) -> str | Response | tuple[str, int]:
        given = _given()
        shown: dict[str, Any] = {"given": given, "genders": GENDERS, "ages": AGES, "either": EITHER, "pages": PAGES}
        shown |= {"wrong": {}, "found": None, "terms": TERMS, "reasons": REASONS}
        shown["more"] = bool(given.keys() - PLAIN)
        try:
            found = await self.users.list_users(read_query(MultiDict(given), UsersQuery))
        except Refused as refused:
            shown["wrong"] = {refused.problem.field: refused.problem.message}
            return await _rendered("users.html", shown), refused.status
        if given.keys() == {"id"} and found.items:
            return redirect(f"{PATH}/{found.items[0].id}")
        older = f"{PATH}?{urlencode({**given, 'after': found.next})}" if found.next else ""
        return await _rendered("users.html", {**shown, "found": found, "older": older})

    @page(f"{PATH}/{{user}}", act="users.read")
    async def user_page(self, user: TelegramId) -> str:
        person = await self.users.read_user(user)
        account = await self._account(user) if person.profile else None
        shown: dict[str, Any] = {"person": person, "account": account, "said": _said, "terms": TERMS, "reasons": REASONS}
        shown |= {"warnings": WARNINGS, "days": LONGEST_DAYS, "most": MOST}
        shown["named"] = lambda bot: self.pulse.bots.get(bot, str(bot))
        return await _rendered("user.html", shown | await self._tab(user))

    @page(f"{PATH}/{{user}}/data.json", act="users.export")
    async def user_data(self, viewer: Viewer, user: TelegramId) -> QuartResponse:
        """To take it away is an act."""
        document = await self.data.document(viewer, user)
        headers = {"Content-Disposition": f'attachment; filename="user-{user}-{datetime.now(UTC).date()}.json"'}
        return QuartResponse(document, content_type="application/json", headers=headers)

    async def _tab(self, user: int) -> dict[str, Any]:
        match request.args.get("tab"):
            case "chats":
                chats = await self.users.list_chats(user, ChatsQuery(after=request.args.get("after", "")))
                older = f"{PATH}/{user}?{urlencode({'tab': 'chats', 'after': chats.next})}" if chats.next else ""
                return {"tab": "chats", "chats": chats, "older": older}
            case "payments":
                return {"tab": "payments", "payments": await self.accounts.list_payments(user, LastQuery())}
            case "notes":
                return {"tab": "notes", "notes": await self.notes.list_notes(user)}
            case _:
                return {"tab": "history"}

    async def _account(self, user: int) -> AccountAnswer:
        return await self.accounts.read_credits(user, LastQuery(limit=MOVEMENTS))


async def _rendered(template: str, shown: Mapping[str, Any]) -> str:
    return await render_template(template, when=when, lasting=lasting, place=_place, tones=TONES, **shown)


def _given() -> dict[str, str]:
    """What the form holds. An id may be pasted with spaces or points in it."""
    given = {name: value.strip() for name, value in request.args.items() if value.strip()}
    if "id" in given:
        given["id"] = re.sub(r"[\s.,']", "", given["id"])
    return given


def _place(state: StateAnswer) -> str:
    """Such as "chatting 3 min"."""
    if state.since is None:
        return state.place
    return f"{state.place} {lasting(time.time() - state.since.timestamp())}"


def _said(act: ActAnswer) -> str:
    """What the audit says of it, in a few words."""
    before, after = act.before or {}, act.after or {}
    match act.act:
        case "ban":
            ban = after.get("ban") or {}
            return str(ban.get("note") or ban.get("reason") or "")
        case "warn":
            return str(after.get("reason", ""))
        case "write":
            return textwrap.shorten(str(after.get("text", "")), LONGEST_SAID, placeholder="…")
        case "grant":
            return f"{after.get('days')} days of VIP"
        case "credits":
            return f"{after.get('credits', 0) - before.get('credits', 0):+} credits: {after.get('note', '')}"
        case _:
            return ""
