"""Looks for a word in all that an installation keeps: every column of the database, every key of Redis, every file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from storage.sql.database import Database

TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


async def in_database(database: Database, word: bytes) -> set[str]:
    """The tables that have it, in a text, in bytes or in a number."""
    found = set()
    async with database.connection() as connection:
        for table in [row[0] for row in await _rows(connection, TABLES[database.dialect])]:
            values = [value for row in await _rows(connection, f"SELECT * FROM {table}") for value in row]
            if any(word in _bytes(value) for value in values):
                found.add(table)
    return found


async def in_redis(client: Redis, word: bytes) -> set[bytes]:
    """The keys that have it in their name or value. DUMP has all of a value, but packed: it is read by its type."""
    return {
        key for key in await client.keys("*") if word in key or word in b"\0".join([each async for each in _values(client, key)])
    }


def in_files(folder: Path, word: bytes, *, without: frozenset[str] = frozenset()) -> set[str]:
    """The files that have it; `without`: names of folders and files that are not looked into."""
    return {str(path.relative_to(folder)) for path in _files(folder, without) if word in path.read_bytes()}


def _files(folder: Path, without: frozenset[str]) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and without.isdisjoint(path.relative_to(folder).parts):
            yield path


async def _values(client: Redis, key: bytes) -> Any:
    match await client.type(key):
        case b"string":
            yield await client.get(key) or b""
        case b"hash":
            for name, value in (await client.hgetall(key)).items():
                yield name + b"\0" + value
        case b"set":
            for each in await client.smembers(key):
                yield each
        case b"zset":
            for each in await client.zrange(key, 0, -1):
                yield each
        case b"list":
            for each in await client.lrange(key, 0, -1):
                yield each
        case b"stream":
            for _, fields in await client.xrange(key):
                for name, value in fields.items():
                    yield name + b"\0" + value
        case b"none":
            return
        case other:
            raise AssertionError(f"{key!r} is a {other!r}, which is not looked into")


async def _rows(connection: Any, query: str) -> list[Any]:
    cursor = await connection.execute(query)
    found = list(await cursor.fetchall())
    await cursor.close()
    return found


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else str(value).encode()
