"""Loads the queries in `queries/`. Its files are in SQL that both databases understand. `queries/postgres/` and `queries/sqlite/`
have the few queries that differ, under the same names.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import aiosql

Dialect = Literal["postgres", "sqlite"]
FOLDER = Path(__file__).with_name("queries")
ADAPTERS: dict[Dialect, str] = {"postgres": "apsycopg", "sqlite": "aiosqlite"}


@cache
def load_queries(dialect: Dialect) -> Any:
    """An object with an async function per query, which takes a connection and the query's parameters by name."""
    files = sorted(FOLDER.glob("*.sql")) + sorted((FOLDER / dialect).glob("*.sql"))
    return aiosql.from_str("\n".join(file.read_text("utf-8") for file in files), ADAPTERS[dialect])
