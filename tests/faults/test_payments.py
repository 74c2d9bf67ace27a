"""A short campaign of payments, as `python -m bench payments` has a long one; and a database that is restored from a copy."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bench.payments.books import Books, Bought, Given, Pack, judge
from bench.payments.campaign import Plan, campaign
from domain.model.profile import DAY
from tests.system.house import House
from tests.system.people import Message, Person, Town
from tests.system.telegram import house_at, telegram

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio]
PLAN = Plan(
    goal=30,
    seed=7,
    singles=3,
    givers=2,
    savers=2,
    couples=1,
    subscribers=2,
    months=2,
    kills=2,
    restarts=1,
    refunds=1,
    fault_seconds=0.5,
)
WEEK = "7 days · 100 ⭐"


async def test_not_a_star_is_lost_and_nothing_is_granted_twice(tmp_path: Path):
    async with campaign(PLAN, tmp_path) as it:
        await it.go_through()
        verdict = await it.judge()
        assert verdict.all_is_well, f"{verdict}\n{it.house.log}"
    assert verdict.paid >= PLAN.goal


ROW = {"id": "stx", "nanos": 100, "refund": False, "user": 10, "peer": "person"}
GIVEN = {"charge:1:stx": Given(user=10, seconds=7 * DAY, cut=False)}
SOLD = {"charge:1:stx": 100}


@pytest.mark.parametrize(
    ("books", "lost", "double"),
    [
        (Books(sold=SOLD, given=GIVEN), 0, 0),
        (Books(), 1, 0),
        (Books(sold=SOLD), 1, 0),
        (Books(sold=SOLD, given=GIVEN, unknown={"charge:1:stx"}), 1, 0),
        (Books(sold={"charge:1:stx": 99}, given=GIVEN), 1, 0),
        (Books(sold=SOLD, given={"charge:1:stx": Given(user=11, seconds=7 * DAY, cut=False)}), 1, 0),
        (Books(sold=SOLD, given={"charge:1:stx": Given(user=10, seconds=14 * DAY, cut=False)}), 1, 0),
        (Books(sold={**SOLD, "charge:1:other": 100}, given=GIVEN), 0, 1),
        (Books(sold=SOLD, given={**GIVEN, "charge:1:other": Given(user=10, seconds=7 * DAY, cut=False)}), 0, 1),
        (Books(sold=SOLD, given=GIVEN, faults=["user:1 is below zero"]), 1, 0),
    ],
)
async def test_the_verdict_sees_what_is_wrong(books: Books, lost: int, double: int):
    verdict = judge(books, {1: {"transactions": [ROW], "balance_nanos": 100}}, [Bought(charge="stx", days=7, recipient=10)])
    assert (len(verdict.lost), len(verdict.double)) == (lost, double), verdict


PACK = Pack(user=10, credits=10)


@pytest.mark.parametrize(
    ("books", "refunded", "lost"),
    [
        (Books(packs={"charge:1:stx": PACK}), False, 0),
        (Books(), False, 1),
        (Books(packs={"charge:1:stx": Pack(user=11, credits=10)}), False, 1),
        (Books(packs={"charge:1:stx": Pack(user=10, credits=20)}), False, 1),
        (Books(packs={"charge:1:stx": PACK}, taken_back={"refund:1:stx": 10}), True, 0),
        (Books(packs={"charge:1:stx": PACK}), True, 1),
        (Books(packs={"charge:1:stx": PACK}, taken_back={"refund:1:stx": 9}), True, 1),
        (Books(), True, 0),
    ],
)
async def test_the_verdict_sees_what_is_wrong_with_credits(books: Books, refunded: bool, lost: int):
    books.sold = {"charge:1:stx": 100, "refund:1:stx": -100} if refunded else SOLD
    back = [{**ROW, "nanos": -100, "refund": True}] if refunded else []
    bought = Bought(charge="stx", credits=10, recipient=10)
    verdict = judge(books, {1: {"transactions": [ROW, *back], "balance_nanos": 0 if refunded else 100}}, [bought])
    assert len(verdict.lost) == lost, verdict


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The default installation: one worker and SQLite."""
    async with telegram(tmp_path / "telegram") as endpoint:
        house = house_at(tmp_path / "house", endpoint)
        try:
            yield await house.start()
        finally:
            await house.close()


async def test_a_database_from_before_some_payments_is_repaired_by_the_list(house: House, tmp_path: Path):
    town = Town(house)
    anna, boris, friend = await asyncio.gather(*(town.registered() for _ in range(3)))
    await asyncio.gather(has_accepted(anna), has_accepted(boris))
    await pays(house, anna, {"message_id": (await invoice(anna))["id"]})
    await anna.hears("You are VIP")

    copy = tmp_path / "copy"
    assert await house.stop() == 0
    shutil.copytree(house.folder / "var", copy)
    await house.start()

    await pays(house, anna, {"message_id": (await invoice(anna))["id"]})
    await anna.hears("You are VIP")
    link = await bought_link(house, boris)
    await pays(house, boris, {"link": monthly_link(await menu(boris))})
    await boris.hears("You are VIP")
    until = [await vip_until(person) for person in (anna, boris)]

    assert await house.stop() == 0
    shutil.rmtree(house.folder / "var")
    shutil.copytree(copy, house.folder / "var")
    forget_the_log(house.folder / "var")
    await house.start()
    while len(json.loads((await house.command("payments", "list", "--json"))[1])) < 4:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.2)
    assert [await vip_until(person) for person in (anna, boris)] == until
    assert not monthly_link(await menu(boris)), "a second subscription is offered"
    await friend.says(f"/start {link}")
    await friend.hears("7 more days")


def forget_the_log(folder: Path) -> None:
    """Telegram does not tell of the payments again: only the list has them."""
    with sqlite3.connect(next(folder.glob("*.db"))) as connection:
        assert connection.execute("UPDATE bot_state SET pts = NULL").rowcount > 0
    connection.close()


async def has_accepted(person: Person) -> None:
    await person.says("/vip")
    await person.presses(WEEK, (await person.hears("Premium"))["id"])
    await person.presses("Accept and go on ✅", (await person.hears("first purchase"))["id"])
    await person.sees("invoice")


async def menu(person: Person) -> Message:
    await person.says("/vip")
    return await person.hears("⭐")


async def invoice(person: Person) -> Message:
    await person.presses(WEEK, (await menu(person))["id"])
    return await person.sees("invoice")


async def bought_link(house: House, person: Person) -> str:
    """The start parameter of a gift link."""
    await person.presses("🎁 A gift by link", (await menu(person))["id"])
    await person.presses(WEEK, (await person.hears("link be good for"))["id"])
    await pays(house, person, {"message_id": (await person.sees("invoice"))["id"]})
    return str((await person.hears("Your gift is ready"))["text"].rpartition("start=")[2])


def monthly_link(menu: Message) -> str:
    return next((str(button["url"]) for row in menu["keyboard"]["rows"] for button in row if "url" in button), "")


async def vip_until(person: Person) -> str:
    """The line of /vip that says so."""
    return str((await menu(person))["text"]).split("\n")[0]


async def pays(house: House, person: Person, what: dict[str, Any]) -> None:
    answer = await house.http.post(f"/api/users/{person.id}/pay", json={"bot": person.bot, **what})
    assert answer.json()["outcome"] == "paid", answer.text
