"""The environment variables of each setting, and those that the supervisor gives to its children."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from domain.model.ids import BotId

PREFIX = "MASQUERADE_"
"""Every setting can also be set by MASQUERADE_SECTION__KEY."""

DRAINED = "MASQUERADE_DRAINED"
"""Ids of the bots that are drained when a worker starts."""

OWN = frozenset({"MASQUERADE_FOLDER", "MASQUERADE_CHANNEL", "MASQUERADE_SUPERVISOR", DRAINED})
"""Variables that are no settings: the supervisor gives them to its children. The operator may set MASQUERADE_FOLDER too."""

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
    """Bots that the operator drained before this process started."""
    return {BotId(int(bot)) for bot in environ.get(DRAINED, "").split(",") if bot}


def setting_of(name: str) -> str | None:
    """The dotted setting that a variable sets; None if it sets none. It may be one that does not exist."""
    if name in NAMES:
        return NAMES[name]
    if name.startswith(PREFIX) and name not in OWN:
        return name.removeprefix(PREFIX).lower().replace("__", ".")
    return None


def variable_of(setting: str) -> str:
    """The variable that an operator would use for the setting."""
    if setting == "channels.required":
        return "REQUIRED_CHANNEL_1, REQUIRED_CHANNEL_2, …"
    known = (name for name, path in NAMES.items() if path == setting)
    return next(known, long_name_of(setting))


def long_name_of(setting: str) -> str:
    return PREFIX + setting.upper().replace(".", "__")


def lookalikes(names: Iterable[str]) -> list[str]:
    """A warning for each variable that sets nothing but looks like one that does."""
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
