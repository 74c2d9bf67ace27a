"""Opens Redis by its address and translates its errors. `memory://` is a Redis inside this process, for one worker only."""

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
    AskError,
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
    SlotNotCoveredError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TooSlow

from domain.errors import Unavailable
from storage.redis.address import Kind, RedisAddress, read_redis_address

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 2.0
"""No command takes that long, and reads that wait for news wait less (`EventStream.read`). A command without an answer by then is
not repeated, because it may have been done."""

CONNECTIONS = 32
"""Of one process to one server. Further commands wait in order for a free connection."""
CONNECTION_SECONDS = 2 * ANSWER_SECONDS
"""How long a command waits for a free connection: long enough for the commands before it to be answered or given up."""
UNLIMITED = 2**31
"""For a cluster, whose client cannot wait for a connection: it would refuse. Frequent requests go in batches
(`actors/matcher.py`).
"""

NOT_NOW = re.compile(r"\b(LOADING|READONLY|OOM|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOREPLICAS|BUSY|UNBLOCKED)\b")
"""Error codes of a server that will accept the same command later. In Redis 6.2 a script's error has the code inside its text."""

DENIED = re.compile(r"run the '([^']+)' command")
IN_SCRIPT = re.compile(r"ACL failure in script|The user executing the script can't")

GONE = (Disconnected, TooSlow, OSError)
ACL = "its ACL must be as in docs/operating.md"
LATER = (AskError, ReadOnlyError, OutOfMemoryError, MasterDownError, ClusterDownError, TryAgainError)


class MasterPool(SentinelConnectionPool, BlockingConnectionPool):
    """Connections to the current master. Commands wait for one in order."""

    async def aclose(self) -> None:
        """Closes the connections to the Sentinels too."""
        await super().aclose()
        await self.sentinel_manager.aclose()


class Cluster(RedisCluster):
    RedisClusterRequestTTL = 4
    """Redirections that one command follows at most. While the pool's keys are being moved there is no end to them."""

    def get_node(self, host: str | None = None, port: int | None = None, node_name: str | None = None) -> ClusterNode:
        """A command that is sent on to a node of which we have not heard fails as one whose slot nobody serves: the nodes are
        looked up again. redis-py would fail with an AttributeError.
        """
        node = super().get_node(host, port, node_name)
        if node is None:
            raise SlotNotCoveredError("its keys are being moved to a node that is not known yet")
        return node

    async def aclose(self) -> None:
        """Closes also the connections of a client that was about to look up its nodes again."""
        await super().aclose()
        await self.nodes_manager.aclose()
        await self.nodes_manager.aclose("startup_nodes")


Client = Redis | RedisCluster


def open_redis(url: str) -> Client:
    """Connects on first use. The next command after a lost connection connects again."""
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
        return _with_waiting_pool(Redis(unix_socket_path=address.path, **_connection_settings(), **address.options))
    host, port = address.nodes[0]
    return _with_waiting_pool(Redis(host=host, port=port, **_connection_settings(), **address.options))


def _with_waiting_pool(client: Redis) -> Redis:
    """The same client with a pool in which commands wait for a connection. redis-py's default pool raises at once."""
    pool = client.connection_pool
    settings = {**pool.connection_kwargs, **_pool_settings()}
    return Redis.from_pool(BlockingConnectionPool(connection_class=pool.connection_class, **settings))


def _master(address: RedisAddress) -> Redis:
    """Each new connection asks the Sentinels for the master, and one to a master that became a replica is closed."""
    sentinels = {**_connection_settings(), **address.sentinel_options}
    settings = {**_connection_settings(), **address.options}
    sentinel = Sentinel(address.nodes, sentinel_kwargs=sentinels, **settings)  # type: ignore[no-untyped-call]
    client: Redis = sentinel.master_for(address.master, connection_pool_class=MasterPool, **_pool_settings())
    return client


def _cluster(address: RedisAddress) -> Cluster:
    nodes = [ClusterNode(host, port) for host, port in address.nodes]
    return Cluster(startup_nodes=nodes, max_connections=UNLIMITED, **_connection_settings(), **address.options)


def _pool_settings() -> dict[str, Any]:
    return {"max_connections": CONNECTIONS, "timeout": CONNECTION_SECONDS}


def _connection_settings() -> dict[str, Any]:
    return {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "health_check_interval": 15,
        "retry": Retry(ExponentialBackoff(cap=0.2, base=0.02), 1, supported_errors=(Disconnected,)),
        "protocol": 2,
    }


def text_of(value: bytes | str) -> str:
    """Our clients return bytes, but redis-py's types allow both."""
    return value.decode() if isinstance(value, bytes) else value


def place_of(client: Client) -> str:
    """Where the server is, for error texts: without user, password and options."""
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
    """Errors that mean "not now" become `Unavailable`. Any other error is a bug of ours and is raised unchanged."""
    try:
        yield
    except (RedisError, RedisClusterException, OSError) as error:
        translation = translation_of(client, error)
        if translation is error:
            raise
        raise translation from error


def translation_of(client: Client, error: Exception) -> Exception:
    """The error that `translated` raises in its place."""
    if isinstance(error, AuthenticationError):
        return Unavailable(f"{place_of(client)} refuses our user or password")
    if isinstance(error, GONE):
        return Unavailable(f"{place_of(client)} cannot be reached ({type(error).__name__})")
    if isinstance(error, RedisClusterException | ClusterError):
        return _translate_of_cluster(client, error)
    return _translate(client, error) if isinstance(error, ResponseError) else error


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes. redis-py wraps the answer of a cluster's last node."""
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
