"""The environment variables of each setting, and those that the supervisor gives to its children."""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Mapping

from domain.model.ids import BotId

PREFIX = "MASQUERADE_"
"""Every setting can also be set by MASQUERADE_SECTION__KEY."""

DRAINED = "MASQUERADE_DRAINED"
"""Ids of the bots that are drained when a worker starts."""

OWN = frozenset(
    {
        "MASQUERADE_FOLDER",
        "MASQUERADE_CHANNEL",
        "MASQUERADE_LISTENING",
        "MASQUERADE_SUPERVISOR",
        "MASQUERADE_OUTLIVES",
        "MASQUERADE_FAMILY",
        DRAINED,
    }
)
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
    "ADMIN_PUBLIC_URL": "admin.public_url",
    "ADMIN_TRUSTED_PROXIES": "admin.trusted_proxies",
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
ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "BOT_TOKENS": (
        *("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKENS", "TELEGRAM_TOKEN", "TELEGRAM_API_TOKEN", "TELEGRAM_BOT_API_TOKEN"),
        *("TG_BOT_TOKEN", "TG_TOKEN", "TGBOT_TOKEN", "BOTTOKEN", "BOT_API_TOKEN", "BOT_KEY", "TELEGRAM_BOT_KEY"),
        *("API_TOKEN", "TOKEN", "TOKENS", "TELEGRAM_TOKENS"),
    ),
    "POSTGRES_URI": (
        *("DATABASE_URL", "DATABASE_URI", "DATABASE_DSN", "DB_URL", "DB_URI", "DB_DSN", "SQLALCHEMY_DATABASE_URI"),
        *("POSTGRES_URL", "POSTGRES_DSN", "POSTGRESQL_URL", "POSTGRESQL_URI", "POSTGRESQL_DSN"),
        *("PG_DSN", "PG_URI", "PG_URL", "PGURL", "PGDSN"),
    ),
    "SQLITE_DB_PATH": ("SQLITE_PATH", "SQLITE_DB", "SQLITE_FILE", "DB_PATH", "DATABASE_PATH"),
    "REDIS_URL": (
        *("REDIS_URI", "REDIS_DSN", "REDIS_ADDRESS", "REDIS_CONNECTION_STRING", "REDIS_CONNECTION_URL"),
        *("REDIS_TLS_URL", "REDISCLOUD_URL", "VALKEY_URL", "VALKEY_URI"),
    ),
    "TELEGRAM_API_ID": ("API_ID", "TG_API_ID", "TELEGRAM_APP_ID"),
    "TELEGRAM_API_HASH": ("API_HASH", "TG_API_HASH", "TELEGRAM_APP_HASH"),
}
"""Our variable → the names that other programs have for the same thing. Each may end in _FILE."""
BY_FORM = (
    ("BOT_TOKENS", re.compile(r"(?:bot)?\d{6,20}:[A-Za-z0-9_-]{30,}")),
    ("POSTGRES_URI", re.compile(r"postgres(?:ql)?(?:\+\w+)?://\S+")),
    ("REDIS_URL", re.compile(r"rediss?(?:\+\w+)?://\S+")),
)
"""Values that tell by their form what they are, whatever the variable's name is."""
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


def lookalikes(texts: Mapping[str, str], chosen: Container[str]) -> list[str]:
    """A warning for each variable that sets nothing but looks like one that does. Values are never shown.

    `texts`: variable → its text. `chosen`: the settings that the operator has set. What other programs call by another name is
    told only where our own setting is missing.
    """
    lines = []
    for name in sorted(texts):
        if sets_something(name):
            continue
        if meant := _close_to(name) or _missed(name, texts[name], chosen):
            lines.append(f"{name} is not a setting and changes nothing; was {meant} meant?")
        elif name.startswith("ENABLE_"):
            lines.append(f"{name} is not a feature of Masquerade and changes nothing")
    return lines


def sets_something(name: str) -> bool:
    """Whether a variable of this name sets a setting. It may be one that does not exist."""
    return name in NAMES or name == ONE_MORE_TOKEN or bool(CHANNEL.fullmatch(name)) or name.startswith(PREFIX)


def _close_to(name: str) -> str:
    """Our variable of which this one is a misspelling; empty if of none."""
    known = [*NAMES, ONE_MORE_TOKEN, "REQUIRED_CHANNEL_1"]
    elsewhere = any(name in names for names in ELSEWHERE.values())
    return "" if elsewhere else next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.85)), "")


def _missed(name: str, text: str, chosen: Container[str]) -> str:
    """Our variable that an operator of another program would call `name`, or whose form the text has. Empty if there is none,
    or if its setting is set.
    """
    if not text.strip():
        return ""
    stem = name.removesuffix("_FILE")
    named = [ours for ours, names in ELSEWHERE.items() if stem in names]
    named += [stem] if stem != name and stem in {*NAMES, ONE_MORE_TOKEN} else []
    formed = [ours for ours, form in BY_FORM if form.fullmatch(text.strip().partition(",")[0])]
    return next((ours for ours in [*named, *formed] if _is_missing(ours, chosen)), "")


def _is_missing(variable: str, chosen: Container[str]) -> bool:
    if variable in {"POSTGRES_URI", "SQLITE_DB_PATH"}:  # one of the two is enough
        return not any(NAMES[each] in chosen for each in ("POSTGRES_URI", "SQLITE_DB_PATH"))
    return NAMES.get(variable, NAMES["BOT_TOKENS"]) not in chosen
