"""Who may use the panel, for the command line: the panel itself works with the same records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from domain.configuration import Configuration, LiveConfiguration
from domain.settings import Settings

if TYPE_CHECKING:
    from storage.sql.panel.records import PanelRecords

LOGIN_PAGE = "/admin/login"
EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - asks what somebody else binds


@asynccontextmanager
async def access_records(settings: Settings) -> AsyncIterator[PanelRecords]:
    """Opens the database, whether Masquerade runs or not. Raises `domain.errors.Unavailable`."""
    from control.settings.loading import database_uri
    from control.worker.configuration_reader import ConfigurationReader
    from storage.secrets import load_secrets
    from storage.sql.configurations import SqlConfigurations
    from storage.sql.database import open_database
    from storage.sql.migrate import migrate
    from storage.sql.panel.records import panel_records
    from storage.sql.sealing import take_root

    secrets = load_secrets(settings.stores.encryption_key, Path(settings.data))
    database = await open_database(database_uri(settings), pool_size=1)
    try:
        await migrate(database)
        await take_root(database, secrets)
        live = LiveConfiguration(Configuration.of(settings))
        await ConfigurationReader(SqlConfigurations(database), live).look()
        yield panel_records(database, secrets, settings, live)
    finally:
        await database.close()


def address_of(settings: Settings) -> str:
    """Under which a browser reaches the panel: its public address, or that on this machine. Without a slash at the end."""
    if settings.admin.public_url:
        return settings.admin.public_url.rstrip("/")
    host = "127.0.0.1" if settings.admin.host in EVERYWHERE else settings.admin.host
    return f"http://[{host}]:{settings.admin.port}" if ":" in host else f"http://{host}:{settings.admin.port}"


def login_link(settings: Settings, secret: str) -> str:
    """The secret is behind a #: browsers send that to nobody, so no log has it."""
    return f"{address_of(settings)}{LOGIN_PAGE}#{secret}"
