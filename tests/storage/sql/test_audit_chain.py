"""The hash chain of the audit, on both databases: what breaks it, and what does not."""

from __future__ import annotations

import asyncio

import pytest

from domain.ports.review import Act, ActFilter, Operator
from storage.sql.review.audit import SqlAudit
from storage.sql.review.chain import hash_of

ANNA = Operator(name="anna", source="panel", address="203.0.113.7", browser="Firefox on Linux")
BORIS = Operator(name="boris", source="cli")
NOW = 1_900_000_000.5


class Book:
    def __init__(self, database) -> None:
        self.database = database
        self.now = NOW
        self.audit = SqlAudit(database, clock=lambda: self.now)

    async def act(self, name: str = "look", operator: Operator = ANNA, target: str = "report:1") -> int:
        return await self.audit.add(Act(operator=operator, name=name, target=target, before={"a": 1}, after=[1.5, "ä"]))

    async def forge(self, statement: str) -> None:
        async with self.database.connection() as connection:
            await connection.execute(statement)

    async def fault(self) -> str:
        return (await self.audit.checked()).fault


@pytest.fixture
async def book(database):
    found = Book(database)
    for _ in range(5):
        await found.act()
    return found


async def test_what_masquerade_wrote_is_whole_and_tells_from_where(book):
    chain = await book.audit.checked()
    assert (chain.acts, chain.fault, len(chain.last)) == (5, "", 64)
    newest = (await book.audit.newest(1))[0]
    assert (newest.address, newest.browser) == ("203.0.113.7", "Firefox on Linux")


@pytest.mark.parametrize("number", [1, 3, 5])
@pytest.mark.parametrize(
    "change",
    ["who = 'nobody'", "at = at + 1", "after = '[]'", "target = 'report:2'", "address = ''", "previous = 'x'"],
)
async def test_a_changed_act_is_found(book, number, change):
    await book.forge(f"UPDATE audit SET {change} WHERE id = {number}")
    assert await book.fault() == f"act {number} was changed after it was written"


@pytest.mark.parametrize("number", [1, 3])
async def test_a_changed_act_without_its_hash_is_found_by_the_next(book, number):
    await book.forge(f"UPDATE audit SET who = 'nobody', hash = '' WHERE id = {number}")
    assert await book.fault() == f"act {number} was changed after act {number + 1} was written"


async def test_a_changed_act_with_a_hash_computed_anew_is_found_by_the_next(book):
    async with book.database.connection() as connection:
        rows = [row async for row in book.database.queries.acts_from(connection, number=2, count=1)]
    forged = [*rows[0]]
    forged[2] = "nobody"
    await book.forge(f"UPDATE audit SET who = 'nobody', hash = '{hash_of(forged[:10], forged[10])}' WHERE id = 3")
    assert await book.fault() == "act 3 was changed after act 4 was written"


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("id = 3", "acts 3 to 3 were deleted"),
        ("id IN (2, 3)", "acts 2 to 3 were deleted"),
        ("id > 3", "acts 4 to 5 were deleted"),
        ("id > 0", "acts 1 to 5 were deleted"),
    ],
)
async def test_deleted_acts_are_found_also_after_others_were_written(book, where, fault):
    await book.forge(f"DELETE FROM audit WHERE {where}")
    assert await book.fault() == fault
    if where != "id > 0":
        await book.act()
        assert await book.fault() == fault


async def test_writers_at_once_keep_one_chain(book):
    await asyncio.gather(*(book.act(operator=(ANNA, BORIS)[number % 2]) for number in range(20)))
    chain = await book.audit.checked()
    assert (chain.acts, chain.fault) == (25, "")


async def test_a_release_without_the_chain_may_write_meanwhile(book):
    await book.forge(
        "INSERT INTO audit (id, at, who, source, act, target, before, after) VALUES (6, 1, 'o', 'cli', 'a', 't', '1', '2')"
    )
    assert await book.fault() == ""
    assert await book.act() == 7
    assert await book.fault() == ""
    await book.forge("UPDATE audit SET who = 'nobody' WHERE id = 6")
    assert await book.fault() == "act 6 was changed after act 7 was written"


async def test_acts_that_are_over_leave_a_whole_chain(book):
    book.now += 100.0
    await book.act()
    assert await book.audit.purge_before(NOW + 1) == 5
    assert await book.fault() == ""
    assert await book.act() == 7
    assert await book.fault() == ""


async def test_acts_are_found_by_who_what_on_whom_when_and_a_page_at_a_time(book):
    book.now += 10
    await book.act("ban", BORIS, "user:7")
    await book.act("unban", ANNA, "user:7")

    async def found(**wanted) -> list[int]:
        return [each.number for each in await book.audit.found(ActFilter(**wanted), 100)]

    assert await found(who="boris") == [6]
    assert await found(target="user:7") == [7, 6]
    assert await found(act="unban") == [7]
    assert await found(source="cli") == [6]
    assert await found(since=NOW + 1) == [7, 6]
    assert await found(until=NOW + 1, below=5) == [4, 3, 2, 1]
    assert await book.audit.names() == ["ban", "look", "unban"]
