"""People: lists, one person, and what operators do about them."""

from __future__ import annotations

import calendar
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import inf
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.model.ids import BotId, UserId
from domain.model.profile import AgeBand, Gender
from domain.ports.people import People, Wanted
from web.access.step_up import StepUp
from web.access.viewer import Viewer, operator_of
from web.api.errors import Refused
from web.api.lists import Cursor, Limit, after, cursor
from web.api.operation import operation
from web.operations.login import LARGEST_ID, TelegramId
from web.operations.user_answers import (
    BansAnswer,
    ChatsAnswer,
    Ending,
    Sent,
    UserAnswer,
    UsersAnswer,
    VipAnswer,
    bans_of,
    chat_of,
    item_of,
    until,
    user_of,
)
from web.operations.words import readable

COUNTED = 1000
"""People who are counted exactly."""
LONGEST_HOURS = 100 * 8766
LONGEST_DAYS = 3650

Reason = Annotated[str, Meta(min_length=1, max_length=500)]
"""A code (ads, insult, sexual, fraud, threat, under_age, spam), or words of your own. The person reads it."""
Hours = Annotated[float, Meta(gt=0, le=LONGEST_HOURS)]
Day = Annotated[date, Meta(extra_json_schema={"maxLength": 10})]
Language = Annotated[str, Meta(pattern="^[A-Za-z0-9-]{1,16}$", max_length=16)]
BotNumber = Annotated[int, Meta(ge=1, le=LARGEST_ID)]


class Ages(StrEnum):
    """Age bands by their names."""

    MINOR = "minor"
    FROM_18 = "18-24"
    FROM_25 = "25-34"
    FROM_35 = "35-44"
    FROM_45 = "45-54"
    FROM_55 = "55+"

    @property
    def band(self) -> AgeBand:
        return AgeBand[self.name]


class UsersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: TelegramId | None = None
    gender: Gender | None = None
    age: Ages | None = None
    language: Language | None = None
    vip: bool | None = None
    banned: bool | None = None
    minor: bool | None = None
    reported: bool | None = None
    """By somebody, and nobody has decided yet."""
    bot: BotNumber | None = None
    """Where they were seen last."""
    joined_from: Day | None = None
    joined_to: Day | None = None
    """Days of UTC, both included."""
    seen_from: Day | None = None
    seen_to: Day | None = None
    limit: Limit = 50
    after: Cursor = ""


class ChatsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 50
    after: Cursor = ""


class NewBan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason
    hours: Hours | None = None
    """Left out: for good."""


class Warned(StrEnum):
    """What a warning is about. Each language has words for it."""

    ADS = "ads"
    INSULT = "insult"
    SEXUAL = "sexual"
    FRAUD = "fraud"
    THREAT = "threat"
    UNDER_AGE = "under_age"
    SPAM = "spam"
    OTHER = "other"


class NewWarning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Warned


