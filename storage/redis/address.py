"""Reads a Redis address: one server, a master under Sentinel, a cluster, or `memory://`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from redis.asyncio.connection import SSLConnection, parse_url

from domain.errors import SettingsError

SETTING = "stores.redis_url (REDIS_URL)"
Node = tuple[str, int]


class Kind(Enum):
    MEMORY = "memory"
    SERVER = "one server"
    SENTINEL = "a master under Sentinel"
    CLUSTER = "a cluster"


KINDS = {
    "memory": Kind.MEMORY,
    "redis": Kind.SERVER,
    "rediss": Kind.SERVER,
    "unix": Kind.SERVER,
    "redis+sentinel": Kind.SENTINEL,
    "rediss+sentinel": Kind.SENTINEL,
    "redis+cluster": Kind.CLUSTER,
    "rediss+cluster": Kind.CLUSTER,
}
"""Scheme of the address → kind of server."""
FORMS = "redis://host:6379, rediss://host:6379, redis+sentinel://host:26379/master, redis+cluster://host:6379 or memory://"
UNREADABLE = (
    "its host and port cannot be read; write host:6379, and the signs @ / ? # [ ] of a password as %40 %2F %3F %23 %5B %5D"
)
PORTS = {Kind.SERVER: 6379, Kind.SENTINEL: 26379, Kind.CLUSTER: 6379}
OPTIONS = frozenset(
    {
        "db",
        "max_connections",
        "ssl_ca_certs",
        "ssl_cert_reqs",
        "ssl_certfile",
        "ssl_check_hostname",
        "ssl_keyfile",
        "ssl_min_version",
    }
)
"""What may stand behind the `?`, by redis-py's names."""
SENTINEL_OPTIONS = {"sentinel_username": "username", "sentinel_password": "password"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisAddress:
    kind: Kind
    nodes: tuple[Node, ...] = ()
    """Servers, or Sentinels. More than one for a cluster and for Sentinel only."""
    master: str = ""
    """The name by which Sentinels know it."""
    path: str = ""
    """Of a Unix socket."""
    options: dict[str, Any]
    """Arguments of redis-py for each connection to a server: user, password, database, certificates."""
    sentinel_options: dict[str, Any]
    """The same for connections to Sentinels."""


def in_memory(url: str) -> bool:
    """Also of an address that `read_redis_address` would refuse."""
    return urlsplit(url.partition("//")[0]).scheme == Kind.MEMORY.value


def read_redis_address(url: str, where: str = SETTING) -> RedisAddress:
    """Raises `SettingsError`: one line with `where`, what is wrong and what to write instead. It never shows user or password."""
    try:
        return _read(url)
    except ValueError as error:
        raise SettingsError(f"{where}: {error}") from error


def _read(url: str) -> RedisAddress:
    parts = _split(url)
    scheme, kind = parts.scheme, KINDS.get(parts.scheme)
    if kind is None:
        raise ValueError(f"this is not a Redis address; write {FORMS}")
    if kind is Kind.MEMORY:
        return RedisAddress(kind=kind, options={}, sentinel_options={})
    if scheme == "unix":
        return RedisAddress(kind=kind, path=unquote(parts.path), options=_options(url, kind), sentinel_options={})
    user, _, places = parts.netloc.rpartition("@")
    nodes = tuple(_node(place, PORTS[kind]) for place in places.split(","))
    master, database = _path(parts.path, kind)
    if kind is Kind.SERVER and len(nodes) > 1:
        raise ValueError(f"{scheme}:// names one server; for several write {scheme}+sentinel:// or {scheme}+cluster://")
    query, sentinels = _split_query(parts.query)
    options = _options(f"{scheme.partition('+')[0]}://{user}{'@' * bool(user)}host/{database}?{query}", kind)
    certificates = {name: value for name, value in options.items() if name.startswith("ssl")}
    return RedisAddress(kind=kind, nodes=nodes, master=master, options=options, sentinel_options={**certificates, **sentinels})


def _split(url: str) -> SplitResult:
    """A password with an unescaped / ? or # is split there, and its rest ends up in the path, the query or the fragment, or in
    urlsplit's error. Such an address is refused by a text that shows none of it.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError(UNREADABLE) from None
    if "@" in parts.path + parts.query + parts.fragment:
        raise ValueError(UNREADABLE)
    return parts


def _node(place: str, port: int) -> Node:
    """(host, port). The error does not show what cannot be read, because it may be half a password."""
    try:
        parts = urlsplit(f"//{place}")
        host, given = parts.hostname, parts.port
    except ValueError:
        raise ValueError(UNREADABLE) from None
    if not host or given == 0:
        raise ValueError(UNREADABLE)
    return host, given or port


def _path(path: str, kind: Kind) -> tuple[str, str]:
    """(the master's name, the database's number as written)"""
    words = [unquote(word) for word in path.strip("/").split("/")]
    master = words.pop(0) if kind is Kind.SENTINEL else ""
    database = words.pop(0) if words else ""
    if kind is Kind.SENTINEL and (not master or master.isdigit()):
        raise ValueError("the master's name is missing; write redis+sentinel://host:26379/mymaster/0")
    if words or not (database.isdigit() or not database):
        raise ValueError("it does not end with a database's number; write /0 or nothing")
    if kind is Kind.CLUSTER and int(database or 0):
        raise ValueError(f"a cluster has no database {database}; leave it out")
    return master, database


def _split_query(query: str) -> tuple[str, dict[str, str]]:
    """(the query for servers, the options for Sentinels)"""
    pairs = parse_qsl(query, keep_blank_values=True)
    sentinels = {SENTINEL_OPTIONS[name]: value for name, value in pairs if name in SENTINEL_OPTIONS}
    return urlencode([(name, value) for name, value in pairs if name not in SENTINEL_OPTIONS]), sentinels


def _options(url: str, kind: Kind) -> dict[str, Any]:
    """The error does not name an unknown option, because it may be the part of a password behind an &."""
    unknown = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)} - OPTIONS
    if unknown:
        raise ValueError(f"it has an unknown option; there are {', '.join(sorted(OPTIONS | SENTINEL_OPTIONS.keys()))}")
    options: dict[str, Any] = dict(parse_url(url))
    if options.pop("connection_class", None) is SSLConnection:
        options["ssl"] = True
    elif any(name.startswith("ssl") for name in options):
        raise ValueError("certificates are for encrypted connections; write rediss in place of redis")
    for name in ("host", "port", "path"):
        options.pop(name, None)
    if kind is Kind.CLUSTER:
        options.pop("db", None)
    return options
