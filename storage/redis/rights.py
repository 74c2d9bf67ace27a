"""The rights that our Redis user needs: these commands on the pool's keys, and nothing else (docs/operating.md has the line)."""

from __future__ import annotations

from redis.asyncio import RedisCluster

from storage.redis.client import Client
from storage.redis.keys import Keys
from storage.redis.scripts import Scripts

CONNECTION = ("PING", "INFO", "EVAL text 1 key", "EVALSHA sha 1 key", "TIME")
CLUSTER = ("CLUSTER SLOTS", "COMMAND", "ASKING")
DATA = (
    "APPEND key value", "DEL key", "EXISTS key", "EXPIRE key 1", "GET key", "GETRANGE key 0 -1",
    "MGET key", "PERSIST key", "PEXPIRE key 1", "SET key value",
    "HDEL key field", "HEXISTS key field", "HGET key field", "HGETALL key", "HLEN key", "HMGET key field", "HSET key field value",
    "HSETNX key field value", "HSCAN key 0",
    "SADD key member", "SMEMBERS key", "SREM key member",
    "XADD key * field value", "XDEL key id", "XINFO STREAM key", "XLEN key", "XREAD STREAMS key 0", "XRANGE key - +",
    "XREVRANGE key + -", "XTRIM key MAXLEN 1",
    "ZADD key 1 member", "ZCARD key", "ZMSCORE key member", "ZRANGE key 0 -1", "ZRANGEBYSCORE key 0 1", "ZREM key member",
)  # fmt: skip
"""Each command with valid arguments, because the server checks a whole command."""


def setuser(pool: str, *, name: str = "masquerade", password: str = "PASSWORD") -> list[str]:  # noqa: S107 - a placeholder
    """The command that makes such a user. To be run on each server of a cluster or under Sentinel."""
    allowed = [f"+{_right(form)}" for form in (*CONNECTION, *CLUSTER, *DATA)]
    return ["ACL", "SETUSER", name, "reset", "on", f">{password}", f"~{Keys(pool).tag}*", *allowed]


async def missing(client: Client, pool: str) -> list[str] | None:
    """Names of the commands that our user may not run; None where the server cannot tell (before Redis 7)."""
    forms = (*CONNECTION, *(CLUSTER if isinstance(client, RedisCluster) else ()), *DATA)
    denied = await Scripts(client, Keys(pool).tag).run("rights", *forms)
    return None if denied is None else [_right(form.decode()) for form in denied]


def _right(form: str) -> str:
    words = form.lower().split()
    return "|".join(words[:2]) if words[0] == "cluster" else words[0]
