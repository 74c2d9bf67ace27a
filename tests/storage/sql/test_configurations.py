"""What was saved at run time, in both databases."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import StaleConfiguration
from storage.sql.configurations import Change, Row, SqlConfigurations


@pytest.fixture
def store(database) -> SqlConfigurations:
    return SqlConfigurations(database, clock=lambda: 1000.0)


def change(version: int, section: str = "profile", **value) -> Change:
    return Change(section=section, version=version, value=value)


async def test_each_save_is_the_next_version_and_all_versions_are_kept(store):
    assert await store.save([change(0, max_age=30)], by="anna", note="tried") == {"profile": 1}
    assert await store.save([change(1)], by="boris") == {"profile": 2}
    now = Row(section="profile", version=2, value={}, changed_at=1000.0, changed_by="boris")
    first = Row(section="profile", version=1, value={"max_age": 30}, changed_at=1000.0, changed_by="anna", note="tried")
    assert await store.rows() == {"profile": now}
    assert await store.history("profile") == [now, first]


@pytest.mark.parametrize("version", [0, 2, 7])
async def test_whoever_saves_over_another_version_is_refused(store, version):
    await store.save([change(0, max_age=30)], by="anna")
    with pytest.raises(StaleConfiguration):
        await store.save([change(version, max_age=40)], by="boris")
    assert (await store.rows())["profile"].value == {"max_age": 30}


async def test_of_many_who_save_at_once_one_is_first(store):
    saves = [store.save([change(0, max_age=age)], by=f"admin {age}") for age in range(30, 40)]
    results = await asyncio.gather(*saves, return_exceptions=True)
    assert results.count({"profile": 1}) == 1
    assert sum(isinstance(result, StaleConfiguration) for result in results) == 9
    assert len(await store.history("profile")) == 1


async def test_several_sections_are_saved_all_or_none(store):
    await store.save([change(0, "flood", burst=9)], by="anna")
    with pytest.raises(StaleConfiguration):
        await store.save([change(0, max_age=30), change(0, "flood", burst=10)], by="boris")
    assert list(await store.rows()) == ["flood"]
    assert await store.history("profile") == []


@pytest.mark.parametrize("text", ["{oops", "[1]", "null"])
async def test_a_row_that_is_no_object_is_read_as_broken(store, database, text):
    await store.save([change(0, max_age=30)], by="anna")
    async with database.transaction() as connection:
        await connection.execute(f"UPDATE configuration SET value = '{text}'")
    row = (await store.rows())["profile"]
    assert row.value == {}
    assert row.broken.startswith("its value is no JSON")
