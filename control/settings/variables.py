"""The environment variables that operators know, and which setting each one is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from domain.model.ids import BotId

PREFIX = "MASQUERADE_"
"""Every setting also answers to MASQUERADE_SECTION__KEY."""

DRAINED = "MASQUERADE_DRAINED"
"""Ids of the bots that a worker leaves to others from its start."""

OWN = frozenset({"MASQUERADE_FOLDER", "MASQUERADE_CHANNEL", "MASQUERADE_SUPERVISOR", DRAINED})
"""What the supervisor tells its children; MASQUERADE_FOLDER may also be set by the operator."""

NAMES: Mapping[str, str] = {
    "BOT_TOKENS": "telegram.tokens",
    "TELEGRAM_SERVER": "telegram.server",
    "TELEGRAM_PUBLIC_KEY": "telegram.public_key",
    "TELEGRAM_API_ID": "telegram.api_id",
    "TELEGRAM_API_HASH": "telegram.api_hash",
    "POSTGRES_URI": "stores.postgres_uri",
    "SQLITE_DB_PATH": "stores.sqlite_path",
    "REDIS_URL": "stores.redis_url",
    "ENCRYPTION_KEY": "stores.encryption_key",
    "SANDBOX_PORT": "sandbox.port",
    "SANDBOX_HTTP_PORT": "sandbox.http_port",
    "ADMIN_HOST": "admin.host",
    "ADMIN_PORT": "admin.port",
    "ADMIN_TELEGRAM_IDS": "admin.telegram_ids",
    "ADMIN_CONTROL_CHAT_ID": "admin.control_chat_id",
    "ADMIN_MEDIA_CHANNEL_ID": "admin.media_channel_id",
    "ADMIN_BOT_TOKEN": "admin.bot_token",
    "WORKERS": "cluster.workers",
    "LOG_LEVEL": "logging.level",
    "NODE_ENV": "environment",
    "ENABLE_CROSS_BOT_MATCHING": "features.cross_bot_matching",
    "ENABLE_STARS_PAYMENTS": "features.stars_payments",
    "ENABLE_VIP": "features.vip",
    "ENABLE_LOCK_CHAT": "features.lock_chat",
    "ENABLE_REFERRALS": "features.referrals",
    "ENABLE_ADMIN_ALERTS": "features.admin_alerts",
}
ONE_MORE_TOKEN = "BOT_TOKEN"  # noqa: S105 - a variable's name
CHANNEL = re.compile(r"REQUIRED_CHANNEL_(\d+)")


def kept_away(environ: Mapping[str, str]) -> set[BotId]:
    """Bots that the operator had drained before this process started."""
    return {BotId(int(bot)) for bot in environ.get(DRAINED, "").split(",") if bot}


def setting_of(name: str) -> str | None:
    """The dotted setting that a variable sets; None where it is none of ours. MASQUERADE_ names are taken as they come."""
    if name in NAMES:
        return NAMES[name]
    if name.startswith(PREFIX) and name not in OWN:
        return name.removeprefix(PREFIX).lower().replace("__", ".")
    return None


def variable_of(setting: str) -> str:
    """The name an operator would use in the environment."""
    if setting == "channels.required":
        return "REQUIRED_CHANNEL_1, REQUIRED_CHANNEL_2, …"
    known = (name for name, path in NAMES.items() if path == setting)
    return next(known, long_name_of(setting))


def long_name_of(setting: str) -> str:
    return PREFIX + setting.upper().replace(".", "__")


def lookalikes(names: Iterable[str]) -> list[str]:
    """A line for each variable that is none of ours but was probably meant to be."""
    known = [*NAMES, ONE_MORE_TOKEN, "REQUIRED_CHANNEL_1"]
    lines = []
    for name in sorted(names):
        if name in known or CHANNEL.fullmatch(name) or name.startswith(PREFIX):
            continue
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
        if close:
            lines.append(f"{name} is not a setting and changes nothing; was {close[0]} meant?")
        elif name.startswith("ENABLE_"):
            lines.append(f"{name} is not a feature of Masquerade and changes nothing")
    return lines
