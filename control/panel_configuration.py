"""Keeps the panel's live configuration up to date. The panel does not wait for it: it also runs without the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from control.child import Child
from control.settings.loading import database_uri
from control.worker.configuration_reader import ConfigurationReader
from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from storage.sql.configurations import SqlConfigurations
from storage.sql.database import Database, open_database
from storage.sql.migrate import pending

LONGEST_PAUSE = 10.0
LOOK_SECONDS = 1.0
"""No Redis tells this process what was saved on another machine, so it looks oftener than a worker does."""

logger = logging.getLogger(__name__)


async def follow(child: Child, live: LiveConfiguration) -> None:
    """Runs until it is cancelled. Waits for the tables, which the workers make."""
    database = await _opened(child)
    try:
        reader = ConfigurationReader(SqlConfigurations(database), live, poll_seconds=LOOK_SECONDS)

        async def read(_request: Mapping[str, Any]) -> Mapping[str, int]:
            await reader.look()
            return live.versions

        reader.soon()
        child.answer("configuration", read)
        async with reader.kept_up():
            await asyncio.Event().wait()
    finally:
        await database.close()


async def _opened(child: Child) -> Database:
    pause, said = 0.1, False
    while True:
        try:
            return await _migrated(child)
        except Unavailable as error:
            if not said:
                logger.warning("the saved configuration waits for the database: %s", error)
            said = True
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _migrated(child: Child) -> Database:
    stores = child.settings.stores
    database = await open_database(database_uri(child.settings), pool_size=1, call_seconds=stores.query_timeout)
    try:
        await _has_tables(database)
    except BaseException:
        await database.close()
        raise
    return database


async def _has_tables(database: Database) -> None:
    if await pending(database):
        raise Unavailable("the database's tables are not made yet")
