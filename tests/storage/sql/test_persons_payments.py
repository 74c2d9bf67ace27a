"""What somebody has ordered and paid, and their locks in force, as operators see them."""

from __future__ import annotations

from storage.sql.panel.accounts import SqlPersonsPayments

NOW = 1000.0
ANNA, BORIS = 11, 12


async def run(database, *statements: str) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(statement)


def charge(name: str, user: int, at: float) -> str:
    return f"""INSERT INTO charges (bot_id, charge_id, provider_id, user_id, order_id, kind, plan, amount, paid_at, recurring,
        flag, refund_reason, refund_by) VALUES (5, '{name}', '', {user}, 'o1', 'vip', 'week', 100, {at}, FALSE, '', '', '')"""


def order(name: str, user: int, at: float, recipient: object) -> str:
    return f"""INSERT INTO orders (id, bot_id, user_id, kind, plan, days, stars, period, recipient_user, created_at, expires_at,
        state, approved_at, link)
        VALUES ('{name}', 5, {user}, 'vip', 'week', 7, 100, 0, {recipient}, {at}, {at}, 'paid', 0, '')"""


def lock(name: str, user: int, state: str, until: float) -> str:
    return f"INSERT INTO locks VALUES ('{name}', 'c', 5, {user}, 'user:1', 10, 9, '{state}', 1, 2, {until}, NULL, '', 0)"


async def test_the_last_orders_and_charges_come_first_with_their_refunds(database):
    refund = (
        "INSERT INTO refund_requests (charge_id, bot_id, reason, asked_by, asked_at, outcome) VALUES ('c1', 5, '', '', 9, 'no')"
    )
    await run(
        database,
        *(order("o1", ANNA, 1, "NULL"), order("o2", ANNA, 2, BORIS), order("o3", BORIS, 3, "NULL")),
        *(charge("c1", ANNA, 1), charge("c2", ANNA, 2), charge("c3", BORIS, 3)),
        refund,
    )
    records = SqlPersonsPayments(database)
    found = await records.payments(ANNA, 10)
    assert [(each.order, each.gift_to) for each in found.orders] == [("o2", BORIS), ("o1", None)]
    assert [(each.charge, each.refund_asked_at, each.refund_outcome) for each in found.charges] == [
        ("c2", None, ""),
        ("c1", 9, "no"),
    ]
    assert [each.charge for each in (await records.payments(ANNA, 1)).charges] == ["c2"]


async def test_locks_in_force_are_those_that_are_set_and_not_over(database):
    locks = (("a", ANNA, "active", NOW + 2), ("b", ANNA, "active", NOW + 1), ("c", ANNA, "active", NOW - 1))
    await run(database, *(lock(*each) for each in locks), lock("d", ANNA, "void", NOW + 3), lock("e", BORIS, "active", NOW + 3))
    found = await SqlPersonsPayments(database, clock=lambda: NOW).locks(ANNA)
    assert [each.until - NOW for each in found] == [1, 2]
