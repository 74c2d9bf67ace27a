"""The panel's records on SQLite: who may use it, and people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from control.people import PanelPeople
from domain.configuration import Configuration, LiveConfiguration
from domain.model.ids import UserId
from domain.settings import Admin, Settings
from storage.secrets import Secrets
from storage.sql.database import Database, open_database
from storage.sql.migrate import migrate
from storage.sql.panel.records import PanelRecords, panel_records

OLGA = UserId(7_000_000_001)
"""An owner by the settings."""


@asynccontextmanager
async def access_records(folder: Path) -> AsyncIterator[PanelRecords]:
    async with _opened(folder) as (database, settings, live):
        yield panel_records(database, _secrets(), settings, live)


@asynccontextmanager
async def people_records(folder: Path) -> AsyncIterator[PanelPeople]:
    """On the same database."""
    async with _opened(folder) as (database, settings, live):
        yield PanelPeople(database, _secrets(), settings, live)


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[tuple[Database, Settings, LiveConfiguration]]:
    database = await open_database(f"sqlite:{folder}/panel.db")
    try:
        await migrate(database)
        settings = Settings(admin=Admin(telegram_ids=(OLGA,)))
        yield database, settings, LiveConfiguration(Configuration.of(settings))
    finally:
        await database.close()


def _secrets() -> Secrets:
    return Secrets([b"k" * 32], source="test")
