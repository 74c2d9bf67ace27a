"""Keeps the panel's live configuration up to date. The panel does not wait for it: it also runs without the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from control.bots import SECTION
from control.child import Child
from control.worker.configuration_reader import ConfigurationReader
from domain.configuration import LiveConfiguration
from domain.errors import SettingsError
from storage.sql.bots import SqlBots
from storage.sql.configurations import SqlConfigurations
from storage.sql.late import LateDatabase

LOOK_SECONDS = 1.0
"""No Redis tells this process what was saved on another machine, so it looks oftener than a worker does."""

logger = logging.getLogger(__name__)


async def follow(child: Child, database: LateDatabase, live: LiveConfiguration, bots: SqlBots) -> None:
    """Runs until it is cancelled. Opens the database first. Without one that it can use, what the files say stays in force."""
    try:
        await database.open()
    except SettingsError as error:
        logger.error("the panel goes on without records: %s", error)
        return
    reader = ConfigurationReader(SqlConfigurations(database), live, poll_seconds=LOOK_SECONDS)

    async def read(_request: Mapping[str, Any]) -> Mapping[str, int]:
        await reader.look()
        return {**live.versions, SECTION: await bots.version()}

    reader.soon()
    child.answer("configuration", read)
    async with reader.kept_up():
        await asyncio.Event().wait()
