"""Opens Redis by URL and translates its errors. `memory://` is the same engine in this process: one worker only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    AuthenticationError,
    ClusterDownError,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TooSlow

from domain.errors import SettingsError, Unavailable

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 2.0
"""No command takes that long; reads that wait do so for less (`EventStream.read`)."""

NOT_NOW = re.compile(r"\b(LOADING|READONLY|OOM|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|UNBLOCKED)\b")
"""Answers of a server that will do the same thing later. A script's error carries the code inside its text (Redis 6.2)."""

LATER = (ReadOnlyError, OutOfMemoryError, MasterDownError, ClusterDownError, TryAgainError)


def open_redis(url: str) -> Redis:
    """redis://, rediss://, unix:// or memory://. Connects on first use; a lost connection is made anew by the next command."""
    if url.startswith("memory://"):
        return _open_memory()
    if not url.startswith(("redis://", "rediss://", "unix://")):
        scheme = url.partition(":")[0]
        raise SettingsError(f"REDIS_URL: {scheme}:// is not one of redis://, rediss://, unix://, memory://")
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        health_check_interval=15,
        retry=Retry(ExponentialBackoff(cap=0.2, base=0.02), 1),
        protocol=2,
    )


def _open_memory() -> Redis:
    from fakeredis import FakeAsyncRedis, FakeServer

    client: Redis = FakeAsyncRedis(server=FakeServer(version=(7,)), protocol=2)
    return client


def place_of(client: Redis) -> str:
    """Where the server is, without user, password or parameters."""
    settings: dict[str, Any] = client.connection_pool.connection_kwargs
    if "path" in settings:
        return f"Redis at {settings['path']}"
    return f"Redis at {settings.get('host', 'memory')}:{settings.get('port', 0)}"


def text_of(value: bytes | str) -> str:
    """Our clients answer bytes; redis-py's types leave the other way open."""
    return value.decode() if isinstance(value, bytes) else value


async def reach(client: Redis) -> None:
    """Raises `Unavailable` where the server does not serve us now."""
    with translated(client):
        await client.ping()


@contextmanager
def translated(client: Redis) -> Iterator[None]:
    """Redis's ways of saying "not now" become `Unavailable`. Anything else is a fault of ours and stays what it is."""
    try:
        yield
    except AuthenticationError as error:
        raise Unavailable(f"{place_of(client)} refuses our user or password") from error
    except (Disconnected, TooSlow, OSError) as error:
        raise Unavailable(f"{place_of(client)} cannot be reached ({type(error).__name__})") from error
    except ResponseError as error:
        raise _translate(client, error) from error


def _translate(client: Redis, error: ResponseError) -> RedisError | Unavailable:
    if isinstance(error, NoPermissionError):
        return Unavailable(f"{place_of(client)} does not let our user do this (its ACL must allow the pool's keys and scripts)")
    code = NOT_NOW.search(str(error))
    if code or isinstance(error, LATER):
        return Unavailable(f"{place_of(client)} cannot serve now ({code[0] if code else type(error).__name__})")
    return error
