"""The panel's records on SQLite: who may use it, and people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from control.people import PanelPeople
from control.settings.live import ConfigurationEditor
from control.settings.loading import Loaded
from domain.configuration import Configuration, LiveConfiguration
from domain.model.ids import UserId
from domain.settings import Admin, Settings
from domain.status import Announced, InForce
from storage.secrets import Secrets
from storage.sql.configurations import SqlConfigurations
from storage.sql.database import Database, open_database
from storage.sql.migrate import migrate
from storage.sql.panel.records import PanelRecords, panel_records

OLGA = UserId(7_000_000_001)
"""An owner by the settings."""
SECRETS = Secrets([b"k" * 32], source="test")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Database]:
    database = await open_database(f"sqlite:{folder}/panel.db")
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def access_records(folder: Path) -> AsyncIterator[PanelRecords]:
    async with opened(folder) as database:
        yield records_on(database)


def records_on(database: Database) -> PanelRecords:
    return panel_records(database, SECRETS, *_settings())


def people_on(database: Database) -> PanelPeople:
    return PanelPeople(database, SECRETS, *_settings())


def _settings() -> tuple[Settings, LiveConfiguration]:
    settings = Settings(admin=Admin(telegram_ids=(OLGA,)))
    return settings, LiveConfiguration(Configuration.of(settings))


def editor_on(database: Database) -> ConfigurationEditor:
    """Of an installation whose files say nothing. Two processes run; the second has not read yet."""

    async def announce(versions: Mapping[str, int]) -> Announced:
        late = InForce(process="panel", yes=False, why_not=f"it still has the older {', '.join(versions)}")
        return Announced(running=True, processes=(InForce(process="worker-1", yes=True), late))

    return ConfigurationEditor(Loaded(settings=Settings(), origins={}), SqlConfigurations(database), announce)
