"""People: the list with its filters, and one person."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from quart import redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from domain.model.profile import Gender
from domain.trust.reports import Reason
from web.api.bodies import read_query
from web.api.errors import Refused
from web.operations.login import TelegramId
from web.operations.user_answers import StateAnswer
from web.operations.users import LONGEST_DAYS, Ages, ChatsQuery, Users, UsersQuery
from web.pages.page import page
from web.pages.times import lasting, when

PATH = "/admin/users"
TERMS = ((1, "1 hour"), (24, "24 hours"), (168, "7 days"), (720, "30 days"), ("", "For good"))
REASONS = (*Reason, "spam")
GENDERS = (("", "Any"), *((gender, gender.title()) for gender in Gender))
AGES = (("", "Any"), ("minor", "Under 18"), *((ages, ages) for ages in list(Ages)[1:]))
EITHER = (("", "Any"), ("true", "Yes"), ("false", "No"))
PLAIN = {"id", "gender", "age", "vip", "banned", "after"}
"""Filters that are always in sight."""
TONES = {"chatting": "good", "searching": "info", "menu": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPages:
    users: Users

    @page(PATH, act="users.read")
    async def users_page(self) -> str | Response | tuple[str, int]:
        given = _given()
        shown: dict[str, Any] = {"given": given, "genders": GENDERS, "ages": AGES, "either": EITHER, "wrong": {}, "found": None}
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
        shown: dict[str, Any] = {"person": person, "tab": "history", "terms": TERMS, "reasons": REASONS, "days": LONGEST_DAYS}
        if request.args.get("tab") == "chats":
            query = ChatsQuery(after=request.args.get("after", ""))
            chats = await self.users.list_chats(user, query)
            older = f"{PATH}/{user}?{urlencode({'tab': 'chats', 'after': chats.next})}" if chats.next else ""
            shown |= {"tab": "chats", "chats": chats, "older": older}
        return await _rendered("user.html", shown)


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
