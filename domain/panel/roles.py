"""What each role may do in the panel: one table for pages, API and live streams."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """Each role may do what the one before it may."""

    VIEWER = "viewer"
    MODERATOR = "moderator"
    OWNER = "owner"

    def includes(self, other: Role) -> bool:
        return RANKS[self] >= RANKS[other]


RANKS: Mapping[Role, int] = {role: rank for rank, role in enumerate(Role)}

OPEN = frozenset({"start.read", "health.read", "login.request", "login.follow", "static.read"})
"""Acts that need no login."""

ACTS: Mapping[str, Role] = {
    "overview.read": Role.VIEWER,
    "stats.read": Role.VIEWER,
    "queues.read": Role.VIEWER,
    "bots.read": Role.VIEWER,
    "processes.read": Role.VIEWER,
    "logs.read": Role.VIEWER,
    "api.read": Role.VIEWER,
    "own_sessions.read": Role.VIEWER,
    "own_sessions.end": Role.VIEWER,
    "users.read": Role.MODERATOR,
    "users.ban": Role.MODERATOR,
    "users.unban": Role.MODERATOR,
    "users.message": Role.MODERATOR,
    "users.warn": Role.MODERATOR,
    "users.notes": Role.MODERATOR,
    "users.end_chat": Role.MODERATOR,
    "users.payments": Role.MODERATOR,
    "logs.find_person": Role.MODERATOR,
    "users.grant_vip": Role.OWNER,
    "users.give_credits": Role.OWNER,
    "users.export": Role.OWNER,
    "users.erase": Role.OWNER,
    "bots.add": Role.OWNER,
    "bots.rotate": Role.OWNER,
    "bots.drain": Role.OWNER,
    "bots.resume": Role.OWNER,
    "bots.remove": Role.OWNER,
    "processes.restart": Role.OWNER,
    "processes.scale": Role.OWNER,
    "configuration.read": Role.OWNER,
    "configuration.write": Role.OWNER,
    "configuration.test": Role.OWNER,
    "audit.read": Role.OWNER,
    "admins.read": Role.OWNER,
    "admins.write": Role.OWNER,
    "sessions.read": Role.OWNER,
    "sessions.end": Role.OWNER,
    "tokens.read": Role.OWNER,
    "tokens.write": Role.OWNER,
}
"""Act → the least role that may do it."""

STEP_UP = frozenset(
    {
        *("users.grant_vip", "users.give_credits", "users.erase"),
        *("bots.add", "bots.rotate", "bots.remove", "admins.write", "tokens.write"),
        "configuration.write",
    }
)
"""Acts that need a fresh answer in Telegram besides the login: about money, bots, roles, and what cannot be undone. To change
settings needs one where a setting of `ABOUT_MONEY` is among them.
"""

ABOUT_MONEY = frozenset(
    {
        "vip",
        "credits",
        "referrals",
        "locks.durations",
        "features.stars_payments",
        "features.vip",
        "features.lock_chat",
        "features.referrals",
        "features.admin_alerts",
    },
)
"""Settings that say what is sold, for how much, and who is told of it; a section stands for all of its settings."""


def about_money(key: str) -> bool:
    """`key`: a setting, or a section, which is about money where one of its settings is."""
    section = key.partition(".")[0]
    return key in ABOUT_MONEY or section in ABOUT_MONEY or any(each.startswith(f"{key}.") for each in ABOUT_MONEY)


def may(role: Role, act: str) -> bool:
    """Raises KeyError for an act that is not in the table."""
    return role.includes(ACTS[act])
