"""Payments and buttons that are not as they should be, with the real supervisor, worker and sandbox."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from tests.system.embedded.test_subscriptions import Subscriber, configured
from tests.system.embedded.test_vip import WEEK, WEEK_STARS, balance, has_accepted, invoice, pays
from tests.system.house import House
from tests.system.people import Person, Town, meet

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


GIFT, LINK = "🎁 A gift for your partner", "🎁 A gift by link"


@pytest_asyncio.fixture(loop_scope="session")
async def anna(town: Town) -> Person:
    person = await town.registered()
    await has_accepted(person)
    return person


async def twice(person: Person, button: str, message: int) -> None:
    await asyncio.gather(*(person.presses(button, message) for _ in range(2)))


async def presses_forged(house: House, person: Person, message: int, data: str) -> None:
    body = {"bot": person.bot, "message_id": message, "data": data}
    answer = await house.http.post(f"/api/users/{person.id}/press", json=body)
    assert answer.status_code == 200, answer.text


async def two_invoices(person: Person) -> list[int]:
    return [(await person.sees("invoice"))["id"] for _ in range(2)]


async def all_paid(house: House, person: Person, messages: list[int]) -> list[dict[str, Any]]:
    return [await pays(house, person, message) for message in messages]


async def test_two_devices_that_pay_one_invoice_at_the_same_moment_pay_once(house: House, anna: Person):
    offered = (await invoice(anna))["id"]
    outcomes = sorted(each["outcome"] for each in await asyncio.gather(*(pays(house, anna, offered) for _ in range(4))))
    assert outcomes.count("paid") == 1, outcomes
    assert await balance(house, anna) == 10_000 - WEEK_STARS


async def test_a_double_click_on_a_plan_or_on_the_terms_leaves_one_invoice_to_pay(house: House, town: Town):
    boris = await town.registered()
    await boris.says("/vip")
    await boris.presses(WEEK, (await boris.hears("Premium"))["id"])
    await twice(boris, "Accept and go on ✅", (await boris.hears("first purchase"))["id"])
    paid = await all_paid(house, boris, await two_invoices(boris))
    assert sum(each["outcome"] == "paid" for each in paid) == 1, paid
    await boris.hears("You are VIP")
    await boris.says("/vip")
    await twice(boris, WEEK, (await boris.hears("until"))["id"])
    paid = await all_paid(house, boris, await two_invoices(boris))
    assert sum(each["outcome"] == "paid" for each in paid) == 1, paid
    assert await balance(house, boris) == 10_000 - 2 * WEEK_STARS


async def test_a_double_click_on_a_gift_gives_it_once(house: House, town: Town, anna: Person):
    boris = await town.registered(gender="Male")
    await meet(anna, boris)
    await anna.says("/vip")
    await twice(anna, GIFT, (await anna.hears("Premium"))["id"])
    choice = await anna.hears("your partner get")
    await anna.hears("your partner get")
    await twice(anna, WEEK, choice["id"])
    paid = await all_paid(house, anna, await two_invoices(anna))
    assert sum(each["outcome"] == "paid" for each in paid) == 1, paid
    await boris.hears("A gift from your partner")
    assert await balance(house, anna) == 10_000 - WEEK_STARS


async def test_a_double_click_on_the_trial_starts_it_once(house: House, town: Town):
    boris = await town.registered()
    async with configured(house, "vip.trial_days", 3):
        await boris.says("/vip")
        await twice(boris, "🎁 Try it for 3 days, free", (await boris.hears("Premium"))["id"])
        await boris.hears("Enjoy")
        await boris.hears("your trial already")


async def test_the_link_of_somebody_else_is_refused(house: House, town: Town, anna: Person):
    theirs = await Subscriber(house, anna).is_offered()
    boris = Subscriber(house, await town.registered())
    await has_accepted(boris.person)
    refused = await boris.pays(theirs)
    assert (refused["outcome"], "somebody else" in refused["text"]) == ("refused", True)
    assert await balance(house, boris.person) == 10_000


async def test_an_open_invoice_is_refused_when_the_flag_goes_off_and_honoured_if_it_is_charged(house: House, anna: Person):
    offered = (await invoice(anna))["id"]
    await anna.says("/vip")
    shop = await anna.hears("Premium")
    async with configured(house, "features.stars_payments", False):
        refused = await pays(house, anna, offered)
        assert (refused["outcome"], "not available" in refused["text"]) == ("refused", True)
        await anna.presses(WEEK, shop["id"])
        await anna.says("/vip")
        buttons = (await anna.hears("Premium")).get("keyboard") or {"rows": []}
        assert not any("⭐" in button["text"] for row in buttons["rows"] for button in row)
        await house.fault("charge_anyway")
        assert (await pays(house, anna, offered))["outcome"] == "paid"
        await anna.hears("You are VIP")
    assert await balance(house, anna) == 10_000 - WEEK_STARS


async def test_an_order_that_is_over_is_refused_and_granted_if_telegram_charges_all_the_same(house: House, anna: Person):
    async with configured(house, "vip.order_minutes", 1e-6):
        offered = (await invoice(anna))["id"]
        refused = await pays(house, anna, offered)
        assert (refused["outcome"], "expired" in refused["text"]) == ("refused", True)
        await house.fault("charge_anyway")
        assert (await pays(house, anna, offered))["outcome"] == "paid"
    await anna.hears("You are VIP")
    assert await balance(house, anna) == 10_000 - WEEK_STARS


async def test_a_plan_that_is_sold_no_longer_is_refused_and_a_new_price_is_for_new_invoices(house: House, anna: Person):
    offered = (await invoice(anna))["id"]
    async with configured(house, "vip.plans", [{"id": "month", "days": 30, "stars": 300}]):
        refused = await pays(house, anna, offered)
        assert (refused["outcome"], "no longer sold" in refused["text"]) == ("refused", True)
    async with configured(house, "vip.plans", [{"id": "week", "days": 1, "stars": 999}]):
        assert (await pays(house, anna, offered))["outcome"] == "paid"
    await anna.hears("You are VIP")
    assert await balance(house, anna) == 10_000 - WEEK_STARS


async def test_odd_codes_and_start_arguments_are_answered_and_the_bot_goes_on(house: House, town: Town, anna: Person):
    for code in ("x" * 64, "🎁" * 20, "", "'--"):
        await anna.says(f"/start gift_{code}")
        await anna.hears("not valid")
    for code in ("x" * 4000, ""):
        await anna.says(f"/promo {code}".strip())
        await anna.hears("Send the code with the command")
    await anna.says("/promo 🎁🎁")
    await anna.hears("not valid")
    newcomer = await town.person()
    await newcomer.says("/start _tgr_abcdef")
    await newcomer.hears("gender")


async def test_forged_buttons_order_nothing_and_the_shop_goes_on(house: House, anna: Person):
    await anna.says("/vip")
    shop = (await anna.hears("Premium"))["id"]
    for data in ("plan:free", "plan:" + "x" * 59, "gift:" + "x" * 59, "accept:gift:week:" + "x" * 47, "give:week:" + "x" * 54):
        await presses_forged(house, anna, shop, data)
    await presses_forged(house, anna, shop, "give:week:AAAAAAAAAAAAAAAA")
    await anna.hears("there is no such partner")
    assert (await pays(house, anna, (await invoice(anna))["id"]))["outcome"] == "paid"
    sent = [event["message"].get("media") or {} for event in anna.events if event["type"] == "message"]
    assert sum(media.get("kind") == "invoice" for media in sent) == 2
