"""Admins, log-ins, sessions and tokens of a panel under test: the real records, on SQLite."""

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


@asynccontextmanager
async def opened_access(folder: Path, *owners: UserId) -> AsyncIterator[PanelRecords]:
    database = await open_database(f"sqlite:{folder}/panel.db")
    await migrate(database)
    settings = Settings(admin=Admin(telegram_ids=owners))
    live = LiveConfiguration(Configuration.of(settings))
    yield panel_records(database, Secrets([b"k" * 32], source="test"), settings, live)
    await database.close()
