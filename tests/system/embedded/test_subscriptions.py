"""Subscriptions at Telegram, with the real supervisor, worker and sandbox. The clock of Stars is moved on from month to month."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
import pytest_asyncio

from domain.configuration import Vip
from domain.payments.orders import MONTH
from tests.system.embedded.test_vip import balance, has_accepted
from tests.system.house import House
from tests.system.people import Message, Person, Town, meet

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


STARS, DAYS = 250, timedelta(days=30)
AT_TELEGRAM = 40.0
"""Seconds within which what must not be renewed is cancelled at Telegram, or a reminder is due."""


class Subscriber:
    """Somebody with the monthly plan, and their phone's list of subscriptions."""

    def __init__(self, house: House, person: Person) -> None:
        self._house = house
        self.person = person
        self.link = ""

    async def subscribes(self) -> date:
        self.link = await self.is_offered()
        assert (await self.pays())["outcome"] == "paid"
        return until(await self.person.hears("You are VIP"))

    async def is_offered(self) -> str:
        await self.person.says("/vip")
        shown = await self.person.hears("⭐")
        links = [b.get("url", "") for row in shown["keyboard"]["rows"] for b in row if "Every 30 days" in b["text"]]
        return str(links[0]) if links else ""

    async def pays(self, link: str = "") -> dict[str, Any]:
        answer = await self._house.http.post(f"/api/users/{self.person.id}/pay", json={"link": link or self.link}, timeout=15)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def wallet(self) -> dict[str, Any]:
        return dict((await self._house.http.get(f"/api/users/{self.person.id}/stars")).json())

    async def subscription(self) -> dict[str, Any]:
        return dict((await self.wallet())["subscriptions"][-1])

    async def does(self, action: str) -> None:
        path = f"/api/users/{self.person.id}/subscriptions/{(await self.subscription())['id']}"
        answer = await self._house.http.post(path, json={"action": action})
        assert answer.status_code == 200, answer.text

    async def spends_all(self) -> None:
        """A renewal costs more than what is left."""
        gone = {"add": -(await self.wallet())["balance"]}
        answer = await self._house.http.post(f"/api/users/{self.person.id}/stars", json=gone)
        assert answer.status_code == 200, answer.text

    async def ends(self) -> None:
        if not ((await self.subscription())["over"] or (await self.subscription())["canceled"]):
            await self.does("cancel")
        while not (await self.subscription())["over"]:
            await a_month_passes(self._house)

    async def says_until(self) -> date:
        """What /vip says."""
        await self.person.says("/vip")
        return until(await self.person.hears("until"))

    async def is_cancelled_by_the_bot(self) -> None:
        async with asyncio.timeout(AT_TELEGRAM):
            while True:
                if (await self.subscription())["bot_canceled"]:
                    return
                await asyncio.sleep(0.2)


def until(message: Message) -> date:
    found = re.search(r"\d{4}-\d\d-\d\d", message["text"])
    assert found, message
    return date.fromisoformat(found.group())


@pytest_asyncio.fixture(loop_scope="session")
async def anna(house: House, town: Town) -> AsyncIterator[Subscriber]:
    """Her subscription is over before the next test begins, so that it takes no fault of it."""
    person = await town.registered()
    await has_accepted(person)
    subscriber = Subscriber(house, person)
    yield subscriber
    await subscriber.ends()


async def a_month_passes(house: House) -> None:
    answer = await house.http.post("/api/clock", json={"advance": MONTH})
    assert answer.status_code == 200, answer.text


@asynccontextmanager
async def configured(house: House, setting: str, value: Any) -> AsyncIterator[None]:
    code, said = await house.command("config", "set", setting, orjson.dumps(value).decode())
    assert code == 0, said
    try:
        yield
    finally:
        await house.command("config", "unset", setting)


def plans(**changes: Any) -> list[dict[str, Any]]:
    """Those on sale, the monthly one with other values; None leaves it out."""
    others = [{"id": plan.id, "days": plan.days, "stars": plan.stars} for plan in Vip().plans if not plan.monthly]
    monthly = {"id": "monthly", "days": 30, "stars": STARS, "monthly": True, **changes}
    return [*others, monthly] if changes else others


async def test_a_subscription_is_renewed_until_it_is_cancelled_also_in_a_chat(house: House, town: Town, anna: Subscriber):
    first = await anna.subscribes()
    assert abs(first - (datetime.now(UTC).date() + DAYS)) <= timedelta(days=1)
    await a_month_passes(house)
    assert until(await anna.person.hears("was renewed")) == first + DAYS
    await meet(anna.person, await town.registered(gender="Male"))
    await a_month_passes(house)
    assert until(await anna.person.hears("was renewed")) == first + 2 * DAYS
    assert await balance(house, anna.person) == 10_000 - 3 * STARS
    await anna.does("cancel")
    assert until(await anna.person.hears("is cancelled")) == first + 2 * DAYS
    await a_month_passes(house)
    assert await anna.says_until() == first + 2 * DAYS
    assert await balance(house, anna.person) == 10_000 - 3 * STARS