class Days(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    days: Annotated[int, Meta(ge=1, le=LONGEST_DAYS)]


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    people: People
    step_up: StepUp
    clock: Callable[[], float] = time.time

    @operation("GET", "/api/users", act="users.read", rate="users")
    async def list_users(self, query: UsersQuery) -> UsersAnswer:
        """People of whom all of this is true, those who joined last first. Counted exactly up to 1,000."""
        wanted = _wanted(query)
        rows = await self.people.listed(wanted, after(query.after, whole=True), query.limit + 1)
        shown = rows[: query.limit]
        whole = not query.after and len(rows) <= query.limit
        total = len(rows) if whole else await self.people.counted(wanted, COUNTED + 1)
        return UsersAnswer(
            items=[item_of(row, self.clock()) for row in shown],
            next=cursor(shown[-1].joined, shown[-1].user) if len(rows) > query.limit else "",
            total=min(total, COUNTED),
            more=total > COUNTED,
        )

    @operation("GET", "/api/users/{user}", act="users.read", rate="users")
    async def read_user(self, user: TelegramId) -> UserAnswer:
        """All that is recorded of somebody. Never what they wrote in chats."""
        known = await self.people.look(UserId(user))
        if known is None:
            raise nobody()
        rows = await self.people.listed(Wanted(user=UserId(user)), after(""), 1)
        return user_of(known, rows[0] if rows else None, self.clock())

    @operation("GET", "/api/users/{user}/chats", act="users.read", rate="users")
    async def list_chats(self, user: TelegramId, query: ChatsQuery) -> ChatsAnswer:
        """Whom somebody met, the newest first."""
        rows = await self.people.chats(UserId(user), after(query.after), query.limit + 1)
        shown = rows[: query.limit]
        more = len(rows) > query.limit
        return ChatsAnswer(items=[chat_of(row) for row in shown], next=cursor(shown[-1].started, shown[-1].chat) if more else "")

    @operation("POST", "/api/users/{user}/ban", act="users.ban", rate="users")
    async def ban_user(self, viewer: Viewer, user: TelegramId, body: NewBan) -> BansAnswer:
        """Ban somebody for some hours, or for good: ends their search or chat within seconds. Replaces an earlier ban."""
        reason = readable(body.reason, "reason")
        hours = inf if body.hours is None else body.hours
        await self.people.ban(UserId(user), hours, reason, operator_of(viewer))
        return await self._bans(user)

    @operation("POST", "/api/users/{user}/ban/undo", act="users.ban", rate="users", errors=("conflict",))
    async def undo_ban(self, viewer: Viewer, user: TelegramId) -> BansAnswer:
        """Take back the ban that you have just made, within a minute: things stand as before it."""
        if not await self.people.undo_ban(UserId(user), operator_of(viewer)):
            raise Refused("conflict", "Only your own ban of the last minute can be undone, if nothing was done since.")
        return await self._bans(user)

    @operation("POST", "/api/users/{user}/unban", act="users.unban", rate="users", errors=("conflict",))
    async def unban_user(self, viewer: Viewer, user: TelegramId) -> BansAnswer:
        """Lift a ban, and a hold. Undecided reports of the person are rejected. They are told."""
        if not await self.people.unban(UserId(user), operator_of(viewer)):
            raise Refused("conflict", "There is no ban and no hold; nothing was changed.")
        return await self._bans(user)

    @operation("POST", "/api/users/{user}/vip", act="users.grant_vip", rate="users", errors=("answer",))
    async def grant_vip(self, viewer: Viewer, user: TelegramId, body: Days) -> VipAnswer:
        """Give somebody days of VIP, on top of what they have. They are told."""
        await self.require_profile(user)
        await self.step_up.require(viewer, "users.grant_vip", f"Give {user} {body.days} days of VIP.", user, body)
        until_then = await self.people.grant(UserId(user), body.days, operator_of(viewer))
        if until_then is None:
            raise nobody()
        return VipAnswer(vip_until=until(until_then))

    @operation("POST", "/api/users/{user}/message", act="users.message", rate="users", errors=("conflict",))
    async def write_to_user(self, viewer: Viewer, user: TelegramId, body: Words) -> Sent:
        """Send somebody a message by the bot where they were last. The audit keeps it."""
        await self.require_profile(user)
        if not await self.people.write(UserId(user), readable(body.text, "text"), operator_of(viewer)):
            raise _unknown_to_bots()
        return Sent(sent=True)

    @operation("POST", "/api/users/{user}/warn", act="users.warn", rate="users", errors=("conflict",))
    async def warn_user(self, viewer: Viewer, user: TelegramId, body: NewWarning) -> Sent:
        """Warn somebody, in their language, by the bot where they were last. It changes neither score nor level."""
        await self.require_profile(user)
        if not await self.people.warn(UserId(user), body.reason, operator_of(viewer)):
            raise _unknown_to_bots()
        return Sent(sent=True)

    @operation("POST", "/api/users/{user}/end-chat", act="users.end_chat", rate="users", status=202, errors=("conflict",))
    async def end_chat(self, viewer: Viewer, user: TelegramId) -> Ending:
        """End the chat that somebody is in, locked or not, within a second or two. Both are told that operators did it."""
        if not await self.people.end_chat(UserId(user), operator_of(viewer)):
            raise Refused("conflict", "They are in no chat; nothing was changed.")
        return Ending(ending=True)

    async def _bans(self, user: int) -> BansAnswer:
        known = await self.people.look(UserId(user))
        return bans_of(known.ban if known is not None else None, self.clock())

    async def require_profile(self, user: int) -> None:
        """Raises `Refused` where nobody with this id has a profile."""
        if not await self.people.listed(Wanted(user=UserId(user)), after(""), 1):
            raise nobody()


def _wanted(query: UsersQuery) -> Wanted:
    return Wanted(
        user=UserId(query.id) if query.id is not None else None,
        gender=query.gender,
        band=query.age.band if query.age is not None else None,
        language=query.language,
        vip=query.vip,
        banned=query.banned,
        minor=query.minor,
        reported=query.reported,
        bot=BotId(query.bot) if query.bot is not None else None,
        joined_from=_begins(query.joined_from),
        joined_before=_ends(query.joined_to),
        seen_from=_begins(query.seen_from),
        seen_before=_ends(query.seen_to),
    )


def _begins(day: date | None) -> float | None:
    return None if day is None else float(calendar.timegm(day.timetuple()))


def _ends(day: date | None) -> float | None:
    start = _begins(day)
    return None if start is None else start + timedelta(days=1).total_seconds()


def _unknown_to_bots() -> Refused:
    return Refused("conflict", "No bot knows this person, so nobody can write to them.")


def nobody() -> Refused:
    return Refused("not_found", "Nobody with this id is in the records.", field="user")
