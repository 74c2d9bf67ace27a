"""Checks that the server at the Redis address is of the kind that the address names, and that our user may do all we need."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.exceptions import AuthenticationError, RedisClusterException, ResponseError
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TooSlow

from domain.errors import SettingsError, Unavailable
from storage.redis.address import SETTING
from storage.redis.client import ACL, Client, causes_of, place_of, translated
from storage.redis.rights import missing

WRONG_MODES = {
    "cluster": "is a node of a cluster; write redis+cluster:// in place of redis://",
    "sentinel": "is a Sentinel; write redis+sentinel://host:26379/ and the master's name",
}
"""Mode that a server reports → what is wrong and what to write instead."""


async def reach(client: Client, pool: str) -> None:
    """Raises `Unavailable` where the server does not serve us now, `SettingsError` where the address is wrong. Missing rights are
    an error here already: a script that is refused in its middle leaves half of its work.
    """
    with translated(client):
        if isinstance(client, RedisCluster):
            await _reach_cluster(client)
        else:
            await _reach_server(client)
    if denied := await missing(client, pool):
        raise Unavailable(
            f"{place_of(client)} does not let our user run {', '.join(denied)} on the keys of the pool {pool}; {ACL}"
        )


async def _reach_server(client: Redis) -> None:
    connections = client.connection_pool
    if isinstance(connections, SentinelConnectionPool):
        await _reach_sentinels(connections)
    info = await client.info("server")
    mode = info.get("redis_mode") or info.get("server_mode")
    if mode in WRONG_MODES:
        raise SettingsError(f"{SETTING}: {place_of(client)} {WRONG_MODES[mode]}")


async def _reach_cluster(client: RedisCluster) -> None:
    try:
        await client.initialize()
    except RedisClusterException as error:
        if any("cluster support disabled" in str(cause) for cause in causes_of(error)):
            advice = "is not a cluster; write redis:// and one host"
            raise SettingsError(f"{SETTING}: {place_of(client)} {advice}") from error
        raise


async def _reach_sentinels(pool: SentinelConnectionPool) -> None:
    """Raises `Unavailable` where no Sentinel answers. One is enough."""
    silent = ""
    for sentinel in pool.sentinel_manager.sentinels:
        try:
            masters = await sentinel.sentinel_masters()
        except AuthenticationError as error:
            advice = "refuses us; write ?sentinel_username=…&sentinel_password=… behind the address"
            raise Unavailable(f"Sentinel at {_place(sentinel)} {advice}") from error
        except (Disconnected, TooSlow, OSError) as error:
            silent = f"no Sentinel can be reached (the last one: {_place(sentinel)}, {type(error).__name__})"
        except ResponseError as error:
            raise SettingsError(f"{SETTING}: {_place(sentinel)} is no Sentinel; name the Sentinels, not the servers") from error
        else:
            return _require_known_master(pool.service_name, masters, _place(sentinel))
    raise Unavailable(silent)


def _require_known_master(name: str, masters: dict[str, Any], place: str) -> None:
    if name not in masters:
        known = ", ".join(sorted(masters)) or "none"
        raise SettingsError(f"{SETTING}: the Sentinel at {place} knows no master {name}; it knows {known}")


def _place(sentinel: Redis) -> str:
    return place_of(sentinel).removeprefix("Redis at ")
