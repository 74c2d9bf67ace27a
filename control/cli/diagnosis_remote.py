"""`doctor`: checks the database, Telegram, and that the clocks of servers agree with the one of this machine."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key

from control.bots import TOKEN
from control.cli import connections
from control.cli.diagnosis_folders import refused
from control.cli.findings import Finding, Grade
from control.settings import constraints
from control.settings.loading import Loaded, bots_of, database_uri
from control.supervisor.pool import counted
from control.worker.bot_list import NO_BOTS
from domain.errors import SettingsError, Unavailable
from domain.model.ids import bot_of
from domain.settings import Settings
from storage.secrets import FILE, KEY_BYTES, Secrets, load_secrets
from storage.sql.bots import SqlBots
from storage.sql.connection_store import require_keys
from storage.sql.database import Database, open_database
from storage.sql.migrate import pending
from storage.sql.review.audit import SqlAudit

TELEGRAM = ("149.154.167.50", 443)
"""Telegram's data centre 2, where log-ins begin."""

CONNECT_SECONDS = 5.0
SKEW_SECONDS = 2.0


async def database(loaded: Loaded) -> list[Finding]:
    uri = database_uri(loaded.settings)
    if _is_new(loaded.settings):
        path = Path(loaded.settings.stores.sqlite_path)
        new = refused("database", path.parent) or Finding(Grade.OK, "database", f"{path} will be made by the first run")
        return [new, *_no_bots(loaded.settings)]
    try:
        opened = await open_database(uri, pool_size=1)
    except SettingsError as error:
        return [Finding(Grade.FAIL, "database", str(error), "correct the setting")]
    except Unavailable as error:
        return [Finding(Grade.FAIL, "database", str(error), "start it, or correct POSTGRES_URI / SQLITE_DB_PATH")]
    try:
        findings = await _schema(opened)
        if all(finding.grade is Grade.OK for finding in findings):
            findings += [*await _keys(opened, loaded.settings), await _audit(opened)]
            findings += await _added_bots(opened, loaded.settings)
        return findings + (await _server(opened, loaded.settings) if opened.dialect == "postgres" else [])
    except Unavailable as error:
        return [Finding(Grade.FAIL, "database", str(error), "look into the database's own log")]
    finally:
        await opened.close()


def _is_new(settings: Settings) -> bool:
    return not settings.stores.postgres_uri and not Path(settings.stores.sqlite_path).exists()


async def _schema(opened: Database) -> list[Finding]:
    try:
        missing = await pending(opened)
    except SettingsError as error:
        return [Finding(Grade.FAIL, "database", str(error), "run the release that made this database, or restore a backup")]
    if missing:
        count = f"{len(missing)} migration{'s' * (len(missing) > 1)} to apply"
        return [Finding(Grade.WARN, "database", f"reachable, {count}", "python supervisor.py migrate (a run does it)")]
    return [Finding(Grade.OK, "database", f"reachable ({opened.dialect}), schema up to date")]


async def _keys(opened: Database, settings: Settings) -> list[Finding]:
    """Checks that the key opens the stored sessions."""
    try:
        kept = _secrets(settings)
    except SettingsError:
        return []  # `diagnosis.encryption_key` has reported it
    try:
        await require_keys(opened, kept, bots_of(settings) or None)
    except SettingsError as error:
        return [Finding(Grade.FAIL, "encryption key", str(error), "bring that key back, or see Back up in docs/operating.md")]
    there = "opens what is stored" if _has_key(settings) else "will be made by the first run"
    return [Finding(Grade.OK, "encryption key", there)]


def _secrets(settings: Settings) -> Secrets:
    """If there is no key yet, a temporary one, which shows whether anything is encrypted. Raises `SettingsError`."""
    if _has_key(settings):
        return load_secrets(settings.stores.encryption_key, Path(settings.data))
    return Secrets([os.urandom(KEY_BYTES)], source=f"{Path(settings.data) / FILE}, which is not there yet")


def _has_key(settings: Settings) -> bool:
    return bool(settings.stores.encryption_key) or (Path(settings.data) / FILE).exists()


