"""Whether what answers at the Redis address is what the address says."""

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

MENDS = {
    "cluster": "is a node of a cluster; write redis+cluster:// in place of redis://",
    "sentinel": "is a Sentinel; write redis+sentinel://host:26379/ and the master's name",
}
"""By the mode in which a server says that it runs."""


async def reach(client: Client, pool: str) -> None:
    """Raises `Unavailable` where the server does not serve us now, `SettingsError` where it will never do. A user who may not do
    all that the house does is not served: a script that is refused in its middle leaves half of its work.
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
    if mode in MENDS:
        raise SettingsError(f"{SETTING}: {place_of(client)} {MENDS[mode]}")


async def _reach_cluster(client: RedisCluster) -> None:
    try:
        await client.initialize()
    except RedisClusterException as error:
        if any("cluster support disabled" in str(cause) for cause in causes_of(error)):
            mend = "is not a cluster; write redis:// and one host"
            raise SettingsError(f"{SETTING}: {place_of(client)} {mend}") from error
        raise


async def _reach_sentinels(pool: SentinelConnectionPool) -> None:
    """One that answers is enough."""
    silent = ""
    for sentinel in pool.sentinel_manager.sentinels:
        try:
            masters = await sentinel.sentinel_masters()
        except AuthenticationError as error:
            mend = "refuses us; write ?sentinel_username=…&sentinel_password=… behind the address"
            raise Unavailable(f"Sentinel at {_place(sentinel)} {mend}") from error
        except (Disconnected, TooSlow, OSError) as error:
            silent = f"no Sentinel can be reached (the last one: {_place(sentinel)}, {type(error).__name__})"
        except ResponseError as error:
            raise SettingsError(f"{SETTING}: {_place(sentinel)} is no Sentinel; name the Sentinels, not the servers") from error
        else:
            return _is_known(pool.service_name, masters, _place(sentinel))
    raise Unavailable(silent)


def _is_known(name: str, masters: dict[str, Any], place: str) -> None:
    if name not in masters:
        known = ", ".join(sorted(masters)) or "none"
        raise SettingsError(f"{SETTING}: the Sentinel at {place} knows no master {name}; it knows {known}")


def _place(sentinel: Redis) -> str:
    return place_of(sentinel).removeprefix("Redis at ")
