"""`doctor`: checks that Redis answers, keeps what it acknowledges, and gives our user the rights that the product needs."""

from __future__ import annotations

import time
from typing import Any

from redis.asyncio import RedisCluster
from redis.asyncio.sentinel import SentinelConnectionPool

from control.cli.diagnosis_remote import clock
from control.cli.findings import Finding, Grade
from control.settings.loading import Loaded
from domain.errors import SettingsError, Unavailable
from domain.settings import Settings
from storage.redis.address import in_memory
from storage.redis.client import Client, open_redis, place_of, translated
from storage.redis.keys import Keys
from storage.redis.reach import reach

OLDEST = (6, 2)


async def redis(loaded: Loaded) -> list[Finding]:
    settings = loaded.settings
    if in_memory(settings.stores.redis_url):
        return [_memory(settings)]
    client = open_redis(settings.stores.redis_url)
    try:
        await reach(client, settings.cluster.pool)
        with translated(client):
            return await _served(client, settings.cluster.pool)
    except SettingsError as error:
        return [Finding(Grade.FAIL, "redis", str(error), "correct REDIS_URL")]
    except Unavailable as error:
        return [Finding(Grade.FAIL, "redis", str(error), "start it, or mend REDIS_URL or the user's rights")]
    finally:
        await client.aclose()


def _memory(settings: Settings) -> Finding:
    if settings.environment == "production":
        return Finding(
            Grade.WARN, "redis", "memory:// forgets who waits when the worker restarts", "set REDIS_URL to a Redis server"
        )
    return Finding(Grade.OK, "redis", "memory://, for one worker")


async def _served(client: Client, pool: str) -> list[Finding]:
    """Checks the server that holds the pool's keys."""
    info: dict[str, Any] = await _ask(client, pool, "INFO")
    sent = time.time()
    seconds, microseconds = await _ask(client, pool, "TIME")
    agrees = clock("Redis", seconds + microseconds / 1e6, sent, time.time())
    version = str(info.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        return [Finding(Grade.FAIL, "redis", f"version {version} is too old", "use Redis 6.2 or newer, or Valkey"), agrees]
    served = Finding(Grade.OK, "redis", f"{place_of(client)} reachable, version {version}")
    return [served, *_keeps(info), *_stands_in(client, info), agrees]


async def _ask(client: Client, pool: str, command: str) -> Any:
    if isinstance(client, RedisCluster):
        return await client.execute_command(command, target_nodes=client.get_node_from_key(Keys(pool).tag))
    return await client.execute_command(command)  # type: ignore[no-untyped-call]


def _keeps(info: dict[str, Any]) -> list[Finding]:
    """Checks that acknowledged writes survive a restart, and that no keys are evicted when memory is short."""
    findings = []
    if not info.get("aof_enabled"):
        text = "appendonly is off: a restart of Redis forgets who waits, and chats are restored from the database"
        findings.append(Finding(Grade.WARN, "redis", text, "CONFIG SET appendonly yes, and the same in redis.conf"))
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        text = f"maxmemory-policy is {policy}: Redis may throw chats away"
        findings.append(Finding(Grade.FAIL, "redis", text, "CONFIG SET maxmemory-policy noeviction, and the same in redis.conf"))
    return findings


def _stands_in(client: Client, info: dict[str, Any]) -> list[Finding]:
    """Under Sentinel and in a cluster: checks that a replica can take the master's place."""
    single = not isinstance(client, RedisCluster) and not isinstance(client.connection_pool, SentinelConnectionPool)
    if single or info.get("connected_slaves"):
        return []
    text = "no replica follows the master that has the pool: when it dies, all wait for its return"
    return [Finding(Grade.WARN, "redis", text, "add a replica to it")]
