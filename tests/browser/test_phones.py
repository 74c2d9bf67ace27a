"""The main job as a newcomer does it: two phones on one page, against the whole running application."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.phone import Phone, take
from tests.browser.samples import photo
from tests.system.house import House

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


async def signs_up(phone: Phone, gender: str, age: str) -> None:
    await phone.button("Start").click()
    await phone.button(gender).click()
    await expect(phone.bubble("How old are you?")).to_be_visible()
    await phone.writes(age)
    await expect(phone.key("Find")).to_be_visible()


async def test_two_people_meet_talk_and_part(page: Page, house: House):
    await page.goto(house.phones_url)
    await page.get_by_role("button", name="Two people").click()
    anna, boris = await take(page, "Anna"), await take(page, "Boris")
    await signs_up(anna, "Female", "29")
    await signs_up(boris, "Male", "31")

    await anna.key("Find").click()
    await boris.key("Find").click()
    await expect(anna.bubble("Partner found")).to_be_in_viewport()
    await expect(boris.bubble("Partner found")).to_be_in_viewport()

    await anna.writes("Good evening, stranger")
    await expect(boris.bubble("Good evening, stranger")).to_be_in_viewport()
    await boris.bubble("Good evening, stranger").dblclick()
    await boris.writes("Good evening, mask")
    answer = anna.bubble("Good evening, mask")
    await expect(answer).to_be_in_viewport()
    await expect(answer.locator(".quote")).to_contain_text("Good evening, stranger")

    await anna.key("Stop").click()
    await expect(boris.bubble("left")).to_be_in_viewport()
    await expect(anna.key("Find")).to_be_visible()
    await expect(boris.key("Find")).to_be_visible()
    await boris.writes("anybody there?")
    await expect(boris.bubble("anybody there?")).to_be_visible()
    await expect(anna.bubble("anybody there?")).to_have_count(0)


async def test_a_photo_and_an_album_cross_between_two_bots(page: Page, house: House):
    await page.goto(house.phones_url)
    await page.get_by_role("button", name="Two people").click()
    anna, boris = await take(page, "Anna"), await take(page, "Boris")
    await signs_up(anna, "Female", "29")
    await signs_up(boris, "Male", "31")
    await anna.key("Find").click()
    await boris.key("Find").click()
    await expect(boris.bubble("Partner found")).to_be_in_viewport()

    await anna.sends(photo(), caption="My garden")
    await expect(boris.bubble("My garden").locator(".picture img")).to_be_in_viewport()
    await boris.sends(photo("a.png"), photo("b.png", shade=20), photo("c.png", shade=220), caption="Three of mine")
    await expect(anna.bubble("Three of mine").locator(".picture img")).to_have_count(3)
    await anna.key("Stop").click()
    await expect(boris.bubble("left")).to_be_in_viewport()
