"""Reads requests. Each function reads one field, or raises `Refused` with the name of the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
from quart import request

from transport.sandbox.world.model import Bot, Channel, Json, Refused, User
from transport.sandbox.world.world import World

MAX_ID = 1 << 63
MARKED_CHANNELS = -(10**12)
"""The Bot API writes the channel id 123 as -1000000000123: this number minus the id."""
WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
USERNAME = re.compile(r"[A-Za-z]\w{2,31}", re.ASCII)


async def read_body() -> Json:
    data = await request.get_data()
    if not data.strip():
        return {}
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Refused("body", f"not JSON: {error}") from None
    if not isinstance(body, dict):
        raise Refused("body", "a JSON object is wanted")
    return body


def text(body: Json, field: str, *, default: str | None = None, limit: int = 200) -> str:
    value = body.get(field, default)
    if value is None:
        raise Refused(field, "is missing")
    if not isinstance(value, str):
        raise Refused(field, "a string is wanted")
    if len(value) > limit:
        raise Refused(field, f"at most {limit} characters are taken")
    return value


def name(body: Json, field: str = "name", *, default: str | None = None) -> str:
    value = text(body, field, default=default).strip()
    if not any(map(str.isprintable, value)):
        raise Refused(field, "must have something to see")
    return value


def integer(values: Mapping[str, Any], field: str, *, default: int | None = None, low: int = 0, high: int = MAX_ID) -> int:
    """A whole number from JSON or from a query string."""
    value = values.get(field, default)
    if isinstance(value, str) and WHOLE.fullmatch(value):
        value = int(value)
    if type(value) is not int or not low <= value < high:
        raise Refused(field, f"a whole number from {low} to {high - 1} is wanted")
    return value


def number(values: Mapping[str, Any], field: str, *, default: float, low: float, high: float) -> float:
    value = values.get(field, default)
    try:
        found = float(value) if not isinstance(value, bool) else float("nan")
    except (TypeError, ValueError):
        found = float("nan")
    if not low <= found <= high:
        raise Refused(field, f"a number from {low:g} to {high:g} is wanted")
    return found


def message(body: Json, field: str) -> int:
    return integer(body, field, low=1, high=1 << 31)


def optional_message(body: Json, field: str) -> int | None:
    return None if body.get(field) is None else message(body, field)


def user(world: World, number_: int) -> User:
    found = world.users.get(number_)
    if found is None:
        raise Refused("user", f"no user {number_}", status=404)
    return found


def bot(world: World, value: Any, field: str = "bot") -> Bot:
    found = by_id_or_name(world, value, field)
    if not isinstance(found, Bot):
        raise Refused(field, f"no bot {value!r}; GET /api/bots lists them", status=404)
    return found


def channel(world: World, value: Any) -> Channel:
    """A channel by its id (plain or as -100…) or username."""
    found = by_id_or_name(world, value, "channel")
    if not isinstance(found, Channel):
        raise Refused("channel", f"no channel {value!r}; GET /api/channels lists them", status=404)
    return found


def by_id_or_name(world: World, value: Any, field: str) -> Bot | User | Channel | None:
    if value is None:
        raise Refused(field, "is missing")
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Refused(field, "an id or a username is wanted")
    spelled = str(value)
    if not WHOLE.fullmatch(spelled):
        return world.by_username(spelled)
    found = int(spelled)
    if found < MARKED_CHANNELS:
        found = MARKED_CHANNELS - found
    return world.bots.get(found) or world.channels.get(found) or world.users.get(found)


def username(body: Json, *, required: bool) -> str:
    """A username without @. Empty if it is missing and not required."""
    value = text(body, "username", default=None if required else "").removeprefix("@")
    if (value or required) and not USERNAME.fullmatch(value):
        raise Refused("username", "3 to 32 letters, digits and underscores, a letter first")
    return value
