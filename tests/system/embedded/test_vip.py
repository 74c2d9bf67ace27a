"""VIP is bought, given and refused, with the real supervisor, worker and sandbox. Not a Star is lost, nothing granted twice."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import pytest_asyncio

from tests.system.house import House
from tests.system.people import Message, Person, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


WEEK, WEEK_STARS = "7 days · 100 ⭐", 100


@pytest_asyncio.fixture(loop_scope="session")
async def anna(town: Town) -> Person:
    return await town.registered()


async def has_accepted(person: Person) -> None:
    """The first purchase asks for the terms, and goes on by itself."""
    await person.says("/vip")
    await person.presses(WEEK, (await person.hears("Premium"))["id"])
    await person.presses("Accept and go on ✅", (await person.hears("first purchase"))["id"])
    await person.sees("invoice")


async def invoice(person: Person, plan: str = WEEK) -> Message:
    await person.says("/vip")
    await person.presses(plan, (await person.hears("⭐"))["id"])
    return await person.sees("invoice")


async def pays(house: House, person: Person, message: int) -> dict[str, Any]:
    answer = await house.http.post(f"/api/users/{person.id}/pay", json={"bot": person.bot, "message_id": message}, timeout=15)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def balance(house: House, person: Person) -> int:
    return int((await house.http.get(f"/api/users/{person.id}/stars")).json()["balance"])


async def test_the_first_purchase_asks_for_the_terms_once_and_goes_on_by_itself(house: House, anna: Person):
    await anna.says("/vip")
    shown = await anna.hears("Premium")
    assert any(WEEK in button["text"] for row in shown["keyboard"]["rows"] for button in row), shown
    await anna.presses(WEEK, shown["id"])
    await anna.presses("Accept and go on ✅", (await anna.hears("first purchase"))["id"])
    offered = await anna.sees("invoice")
    assert offered["media"]["stars"] == WEEK_STARS
    assert (await pays(house, anna, offered["id"]))["outcome"] == "paid"
    await anna.hears("You are VIP")
    await anna.says("/vip")
    await anna.hears("until")
    assert await balance(house, anna) == 10_000 - WEEK_STARS


async def test_an_invoice_is_paid_once_and_a_newer_one_takes_its_place(house: House, anna: Person):
    await has_accepted(anna)
    older = await invoice(anna)
    newer = await invoice(anna)
    assert (await pays(house, anna, older["id"]))["outcome"] in {"not_payable", "refused"}
    assert (await pays(house, anna, newer["id"]))["outcome"] == "paid"
    assert (await pays(house, anna, newer["id"]))["outcome"] in {"not_payable", "refused"}
    assert await balance(house, anna) == 10_000 - WEEK_STARS


async def test_vip_is_not_bought_in_a_chat_and_a_gift_is(house: House, town: Town):
    anna, boris = await town.couple()
    await has_accepted(anna)
    open_invoice = await invoice(anna)
    await anna.says("/find")
    await anna.hears("Looking")
    await boris.says("/find")
    await asyncio.gather(anna.hears("Partner found"), boris.hears("Partner found"))
    refused = await pays(house, anna, open_invoice["id"])
    assert (refused["outcome"], "not in a chat" in refused["text"]) == ("refused", True)
    await anna.says("/vip")
    await anna.presses("🎁 A gift for your partner", (await anna.hears("Premium"))["id"])
    await anna.presses(WEEK, (await anna.hears("your partner get"))["id"])
    assert (await pays(house, anna, (await anna.sees("invoice"))["id"]))["outcome"] == "paid"
    await anna.hears("Your gift has arrived")
    await boris.hears("A gift from your partner")
    await boris.says("/vip")
    await boris.hears("You are VIP until")
    assert await balance(house, anna) == 10_000 - WEEK_STARS


async def test_a_gift_link_makes_whoever_opens_it_first_vip(house: House, town: Town, anna: Person):
    await has_accepted(anna)
    await anna.says("/vip")
    await anna.presses("🎁 A gift by link", (await anna.hears("Premium"))["id"])
    await anna.presses(WEEK, (await anna.hears("link be good for"))["id"])
    assert (await pays(house, anna, (await anna.sees("invoice"))["id"]))["outcome"] == "paid"
    link = (await anna.hears("Your gift is ready"))["text"].rpartition("start=")[2]
    newcomer = await town.person()
    await newcomer.says(f"/start {link}")
    await newcomer.hears("7 more days")
    late = await town.registered()
    await late.says(f"/start {link}")
    await late.hears("opened already")


async def test_a_partner_sees_the_badge_in_the_next_card(house: House, town: Town):
    anna, boris = await town.couple()
    await has_accepted(anna)
    await pays(house, anna, (await invoice(anna))["id"])
    await anna.hears("You are VIP")
    await anna.says("/find")
    await anna.hears("Looking")
    await boris.says("/find")
    assert "⭐ VIP" in (await boris.hears("Partner found"))["text"]


async def test_a_refund_is_noticed_whoever_made_it_and_takes_back_what_was_not_used(house: House, anna: Person):
    await has_accepted(anna)
    paid = await pays(house, anna, (await invoice(anna))["id"])
    await anna.hears("You are VIP")
    answer = await house.http.post("/api/stars/refund", json={"charge_id": paid["charge_id"], "by": "owner"})
    assert answer.status_code == 200, answer.text
    await anna.hears("refunded to you")
    await anna.says("/vip")
    await anna.hears("Your VIP ended")
    assert await balance(house, anna) == 10_000


async def test_a_monthly_plan_is_a_link_to_a_subscription(house: House, anna: Person):
    await has_accepted(anna)
    await anna.says("/vip")
    shown = await anna.hears("Premium")
    link = next(b["url"] for row in shown["keyboard"]["rows"] for b in row if "Every 30 days" in b["text"])
    answer = await house.http.post(f"/api/users/{anna.id}/pay", json={"link": link}, timeout=15)
    assert answer.json()["outcome"] == "paid", answer.text
    await anna.hears("You are VIP")
    again = await house.http.post(f"/api/users/{anna.id}/pay", json={"link": link}, timeout=15)
    assert again.json()["outcome"] == "refused", again.text


async def test_an_operator_refunds_a_payment_once_however_often_it_is_asked_for(house: House, anna: Person):
    await has_accepted(anna)
    paid = await pays(house, anna, (await invoice(anna))["id"])
    await anna.hears("You are VIP")
    charge = paid["charge_id"]
    code, listed = await house.command("payments", "list", "--user", str(anna.id), "--json")
    assert (code, [each["charge"] for each in json.loads(listed)]) == (0, [charge])
    both = await asyncio.gather(*(house.command("payments", "refund", charge, "--reason", "a test") for _ in range(2)))
    assert [code for code, _ in both] == [0, 0], both
    await anna.hears("refunded to you")
    assert await balance(house, anna) == 10_000
    code, shown = await house.command("payments", "show", charge)
    assert (code, "a test" in shown) == (0, True), shown
    code, said = await house.command("payments", "refund", "no-such-charge", "--reason", "a test")
    assert (code, "no payment" in said) == (2, True), said


async def test_a_payment_of_which_the_bot_was_not_told_is_found_in_the_list(house: House, anna: Person):
    await has_accepted(anna)
    await house.fault("unannounced")
    assert (await pays(house, anna, (await invoice(anna))["id"]))["outcome"] == "paid"
    await house.kill("worker-1")
    await anna.hears("You are VIP", within=30)
