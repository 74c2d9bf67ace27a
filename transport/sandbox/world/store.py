"""Stores the world on disk: rows go to a journal at the end of each loop turn, and from there to SQLite in larger batches.

After a `kill -9` everything is there that anybody was told. A power cut may lose the last seconds: there is no fsync.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transport.sandbox.world.journal import Journal

DATABASE = "world.db"
JOURNAL = "world.journal"
SCHEMA = Path(__file__).with_name("schema.sql")
BATCH = 100
"""Rows after which the journal is settled. That blocks the loop, for about a millisecond."""
CHECKPOINT = 250
"""Pages of SQLite's write-ahead log after which it is copied into the database. Blocks the loop as shortly."""
Row = Sequence[Any]


class Store:
    """Whole rows replace older ones, so settling the same rows twice changes nothing. To settle is to write them to SQLite."""

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / JOURNAL)
        self._connection = sqlite3.connect(folder / DATABASE, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
        self._connection.executescript(SCHEMA.read_text(encoding="utf-8"))
        self._fresh: dict[str, list[Row]] = {}
        """Rows of this turn, by table: not in the journal yet."""
        self._journaled: dict[str, list[Row]] = {}
        """Rows in the journal that are not in SQLite yet."""
        self._unsettled = 0
        for rows in self._journal.replay():
            self._note_journaled(rows)
        self.settle()

    def put(self, table: str, row: Row) -> None:
        """Insert or replace a whole row. It is durable after the next `commit` and visible to the next `query`."""
        rows = self._fresh.get(table)
        if rows is None:
            self._fresh[table] = [row]
        else:
            rows.append(row)

    def query(self, sql: str, *parameters: Any) -> list[Any]:
        self.settle()
        return self._connection.execute(sql, parameters).fetchall()

    def query_settled(self, sql: str, *parameters: Any) -> list[Any]:
        """Like `query`, but without the rows that are not in SQLite yet. Cheaper; for callers that have those in memory."""
        return self._connection.execute(sql, parameters).fetchall()

    def secret(self, name: str) -> bytes:
        known = self.query("SELECT value FROM meta WHERE name = ?", name)
        if known:
            return bytes(known[0][0])
        value = secrets.token_bytes(32)
        self.put("meta", (name, value))
        return value

    def commit(self) -> None:
        """Write this turn's rows to the journal: then they survive a kill."""
        if not self._fresh:
            return
        self._journal.append(self._fresh)
        self._note_journaled(self._fresh)
        self._fresh = {}
        if self._unsettled >= BATCH:
            self.settle()

    def settle(self) -> None:
        self._note_journaled(self._fresh)
        self._fresh = {}
        if not self._unsettled:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        for table, rows in self._journaled.items():
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - names are ours
        self._connection.execute("COMMIT")
        self._journaled, self._unsettled = {}, 0
        self._journal.clear()

    def close(self) -> None:
        self.settle()
        self._connection.close()
        self._journal.close()

    def _note_journaled(self, fresh: dict[str, list[Row]]) -> None:
        for table, rows in fresh.items():
            self._journaled.setdefault(table, []).extend(rows)
            self._unsettled += len(rows)


def house_tokens(folder: Path) -> tuple[str, ...]:
    """Tokens of the bots created with the world. Works while a sandbox runs. Empty if there is no world yet."""
    if not (folder / DATABASE).exists():
        return ()
    connection = sqlite3.connect(folder / DATABASE)
    try:
        rows = connection.execute("SELECT token FROM bots WHERE house ORDER BY id").fetchall()
    except sqlite3.OperationalError:
        return ()
    finally:
        connection.close()
    return tuple(token for (token,) in rows)
