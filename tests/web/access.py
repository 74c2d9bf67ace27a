"""The records of who may use the panel, on SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from domain.configuration import Configuration, LiveConfiguration
from domain.model.ids import UserId
from domain.settings import Admin, Settings
from storage.secrets import Secrets
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from storage.sql.panel.records import PanelRecords, panel_records

OLGA = UserId(7_000_000_001)
"""An owner by the settings."""


@asynccontextmanager
async def access_records(folder: Path) -> AsyncIterator[PanelRecords]:
    database = await open_database(f"sqlite:{folder}/panel.db")
    try:
        await migrate(database)
        settings = Settings(admin=Admin(telegram_ids=(OLGA,)))
        live = LiveConfiguration(Configuration.of(settings))
        yield panel_records(database, Secrets([b"k" * 32], source="test"), settings, live)
    finally:
        await database.close()