async def _added_bots(opened: Database, settings: Settings) -> list[Finding]:
    """Checks the tokens of bots that were added at run time, as those of BOT_TOKENS are checked: they can be read, and have the
    right form. Telegram is not asked.
    """
    try:
        kept = _secrets(settings)
    except SettingsError:
        return []  # `diagnosis.encryption_key` has reported it
    try:
        rows = await SqlBots(opened, kept).rows()
    except SettingsError as error:
        text, _, mend = str(error).partition("; ")
        return [Finding(Grade.FAIL, "added bots", text, mend or "bring that key back, or see Back up in docs/operating.md")]
    added = {bot: row.token for bot, row in rows.items() if row.token}
    if not added:
        return _no_bots(settings)
    findings = [
        Finding(Grade.FAIL, "added bots", f"the token of bot {bot} is none", f"python supervisor.py bots rotate {bot}")
        for bot, token in added.items()
        if not TOKEN.fullmatch(token) or bot_of(token) != bot
    ]
    findings += [
        Finding(Grade.WARN, "added bots", f"bot {bot} is in BOT_TOKENS too, whose token is used", "leave it out there")
        for bot in added.keys() & set(bots_of(settings))
    ]
    return findings or [Finding(Grade.OK, "added bots", f"{counted(len(added), 'token')} of the right form")]


def _no_bots(settings: Settings) -> list[Finding]:
    if settings.telegram.tokens or not constraints.is_real(settings):
        return []
    text, _, mend = NO_BOTS.partition("; ")
    return [Finding(Grade.WARN, "bots", text, mend)]


async def _audit(opened: Database) -> Finding:
    """Checks the chain of hashes."""
    chain = await SqlAudit(opened).checked()
    if chain.fault:
        mend = "find out who wrote to the database; the acts before it stand"
        return Finding(Grade.FAIL, "audit", f"{chain.fault}, by something other than Masquerade", mend)
    if not chain.last:
        return Finding(Grade.OK, "audit", "empty")
    acts = f"{chain.acts} act{'s' * (chain.acts != 1)}"
    return Finding(Grade.OK, "audit", f"{acts}, none changed or missing; the last hash is {in_groups(chain.last)}")


async def _server(opened: Database, settings: Settings) -> list[Finding]:
    limit = await connections.allowed(opened)
    text = f"{connections.wanted(settings)}, and the server allows {limit}"
    if connections.fits(settings, limit):
        room = Finding(Grade.OK, "connections", text)
    else:
        room = Finding(Grade.FAIL, "connections", text, connections.mend(settings, limit))
    sent = time.time()
    async with opened.connection() as connection:
        cursor = await connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        (theirs,) = await cursor.fetchone()
    return [room, clock("PostgreSQL", theirs, sent, time.time())]


def clock(whose: str, theirs: float, sent: float, received: float) -> Finding:
    """`theirs` is their time, read between our times `sent` and `received`. All are Unix seconds."""
    skew = max(sent - theirs, theirs - received, 0.0)
    if skew > SKEW_SECONDS:
        return Finding(Grade.WARN, "clock", f"{whose} is {skew:.0f} s away from this machine", "run NTP on both")
    return Finding(Grade.OK, "clock", f"{whose} agrees with this machine")


async def telegram(loaded: Loaded) -> list[Finding]:
    settings = loaded.settings
    if not constraints.is_real(settings):
        return [Finding(Grade.OK, "telegram", "the sandbox takes its place")]
    host, port = constraints.split_address(settings.telegram.server) if settings.telegram.server else TELEGRAM
    findings = [_public_key(settings.telegram.public_key)] if settings.telegram.public_key else []
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        why = str(error) or f"no answer within {CONNECT_SECONDS:g} s"
        mend = "start that server, or correct TELEGRAM_SERVER" if settings.telegram.server else "let this machine reach Telegram"
        return [*findings, Finding(Grade.FAIL, "telegram", f"{host}:{port} cannot be reached ({why})", mend)]
    writer.close()
    return [*findings, Finding(Grade.OK, "telegram", f"{host}:{port} reachable")]


def _public_key(path: str) -> Finding:
    try:
        load_pem_public_key(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        return Finding(Grade.FAIL, "public key", f"{path}: {error}", "point TELEGRAM_PUBLIC_KEY at the server's PEM file")
    return Finding(Grade.OK, "public key", path)


def in_groups(digest: str) -> str:
    """A whole one would be covered as a key (`domain/redaction.py`)."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
