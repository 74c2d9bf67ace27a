"""Checks that PostgreSQL allows as many connections as all processes together may open."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from control.settings import constraints
from control.settings.constraints import name
from control.settings.loading import Loaded, database_uri
from domain.errors import SettingsError, Unavailable
from domain.settings import Settings
from storage.sql.database import Database, open_database

SPARE = 5
"""Connections left for the panel, the operator's own tools, and the start of the next release."""


async def check(loaded: Loaded) -> None:
    """Raises `SettingsError` if they do not fit. If the server is down nothing is checked: the workers wait for it."""
    try:
        database = await open_database(database_uri(loaded.settings), pool_size=1)
    except Unavailable:
        return
    try:
        limit = await allowed(database)
    except Unavailable:
        return
    finally:
        await database.close()
    if not fits(loaded.settings, limit):
        where = name("stores.pool_size", loaded.origins)
        raise SettingsError(f"{where}: {wanted(loaded.settings)}, and the server allows {limit}; {mend(loaded.settings, limit)}")


async def check_workers(loaded: Loaded, workers: int) -> None:
    """Raises `SettingsError` if so many workers cannot share the stores."""
    settings = with_workers(loaded.settings, workers)
    constraints.workers(settings, loaded.origins)
    if settings.stores.postgres_uri:
        await check(replace(loaded, settings=settings))


def with_workers(settings: Settings, workers: int) -> Settings:
    return msgspec.structs.replace(settings, cluster=msgspec.structs.replace(settings.cluster, workers=workers))


async def allowed(database: Database) -> int:
    """How many connections the server allows to users who are not superusers."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int",
        )
        (limit,) = await cursor.fetchone()
    return int(limit)


def fits(settings: Settings, limit: int) -> bool:
    return settings.stores.pool_size * settings.cluster.workers + SPARE <= limit


def wanted(settings: Settings) -> str:
    size, workers = settings.stores.pool_size, settings.cluster.workers
    return f"{size} database connections for each of {workers} worker{'s' * (workers > 1)}"


def mend(settings: Settings, limit: int) -> str:
    most = max(1, (limit - SPARE) // settings.cluster.workers)
    return f"set stores.pool_size to at most {most} or raise the server's max_connections"
