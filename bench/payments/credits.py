"""Audits credits: each balance is what the transfers say, nobody has less than none, and no credit is lost or made."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg

from storage.sql.database import Database

FAULTS: Mapping[str, str] = {
    "has another balance than its transfers say": """
        SELECT a.id FROM ledger_accounts a LEFT JOIN ledger_balances b ON b.id = a.id AND b.unit = a.unit
        WHERE a.guarded AND a.balance <> COALESCE(b.balance, 0)""",
    "is below zero": "SELECT id FROM ledger_balances WHERE id LIKE 'user:%' AND balance < 0",
    "is not guarded": "SELECT id FROM ledger_accounts WHERE id LIKE 'user:%' AND NOT guarded",
    "does not sum to zero": "SELECT unit FROM ledger_balances GROUP BY unit HAVING SUM(balance) <> 0",
    "has given more than it took": "SELECT id FROM ledger_balances WHERE id IN ('held', 'used') AND balance < 0",
    "has taken more than it gave": """
        SELECT id FROM ledger_balances
        WHERE id IN ('sold', 'given', 'earned:referral', 'earned:commission') AND balance > 0""",
}
"""What is wrong → the query of what it is true of. In SQL that both databases understand."""


async def faults_of(database: Database) -> list[str]:
    """Empty where all is well."""
    faults: list[str] = []
    async with database.connection() as connection:
        for what, query in FAULTS.items():
            rows = await (await connection.execute(query)).fetchall()
            faults += [f"{row[0]} {what}" for row in rows]
    return faults


def faults_at(uri: str) -> list[str]:
    """The same, of PostgreSQL."""
    with psycopg.connect(uri) as connection:
        return [f"{row[0]} {what}" for what, query in FAULTS.items() for row in connection.execute(query.encode()).fetchall()]
