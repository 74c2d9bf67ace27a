"""Packs of credits are bought by phone, shown, given, refunded and lost with one's data, in a real house."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import pytest_asyncio

from bench.payments.credits import faults_of
from storage.sql.database import open_database
from tests.system.embedded.test_vip import balance, pays
from tests.system.house import House
from tests.system.people import Message, Person, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")

SMALL, SMALL_STARS = "10 credits · 50 ⭐", 50


@pytest_asyncio.fixture(loop_scope="session")
async def anna(town: Town) -> Person:
    return await town.registered()


async def has_accepted(person: Person) -> Message:
    """The first purchase asks for the terms, and goes on by itself. The invoice."""
    await person.says("/credits")
    await person.presses(SMALL, (await person.hears("You have"))["id"])
    await person.presses("Accept and go on ✅", (await person.hears("first purchase"))["id"])
    return await person.sees("invoice")


async def invoice(person: Person) -> Message:
    await person.says("/credits")
    await person.presses(SMALL, (await person.hears("You have"))["id"])
    return await person.sees("invoice")


async def shown(person: Person) -> str:
    await person.says("/credits")
    return str((await person.hears("You have"))["text"])


async def told(house: House, *words: str) -> Any:
    code, text = await house.command(*words, "--json")
    assert code == 0, text
    return json.loads(text)


async def credits_of(house: House, person: Person) -> int:
    return int((await told(house, "credits", "show", str(person.id)))["credits"])


async def faults(house: House) -> list[str]:
    database = await open_database(f"sqlite:{house.folder}/var/masquerade.db", pool_size=1)
    try:
        return await faults_of(database)
    finally:
        await database.close()


async def test_a_pack_is_bought_shown_and_refunded(house: House, anna: Person):
    assert "You have 0 credits" in await shown(anna)
    offered = await has_accepted(anna)
    assert offered["media"]["stars"] == SMALL_STARS
    assert (await pays(house, anna, offered["id"]))["outcome"] == "paid"
    assert "you have 10 now" in (await anna.hears("10 credits are yours"))["text"]
    second = await pays(house, anna, (await invoice(anna))["id"])
    await anna.hears("you have 20 now")
    text = await shown(anna)
    assert "You have 20 credits" in text
    assert text.count("+10 ⭐") == 2
    answer = await house.http.post("/api/stars/refund", json={"charge_id": second["charge_id"], "by": "owner"})
    assert answer.status_code == 200, answer.text
    await anna.hears("refunded to you")
    text = await shown(anna)
    assert "You have 10 credits" in text
    assert "-10 ↩" in text
    assert await balance(house, anna) == 10_000 - SMALL_STARS
    assert await faults(house) == []


async def test_in_a_chat_two_devices_that_pay_one_invoice_buy_one_pack(house: House, town: Town):
    anna, boris = await town.chatting()
    offered = await has_accepted(anna)
    both = await asyncio.gather(*(pays(house, anna, offered["id"]) for _ in range(2)))
    assert [each["outcome"] for each in both].count("paid") == 1, both
    await anna.hears("you have 10 now")
    await boris.says("still here")
    await anna.hears("still here")
    assert await credits_of(house, anna) == 10


async def test_a_payment_of_which_the_bot_was_not_told_is_found_in_the_list(house: House, anna: Person):
    offered = await has_accepted(anna)
    await house.fault("unannounced")
    assert (await pays(house, anna, offered["id"]))["outcome"] == "paid"
    await house.kill("worker-1")
    await anna.hears("you have 10 now", within=30)
    assert await credits_of(house, anna) == 10


async def test_an_operator_gives_credits_and_their_deletion_leaves_none(house: House, anna: Person):
    assert await told(house, "credits", "give", str(anna.id), "7", "--reason", "A prize") == {"credits": 7}
    await anna.hears("You were given 7 credits")
    assert "+7 🎁" in await shown(anna)
    await anna.says("/delete_me")
    await anna.presses("🗑 Delete my data", (await anna.hears("Delete your data"))["id"])
    await anna.hears("Your data is deleted")
    code, said = await house.command("credits", "show", str(anna.id))
    assert (code, "nobody with the id" in said) == (2, True), said
    assert await faults(house) == []


async def test_people_under_18_are_sold_no_credits(house: House, town: Town):
    young = await town.registered(age="16")
    await young.says("/credits")
    assert not (await young.hears("You have 0 credits")).get("keyboard")
