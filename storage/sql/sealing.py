"""The encrypted rows of the database: which keys have encrypted them, and how they are encrypted anew with the current key.

*Invariant*: every table whose rows name a key (`key_id`) is in `CONTEXTS`; `reseal` refuses to go on where one is not.
*Invariant*: what is derived (random ids, payloads, hashes of people) comes from a root that is kept here, encrypted as well.
So it outlives the key that it once was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.errors import SettingsError
from storage.secrets import Sealed, Secrets
from storage.sql.database import Database

PAGE = 100
"""Rows of one transaction. Others use the tables between two."""
ROOT = "derived keys"

CONTEXTS: Mapping[str, Callable[[Any], str]] = {
    "bot_sessions": lambda bot: f"the session of bot {bot}",
    "bots": lambda bot: f"the token of bot {bot}",
    "report_evidence": lambda number: f"report {number}",
    "root_keys": lambda name: f"the root of {name}",
}
"""Table → from the key of a row, what it was encrypted for. Its queries are `keys_of_…`, `outdated_…` and `reseal_…`."""


async def take_root(database: Database, secrets: Secrets) -> None:
    """`derived` comes from the root in the database from now on. The first process of all puts its last key there. Raises
    `SettingsError` where none of our keys opens it, `domain.errors.Unavailable`.
    """
    queries, context = database.queries, CONTEXTS["root_keys"](ROOT)
    async with database.transaction() as connection:
        sealed = secrets.seal(secrets.root, context=context)
        await queries.add_root_key(connection, name=ROOT, key_id=sealed.key_id, sealed=sealed.blob)
        key, blob = await queries.find_root_key(connection, name=ROOT)
        root = secrets.open(Sealed(key_id=key, blob=bytes(blob)), context=context)
        if key != sealed.key_id:
            again = secrets.seal(root, context=context)
            await queries.reseal_root_keys(connection, row=ROOT, key_id=again.key_id, sealed=again.blob, before=blob)
    secrets.take_root(root)


async def root_key(database: Database) -> str:
    """The id of the key with which a worker was last started, or which has encrypted the root since; empty for none."""
    async with database.connection() as connection:
        found = await database.queries.find_root_key(connection, name=ROOT)
    return str(found[0]) if found else ""


async def count_by_key(database: Database) -> Counter[str]:
    """Key → how many rows name it."""
    found: Counter[str] = Counter()
    for table in await sealed_tables(database):
        async with database.connection() as connection:
            async for key, count in getattr(database.queries, f"keys_of_{table}")(connection):
                found[key] += count
    return found


async def reseal(database: Database, secrets: Secrets, told: Callable[[str, int], None]) -> int:
    """Encrypts what another key has encrypted with the current one, page by page; how many rows. `told` hears the table and how
    many rows of it are done. It may be stopped and begun again at any time.
    """
    done = 0
    for table in await sealed_tables(database):
        count = 0
        while page := await _outdated(database, table, secrets.ids[0]):
            count += await _reseal_page(database, secrets, table, page)
            told(table, count)
        done += count
    return done


async def sealed_tables(database: Database) -> list[str]:
    """Raises `SettingsError` for one that this release does not know how to encrypt."""
    async with database.connection() as connection:
        tables = [table async for (table,) in database.queries.tables_with_keys(connection)]
    if unknown := sorted(set(tables) - CONTEXTS.keys()):
        raise SettingsError(f"database: this release cannot read the encrypted table {unknown[0]}; run a newer release")
    return tables


async def _outdated(database: Database, table: str, current: str) -> list[Sequence[Any]]:
    async with database.connection() as connection:
        rows = getattr(database.queries, f"outdated_{table}")(connection, current=current, count=PAGE)
        return [row async for row in rows]


async def _reseal_page(database: Database, secrets: Secrets, table: str, page: list[Sequence[Any]]) -> int:
    """A row that somebody has written meanwhile is left as it is: it is in the next page, where it needs to be."""
    changed, statement = 0, getattr(database.queries, f"reseal_{table}")
    async with database.transaction() as connection:
        for row, key, blob in page:
            context = CONTEXTS[table](row)
            sealed = secrets.seal(secrets.open(Sealed(key_id=key, blob=bytes(blob)), context=context), context=context)
            changed += await statement(connection, row=row, key_id=sealed.key_id, sealed=sealed.blob, before=blob)
    return changed