async def test_a_cancelled_one_can_be_restored_and_is_renewed_then(house: House, anna: Subscriber):
    first = await anna.subscribes()
    await anna.does("cancel")
    await anna.person.hears("is cancelled")
    await anna.does("restore")
    await anna.person.hears("goes on")
    await a_month_passes(house)
    assert until(await anna.person.hears("was renewed")) == first + DAYS


async def test_a_renewal_that_fails_is_told_and_vip_goes_to_its_date_until_it_is_paid_for(house: House, anna: Subscriber):
    first = await anna.subscribes()
    await anna.spends_all()
    await a_month_passes(house)
    assert until(await anna.person.hears("could not be renewed")) == first
    assert await anna.says_until() == first
    await house.http.post(f"/api/users/{anna.person.id}/stars", json={"add": STARS})
    await anna.does("fulfil")
    assert until(await anna.person.hears("was renewed")) == first + DAYS


async def test_a_second_subscription_is_refused_also_by_the_link_of_the_first(house: House, anna: Subscriber):
    await anna.subscribes()
    assert await anna.is_offered() == ""
    again = await anna.pays()
    assert (again["outcome"], len((await anna.wallet())["subscriptions"])) == ("refused", 1), again


async def test_a_renewal_of_which_telegram_asks_first_is_accepted(house: House, anna: Subscriber):
    first = await anna.subscribes()
    await house.fault("renewal_query")
    await a_month_passes(house)
    assert until(await anna.person.hears("was renewed")) == first + DAYS


async def test_a_renewal_of_which_the_bot_was_not_told_is_found_in_the_list_and_told_as_one(house: House, anna: Subscriber):
    first = await anna.subscribes()
    await house.fault("unannounced")
    await a_month_passes(house)
    await house.kill("worker-1")
    assert until(await anna.person.hears("was renewed", within=30)) == first + DAYS


async def test_what_is_sold_no_longer_is_cancelled_at_telegram_and_a_renewal_that_slips_through_is_granted_and_flagged(
    house: House, anna: Subscriber
):
    first = await anna.subscribes()
    await house.fault("renewal_after_cancel")
    async with configured(house, "vip.plans", plans()):
        await anna.is_cancelled_by_the_bot()
        assert until(await anna.person.hears("is cancelled")) == first
        await a_month_passes(house)
        assert until(await anna.person.hears("was renewed")) == first + DAYS
        _, listed = await house.command("payments", "list", "--user", str(anna.person.id), "--json")
        assert [each["flag"] for each in orjson.loads(listed)] == ["renewed after it was cancelled", ""]
        await a_month_passes(house)
    assert await anna.says_until() == first + DAYS
    assert await balance(house, anna.person) == 10_000 - 2 * STARS


@pytest.mark.parametrize("flag", ["features.vip", "features.stars_payments"])
async def test_a_flag_that_is_off_cancels_at_telegram_even_if_telegram_fails_at_first(house: House, anna: Subscriber, flag: str):
    first = await anna.subscribes()
    await house.fault("error", method="payments.botcancelstarssubscription", times=2)
    async with configured(house, flag, False):
        await anna.is_cancelled_by_the_bot()
    assert until(await anna.person.hears("is cancelled")) == first
    assert await anna.is_offered() not in {"", anna.link}


async def test_a_new_price_is_for_new_subscribers(house: House, town: Town, anna: Subscriber):
    await anna.subscribes()
    late = Subscriber(house, await town.registered())
    await has_accepted(late.person)
    outdated = await late.is_offered()
    async with configured(house, "vip.plans", plans(stars=400)):
        assert await late.is_offered() != outdated
        refused = await late.pays(outdated)
        assert (refused["outcome"], "price" in refused["text"]) == ("refused", True)
        await a_month_passes(house)
        await anna.person.hears("was renewed")
        assert await balance(house, anna.person) == 10_000 - 2 * STARS
        await late.subscribes()
    assert await balance(house, late.person) == 10_000 - 400


async def test_a_refund_of_one_renewal_takes_back_that_month_only(house: House, anna: Subscriber):
    first = await anna.subscribes()
    await a_month_passes(house)
    await anna.person.hears("was renewed")
    charge = (await anna.wallet())["transactions"][-1]["id"]
    code, said = await house.command("payments", "refund", charge, "--reason", "a test")
    assert code == 0, said
    await anna.person.hears("refunded to you")
    assert await anna.says_until() == first
    await a_month_passes(house)
    assert until(await anna.person.hears("was renewed")) == first + DAYS


async def test_what_changed_while_the_bot_was_down_is_told_when_it_is_back(house: House, anna: Subscriber):
    first = await anna.subscribes()
    worker = await house.pid_of("worker-1")
    os.kill(worker, signal.SIGSTOP)
    await a_month_passes(house)
    await anna.does("cancel")
    await house.kill("worker-1")
    assert until(await anna.person.hears("was renewed", within=30)) == first + DAYS
    assert until(await anna.person.hears("is cancelled")) == first + DAYS
    assert await anna.is_offered() != ""
