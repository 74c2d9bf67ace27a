"""The world on disk: SQLite, written behind within a loop turn and committed before anything of that turn leaves.

A `kill -9` loses nothing that anybody was told; a power cut may lose the last seconds (no fsync: it is a sandbox).
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).with_name("schema.sql")
Row = Sequence[Any]


class Store:
    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=64)
        self._connection.execute("PRAGMA busy_timeout = 5000")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(SCHEMA.read_text(encoding="utf-8"))
        self._pending: dict[str, list[Row]] = {}
        self._open = False

    @property
    def dirty(self) -> bool:
        return self._open or bool(self._pending)

    def put(self, table: str, row: Row) -> None:
        """Insert or replace a whole row; it is stored by the next commit and seen by the next query."""
        rows = self._pending.get(table)
        if rows is None:
            self._pending[table] = [row]
        else:
            rows.append(row)

    def query(self, sql: str, *parameters: Any) -> list[Any]:
        if self._pending:
            self._write()
        return self._connection.execute(sql, parameters).fetchall()

    def query_stored(self, sql: str, *parameters: Any) -> list[Any]:
        """Like `query`, but blind to what is not written yet: cheaper, for callers who remember that themselves."""
        return self._connection.execute(sql, parameters).fetchall()

    def execute(self, sql: str, *parameters: Any) -> None:
        self._write()
        self._connection.execute(sql, parameters)

    def secret(self, name: str) -> bytes:
        """Random bytes that stay the same for this world."""
        known = self.query("SELECT value FROM meta WHERE name = ?", name)
        if known:
            return bytes(known[0][0])
        value = secrets.token_bytes(32)
        self.put("meta", (name, value))
        return value

    def commit(self) -> None:
        if self._pending:
            self._write()
        if self._open:
            self._connection.execute("COMMIT")
            self._open = False

    def close(self) -> None:
        self.commit()
        self._connection.close()

    def _write(self) -> None:
        if not self._open:
            self._connection.execute("BEGIN IMMEDIATE")
            self._open = True
        pending, self._pending = self._pending, {}
        for table, rows in pending.items():
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - names are ours
