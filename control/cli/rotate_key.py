"""`supervisor.py rotate-key`: a new encryption key, and all that is encrypted encrypted anew with it, while everything runs.

The keys are in a file or in `ENCRYPTION_KEY`, the current one first. Only the file is changed here. Each run goes on where the
last one stopped: what the current key has not encrypted yet is what remains to be done.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from control.client import NotRunning, SupervisorClient
from control.settings.loading import database_uri
from domain.errors import SettingsError, Unavailable
from domain.settings import Settings
from storage.secrets import FILE, Secrets, key_id, load_secrets, new_key, parse_keys, read_keys, write_keys, written
from storage.sql.database import Database, open_database
from storage.sql.migrate import pending
from storage.sql.sealing import count_by_key, reseal, root_key

Say = Callable[[str], None]

STILL_NAMED = 1
"""The exit code where an old key is still needed."""
TO_BE_SET = 2
"""The exit code where the operator has to set ENCRYPTION_KEY first."""


async def rotate(settings: Settings, say: Say, show: Say, *, drop: bool) -> int:
    """The exit code. `drop`: make no new key, and drop the old ones where no row names them. Raises `MasqueradeError`."""
    if not drop and (code := _begin(settings, say)):
        return code
    secrets = load_secrets(settings.stores.encryption_key, Path(settings.data))
    database = await open_database(database_uri(settings))
    try:
        if await pending(database):
            raise SettingsError("database: its schema is older than this release: python supervisor.py migrate")
        if settings.stores.encryption_key and await _runs_without(database, settings, secrets):
            say("Masquerade still runs without this key: on every machine, stop and run, then rotate-key again.")
            return TO_BE_SET
        done = await reseal(database, secrets, lambda table, rows: show(f"{table}: {rows} rows encrypted anew"))
        say(f"{done} row{'s' * (done != 1)} encrypted anew with key {secrets.ids[0]}.")
        return await _conclude(database, settings, secrets, say, drop=drop)
    finally:
        await database.close()


def _begin(settings: Settings, say: Say) -> int:
    """Makes a new key where there is only one. Where it is the operator's to set, says what to set."""
    if settings.stores.encryption_key:
        keys = parse_keys(settings.stores.encryption_key)
        if len(keys) == 1:
            say("Nothing was changed. On every machine, put a new key in front, then stop and run, then rotate-key again:")
            say(f"ENCRYPTION_KEY={written(new_key())},{written(keys[0])}")
            return TO_BE_SET
        return 0
    path = Path(settings.data) / FILE
    keys = read_keys(path)
    if len(keys) == 1:
        keys = [new_key(), *keys]
        write_keys(path, keys)
        say(f"Made a new key {key_id(keys[0])} in {path}. Other machines need a copy of this file now.")
    return 0


async def _runs_without(database: Database, settings: Settings, secrets: Secrets) -> bool:
    """Whether a house runs here whose workers were started without the current key: they could not open what it encrypts."""
    try:
        await SupervisorClient(Path(settings.data)).status()
    except NotRunning:
        return False
    except Unavailable:
        return True
    return await root_key(database) != secrets.ids[0]


async def _conclude(database: Database, settings: Settings, secrets: Secrets, say: Say, *, drop: bool) -> int:
    """Says which keys may be dropped. None is, as long as a row names it."""
    named = await count_by_key(database)
    old = secrets.ids[1:]
    if still := {key: count for key, count in named.items() if key != secrets.ids[0]}:
        for key, count in still.items():
            say(
                f"{count} row{'s' * (count != 1)} still name{'s' * (count == 1)} key {key}, which must be kept: rotate-key again."
            )
        return STILL_NAMED
    if not old:
        say(f"All rows name key {secrets.ids[0]}, and there is no other.")
    elif settings.stores.encryption_key:
        say(f"No row names {_keys(old)} any more. On every machine set, at the next stop and run:")
        say(f"ENCRYPTION_KEY={written(parse_keys(settings.stores.encryption_key)[0])}")
    elif drop:
        path = Path(settings.data) / FILE
        write_keys(path, read_keys(path)[:1])
        say(f"Dropped {_keys(old)}. A copy of the database from before can be read with a copy of the old file only.")
    else:
        say(f"No row names {_keys(old)} any more, which can be dropped: python supervisor.py rotate-key --drop")
    return 0


def _keys(ids: tuple[str, ...]) -> str:
    return f"key{'s' * (len(ids) > 1)} {', '.join(ids)}"
