"""The world on disk: rows go to a journal at the end of their loop turn, and from there to SQLite in bigger portions.

A `kill -9` loses nothing that anybody was told; a power cut may lose the last seconds (no fsync: it is a sandbox).
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
PORTION = 100
"""Rows after which the journal is settled: a millisecond of work, for which everybody waits."""
CHECKPOINT = 250
"""Pages of SQLite's log after which it brings them into the database: as short a pause."""
Row = Sequence[Any]


class Store:
    """Rows are written whole and replace their predecessors, so that settling the same rows twice changes nothing."""

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / JOURNAL)
        self._connection = sqlite3.connect(folder / DATABASE, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
        self._connection.executescript(SCHEMA.read_text(encoding="utf-8"))
        self._fresh: dict[str, list[Row]] = {}
        """Of this turn: not in the journal yet."""
        self._behind: dict[str, list[Row]] = {}
        """In the journal, not in SQLite yet."""
        self._unsettled = 0
        for rows in self._journal.replay():
            self._fall_behind(rows)
        self.settle()

    def put(self, table: str, row: Row) -> None:
        """Insert or replace a whole row; safe with the next commit, seen by the next query."""
        rows = self._fresh.get(table)
        if rows is None:
            self._fresh[table] = [row]
        else:
            rows.append(row)

    def query(self, sql: str, *parameters: Any) -> list[Any]:
        self.settle()
        return self._connection.execute(sql, parameters).fetchall()

    def query_settled(self, sql: str, *parameters: Any) -> list[Any]:
        """Like `query`, but blind to the newest rows: cheaper, for callers who remember those themselves."""
        return self._connection.execute(sql, parameters).fetchall()

    def secret(self, name: str) -> bytes:
        """Random bytes that stay the same for this world."""
        known = self.query("SELECT value FROM meta WHERE name = ?", name)
        if known:
            return bytes(known[0][0])
        value = secrets.token_bytes(32)
        self.put("meta", (name, value))
        return value

    def commit(self) -> None:
        """After this a kill does no harm to what was put."""
        if not self._fresh:
            return
        self._journal.append(self._fresh)
        self._fall_behind(self._fresh)
        self._fresh = {}
        if self._unsettled >= PORTION:
            self.settle()

    def settle(self) -> None:
        """Bring everything into SQLite and empty the journal."""
        self._fall_behind(self._fresh)
        self._fresh = {}
        if not self._unsettled:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        for table, rows in self._behind.items():
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - names are ours
        self._connection.execute("COMMIT")
        self._behind, self._unsettled = {}, 0
        self._journal.clear()

    def close(self) -> None:
        self.settle()
        self._connection.close()
        self._journal.close()

    def _fall_behind(self, fresh: dict[str, list[Row]]) -> None:
        for table, rows in fresh.items():
            self._behind.setdefault(table, []).extend(rows)
            self._unsettled += len(rows)


def house_tokens(folder: Path) -> tuple[str, ...]:
    """Of the bots made with the world; read without disturbing a sandbox that runs. Empty where there is no world yet."""
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
