"""Keeps the panel's live configuration up to date. The panel does not wait for it: it also runs without the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from control.child import Child
from control.worker.configuration_reader import ConfigurationReader
from domain.configuration import LiveConfiguration
from storage.sql.configurations import SqlConfigurations
from storage.sql.late import LateDatabase

LOOK_SECONDS = 1.0
"""No Redis tells this process what was saved on another machine, so it looks oftener than a worker does."""


async def follow(child: Child, database: LateDatabase, live: LiveConfiguration) -> None:
    """Runs until it is cancelled. Opens the database first."""
    await database.open()
    reader = ConfigurationReader(SqlConfigurations(database), live, poll_seconds=LOOK_SECONDS)

    async def read(_request: Mapping[str, Any]) -> Mapping[str, int]:
        await reader.look()
        return live.versions

    reader.soon()
    child.answer("configuration", read)
    async with reader.kept_up():
        await asyncio.Event().wait()
