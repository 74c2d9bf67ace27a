"""Rules over several settings. Each rule raises `SettingsError` with one line: the setting, what is wrong, and the mend."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from control.settings.variables import variable_of
from domain import configuration
from domain.configuration import Configuration
from domain.errors import SettingsError
from domain.model.channels import ID_PREFIX
from domain.model.ids import BotId, bot_of
from domain.panel.addresses import is_loopback, is_origin
from domain.settings import Settings
from storage.redis.address import in_memory, read_redis_address
from storage.redis.keys import Keys
from storage.sql.postgres import FORM, is_ambiguous

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
TOKEN_SECRET_LENGTH = 35
POSTGRES_SCHEMES = ("postgresql", "postgres")


def check(settings: Settings, origins: Mapping[str, str]) -> None:
    """`origins`: dotted setting → where the operator has set it."""
    for rule in (_stores, _pool, workers, _live, _server, _media_channel, _back_off, _ports, _panel):
        rule(settings, origins)


def tokens_are_sound(chosen: Mapping[str, Any], origins: Mapping[str, str]) -> None:
    """A bad token is named by its place in the list, because tokens are never shown."""
    seen: dict[BotId, int] = {}
    for place, token in enumerate(chosen.get("telegram.tokens", ()), 1):
        where = name("telegram.tokens", origins)
        if not TOKEN.fullmatch(token):
            raise SettingsError(f"{where}: token {place} is not a bot token; copy it whole from @BotFather, like 123456789:AbC…")
        bot = bot_of(token)
        if bot in seen:
            raise SettingsError(f"{where}: tokens {seen[bot]} and {place} are of the same bot ({bot}); leave one out")
        seen[bot] = place
    alerts = chosen.get("admin.bot_token", "")
    if alerts and not TOKEN.fullmatch(alerts):
        raise SettingsError(f"{name('admin.bot_token', origins)} is not a bot token; copy it whole from @BotFather")


def oddities(settings: Settings) -> list[str]:
    """Warnings about what is allowed but probably not meant. Tokens of another server than Telegram may have any length."""
    lines = [
        f"{variable_of('telegram.tokens')}: token {place} is not as long as Telegram's tokens are; Telegram will refuse it"
        for place, token in enumerate(settings.telegram.tokens, 1)
        if not settings.telegram.server and len(token.partition(":")[2]) != TOKEN_SECRET_LENGTH
    ]
    if settings.environment == "production" and not settings.stores.postgres_uri:
        lines.append("NODE_ENV is production on SQLite; set POSTGRES_URI")
    return lines


def name(setting: str, origins: Mapping[str, str]) -> str:
    return origins.get(setting) or f"{setting} ({variable_of(setting)})"


def is_real(settings: Settings) -> bool:
    """Whether bots, Telegram, a database or a Redis is configured. If not, `run` starts a sandbox by itself."""
    telegram, stores = settings.telegram, settings.stores
    named = telegram.tokens or telegram.server or telegram.api_id or stores.postgres_uri
    return bool(named) or not in_memory(stores.redis_url)


def split_address(address: str) -> tuple[str, int]:
    """Reads host:port or [IPv6]:port. Raises ValueError."""
    parts = urlsplit(f"//{address}")
    if not parts.hostname or not parts.port or parts.path or parts.username:
        raise ValueError(address)
    return parts.hostname, parts.port


def _stores(settings: Settings, origins: Mapping[str, str]) -> None:
    stores = settings.stores
    if stores.postgres_uri and stores.sqlite_path:
        both = f"{name('stores.postgres_uri', origins)} and {name('stores.sqlite_path', origins)}"
        raise SettingsError(f"{both} name two databases; leave one out")
    if stores.postgres_uri and (not _scheme_is(stores.postgres_uri, POSTGRES_SCHEMES) or is_ambiguous(stores.postgres_uri)):
        raise SettingsError(f"{name('stores.postgres_uri', origins)} is not a PostgreSQL address; write {FORM}")
    read_redis_address(stores.redis_url, name("stores.redis_url", origins))


def _scheme_is(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _pool(settings: Settings, origins: Mapping[str, str]) -> None:
    try:
        Keys(settings.cluster.pool)
    except ValueError as error:
        raise SettingsError(f"{name('cluster.pool', origins)}: {error}") from error


def workers(settings: Settings, origins: Mapping[str, str]) -> None:
    if settings.cluster.workers > 1 and in_memory(settings.stores.redis_url):
        where, url = name("cluster.workers", origins), name("stores.redis_url", origins)
        raise SettingsError(
            f"{where}: {settings.cluster.workers} workers cannot share memory://; set {url} to a Redis server, or workers to 1",
        )


def _live(settings: Settings, origins: Mapping[str, str]) -> None:
    for fault in configuration.check(Configuration.of(settings), lambda setting: name(setting, origins)):
        raise SettingsError(fault.text)


def _server(settings: Settings, origins: Mapping[str, str]) -> None:
    telegram = settings.telegram
    if not telegram.server:
        return
    where = name("telegram.server", origins)
    try:
        split_address(telegram.server)
    except ValueError as error:
        raise SettingsError(f"{where}: {telegram.server!r} is not host:port; write for example 127.0.0.1:4430") from error
    if not telegram.public_key:
        raise SettingsError(f"{where} has a public key of its own; name its PEM file in {name('telegram.public_key', origins)}")


def _media_channel(settings: Settings, origins: Mapping[str, str]) -> None:
    id_ = settings.admin.media_channel_id
    if id_ and not str(id_).startswith(ID_PREFIX):
        where = name("admin.media_channel_id", origins)
        raise SettingsError(f"{where}: {id_} is not a channel's id; those begin with {ID_PREFIX}, like -1001234567890")


def _back_off(settings: Settings, origins: Mapping[str, str]) -> None:
    if settings.supervisor.backoff_first > settings.supervisor.backoff_max:
        first, longest = name("supervisor.backoff_first", origins), name("supervisor.backoff_max", origins)
        raise SettingsError(f"{first} is above {longest}; swap them")


def _ports(settings: Settings, origins: Mapping[str, str]) -> None:
    taken: dict[int, str] = {}
    for setting, port in (
        ("admin.port", settings.admin.port),
        ("sandbox.port", settings.sandbox.port),
        ("sandbox.http_port", settings.sandbox.http_port),
    ):
        if port in taken:
            raise SettingsError(f"{name(setting, origins)} and {name(taken[port], origins)} are both {port}; change one")
        taken[port] = setting


def _panel(settings: Settings, origins: Mapping[str, str]) -> None:
    admin, url = settings.admin, name("admin.public_url", origins)
    if admin.public_url and not is_origin(admin.public_url):
        raise SettingsError(f"{url}: {admin.public_url!r} is not an address; write for example https://panel.example.org")
    if not is_loopback(admin.host) and not admin.public_url.startswith("https://"):
        raise SettingsError(
            f"{name('admin.host', origins)}: {admin.host} is reached from other machines, which needs TLS; put a proxy with TLS "
            f"before the panel and write its https address into {url}, or set the host to 127.0.0.1",
        )
    for proxy in admin.trusted_proxies:
        try:
            ip_network(proxy, strict=False)
        except ValueError as error:
            where = name("admin.trusted_proxies", origins)
            raise SettingsError(f"{where}: {proxy!r} is not a network; write for example 10.0.0.0/8 or 192.0.2.7") from error
