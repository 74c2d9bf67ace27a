"""Opens Redis by its address and translates its errors. `memory://` is the same engine in this process: one worker only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster, Sentinel
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    AuthenticationError,
    ClusterDownError,
    ClusterError,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TooSlow

from domain.errors import Unavailable
from storage.redis.address import Kind, RedisAddress, read_redis_address

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 2.0
"""No command takes that long; reads that wait do so for less (`EventStream.read`). What was not answered by then is not tried
again: it may have been done."""

CONNECTIONS = 32
"""Of one process to one server. A server that hesitates is asked no more at once; further commands wait in order."""
CONNECTION_SECONDS = 2 * ANSWER_SECONDS
"""How long a command waits for a connection: until those before it are answered, or given up."""
UNLIMITED = 2**31
"""A cluster's client knows no waiting. It must not refuse: what is asked for often goes in batches (`actors/matcher.py`)."""

NOT_NOW = re.compile(r"\b(LOADING|READONLY|OOM|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|UNBLOCKED)\b")
"""Answers of a server that will do the same thing later. A script's error carries the code inside its text (Redis 6.2)."""

DENIED = re.compile(r"run the '([^']+)' command")
IN_SCRIPT = re.compile(r"ACL failure in script|The user executing the script can't")

GONE = (Disconnected, TooSlow, OSError)
ACL = "its ACL must be as in docs/operating.md"
LATER = (ReadOnlyError, OutOfMemoryError, MasterDownError, ClusterDownError, TryAgainError)


class MasterPool(SentinelConnectionPool, BlockingConnectionPool):
    """Connections to the master of the moment; commands wait for one, in order."""

    async def aclose(self) -> None:
        """Also what it asked the Sentinels by."""
        await super().aclose()
        await self.sentinel_manager.aclose()


class Cluster(RedisCluster):
    RedisClusterRequestTTL = 4
    """Redirections of one command; where the pool's keys are on the move there is no end to them."""

    async def aclose(self) -> None:
        """Also the connections of a client that was about to look for its nodes anew."""
        await super().aclose()
        await self.nodes_manager.aclose()
        await self.nodes_manager.aclose("startup_nodes")


Client = Redis | RedisCluster


def open_redis(url: str) -> Client:
    """Connects on first use; a lost connection is made anew by the next command."""
    address = read_redis_address(url)
    match address.kind:
        case Kind.MEMORY:
            return _memory()
        case Kind.SERVER:
            return _server(address)
        case Kind.SENTINEL:
            return _master(address)
        case Kind.CLUSTER:
            return _cluster(address)


def _memory() -> Redis:
    from fakeredis import FakeAsyncRedis, FakeServer

    client: Redis = FakeAsyncRedis(server=FakeServer(version=(7,)), protocol=2)
    return client


def _server(address: RedisAddress) -> Redis:
    if address.path:
        return _in_order(Redis(unix_socket_path=address.path, **_manners(), **address.options))
    host, port = address.nodes[0]
    return _in_order(Redis(host=host, port=port, **_manners(), **address.options))


def _in_order(client: Redis) -> Redis:
    """The same client, with a pool in which commands wait for a connection. redis-py's own pool refuses them at once."""
    pool = client.connection_pool
    settings = {**pool.connection_kwargs, **_limits()}
    return Redis.from_pool(BlockingConnectionPool(connection_class=pool.connection_class, **settings))


def _master(address: RedisAddress) -> Redis:
    """Each new connection asks the Sentinels for the master; a master that became a replica is left."""
    sentinels = {**_manners(), **address.sentinel_options}
    sentinel = Sentinel(address.nodes, sentinel_kwargs=sentinels, **_manners(), **address.options)  # type: ignore[no-untyped-call]
    client: Redis = sentinel.master_for(address.master, connection_pool_class=MasterPool, **_limits())
    return client


def _cluster(address: RedisAddress) -> Cluster:
    nodes = [ClusterNode(host, port) for host, port in address.nodes]
    return Cluster(startup_nodes=nodes, max_connections=UNLIMITED, **_manners(), **address.options)


def _limits() -> dict[str, Any]:
    return {"max_connections": CONNECTIONS, "timeout": CONNECTION_SECONDS}


def _manners() -> dict[str, Any]:
    return {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "health_check_interval": 15,
        "retry": Retry(ExponentialBackoff(cap=0.2, base=0.02), 1, supported_errors=(Disconnected,)),
        "protocol": 2,
    }


def text_of(value: bytes | str) -> str:
    """Our clients answer bytes; redis-py's types leave the other way open."""
    return value.decode() if isinstance(value, bytes) else value


def place_of(client: Client) -> str:
    """Where the server is, without user, password or parameters."""
    if isinstance(client, RedisCluster):
        return f"Redis Cluster at {', '.join(node.name for node in client.startup_nodes)}"
    pool = client.connection_pool
    if isinstance(pool, SentinelConnectionPool):
        places = (place_of(sentinel).removeprefix("Redis at ") for sentinel in pool.sentinel_manager.sentinels)
        return f"Redis {pool.service_name} (Sentinel at {', '.join(places)})"
    settings: dict[str, Any] = pool.connection_kwargs
    if "path" in settings:
        return f"Redis at {settings['path']}"
    return f"Redis at {settings.get('host', 'memory')}:{settings.get('port', 0)}"


@contextmanager
def translated(client: Client) -> Iterator[None]:
    """Redis's ways of saying "not now" become `Unavailable`. Anything else is a fault of ours and stays what it is."""
    try:
        yield
    except (RedisError, RedisClusterException, OSError) as error:
        ours = translation_of(client, error)
        if ours is error:
            raise
        raise ours from error


def translation_of(client: Client, error: Exception) -> Exception:
    """As `translated` raises it; a fault of ours is answered as it is."""
    if isinstance(error, AuthenticationError):
        return Unavailable(f"{place_of(client)} refuses our user or password")
    if isinstance(error, GONE):
        return Unavailable(f"{place_of(client)} cannot be reached ({type(error).__name__})")
    if isinstance(error, RedisClusterException | ClusterError):
        return _translate_of_cluster(client, error)
    return _translate(client, error) if isinstance(error, ResponseError) else error


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it. redis-py wraps what the last node of a cluster answered."""
    cause: BaseException | None = error
    while cause:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _translate_of_cluster(client: Client, error: Exception) -> Exception:
    for cause in causes_of(error):
        if isinstance(cause, AuthenticationError):
            return Unavailable(f"{place_of(client)} refuses our user or password")
        if isinstance(cause, NoPermissionError):
            return _translate(client, cause)
        if isinstance(cause, GONE):
            return Unavailable(f"{place_of(client)} cannot be reached ({type(cause).__name__})")
    moving = "TTL exhausted" in str(error)
    return Unavailable(f"{place_of(client)} cannot serve now ({'its keys are being moved' if moving else error})")


def _translate(client: Client, error: ResponseError) -> RedisError | Unavailable:
    if isinstance(error, NoPermissionError) or IN_SCRIPT.search(str(error)):
        what = DENIED.search(str(error))
        return Unavailable(
            f"{place_of(client)} does not let our user {f'run {what[1].upper()}' if what else 'touch its keys'}; {ACL}"
        )
    code = NOT_NOW.search(str(error))
    if code or isinstance(error, LATER):
        return Unavailable(f"{place_of(client)} cannot serve now ({code[0] if code else type(error).__name__})")
    return error
