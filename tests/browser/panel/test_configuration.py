"""Settings, admins and the audit, as two owners see them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.panel.checks import accessible, fits
from tests.system.house import House
from tests.system.people import Town

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def nothing_is_left_saved(house: House) -> AsyncIterator[None]:
    yield
    await house.command("config", "unset", "profile.max_age", "profile.min_age", "vip.plans")


@pytest_asyncio.fixture(loop_scope="session")
async def settings(panel: Page, house: House) -> Page:
    await panel.goto(f"{house.panel_url}/admin/configuration")
    return panel


def setting(page: Page, key: str) -> Locator:
    return page.locator(f'.setting[data-key="{key}"]')


async def enter(page: Page, label: str, value: str) -> None:
    await page.get_by_label(label, exact=True).fill(value)
    await page.get_by_role("button", name="Look and save").click()


async def save(page: Page, label: str, value: str) -> None:
    await enter(page, label, value)
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()


async def test_an_age_that_the_page_saves_is_what_the_bot_asks_for_and_undo_takes_it_back(settings: Page, house: House):
    town = Town(house)
    person = await town.person()
    await person.says("/start")
    await person.presses("Female", (await person.hears("gender"))["id"])
    await person.hears("old are you")
    await enter(settings, "oldest age", "99")
    changes = settings.get_by_role("dialog").get_by_role("row")
    await expect(changes.nth(1)).to_contain_text("120")
    await expect(changes.nth(1)).to_contain_text("99")
    await accessible(settings)
    await settings.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(settings.get_by_text("Saved. In force in 2 of 2 processes")).to_be_visible()
    await expect(setting(settings, "profile.max_age")).to_contain_text("without it: 120, the default")
    await person.says("100")
    await person.hears("99")
    await settings.get_by_role("button", name="Undo").click()
    await expect(setting(settings, "profile.max_age").get_by_role("spinbutton")).to_have_value("120")
    await person.says("100")
    await person.hears("Saved")
    await town.goes_home()


async def test_of_two_admins_the_second_sees_who_has_saved_what_and_nothing_is_lost(settings: Page, house: House):
    other = await settings.context.new_page()
    await other.goto(f"{house.panel_url}/admin/configuration")
    await save(settings, "oldest age", "90")
    await expect(settings.get_by_text("Saved. In force")).to_be_visible()
    await enter(other, "youngest age", "15")
    refusal = other.get_by_role("dialog").get_by_role("alert")
    await expect(refusal).to_contain_text("saved")
    await expect(refusal).to_contain_text("max_age")
    await expect(refusal).to_contain_text("90")
    await other.get_by_role("button", name="Show how it is now").click()
    await expect(setting(other, "profile.max_age").get_by_role("spinbutton")).to_have_value("90")
    await expect(other.get_by_label("youngest age", exact=True)).to_have_value("15")
    await other.get_by_role("button", name="Look and save").click()
    await other.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(other.get_by_text("Saved. In force")).to_be_visible()
    await other.close()


async def test_a_wrong_value_is_refused_beside_its_field_and_what_was_entered_stays(settings: Page):
    await enter(settings, "oldest age", "12")
    await expect(setting(settings, "profile.min_age").locator(".wrong")).to_contain_text("above")
    await expect(settings.get_by_label("oldest age", exact=True)).to_have_value("12")
    plans = setting(settings, "vip.plans")
    await settings.get_by_role("button", name="Discard").click()
    await plans.get_by_role("button", name="Add a row").click()
    row = plans.get_by_role("row").last
    await row.get_by_label("id").fill("day")
    await row.get_by_label("days").fill("1")
    await row.get_by_label("stars").fill("20000")
    await settings.get_by_role("button", name="Look and save").click()
    await expect(plans.locator(".wrong").first).to_contain_text("10000")
    await row.get_by_label("stars").fill("20")
    await settings.get_by_role("button", name="Look and save").click()
    await settings.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(settings.get_by_text("Saved. In force")).to_be_visible()
    await expect(plans.get_by_role("row")).to_have_count(6)


async def test_the_channels_that_are_entered_are_tested_and_nothing_is_saved(settings: Page):
    channels = setting(settings, "channels.required")
    test = channels.get_by_role("button", name="Test the channels")
    await test.click()
    await expect(channels).to_contain_text("No channel is entered.")
    await channels.get_by_role("textbox").fill("@sandbox_news\n@nowhere_news")
    await test.click()
    await expect(channels).to_contain_text("Sandbox News, @sandbox_news")
    await expect(channels).to_contain_text("@sandbox_one_bot can see who is a member")
    await expect(channels).to_contain_text("add @sandbox_two_bot to that channel as an admin")
    await expect(channels).to_contain_text("there is no such channel")
    await accessible(settings)
    await fits(settings)
    await channels.get_by_role("textbox").fill("not a channel")
    await expect(channels).not_to_contain_text("Sandbox News")
    await test.click()
    await expect(channels).to_contain_text("is not a channel")
    await channels.get_by_role("textbox").fill("")


async def test_the_history_gives_an_older_value_again_and_the_audit_tells_of_it(settings: Page, house: House):
    for age in ("80", "70"):
        await save(settings, "oldest age", age)
        await expect(setting(settings, "profile.max_age")).to_have_attribute("data-value", age)
    await setting(settings, "profile.max_age").get_by_role("link", name="History").click()
    await accessible(settings)
    await fits(settings)
    await settings.get_by_role("row").filter(has_text="80").first.get_by_role("button", name="Use again").click()
    await expect(settings.get_by_text("Saved, in force")).to_be_visible()
    await settings.goto(f"{house.panel_url}/admin/audit?target=setting:profile.max_age")
    newest = settings.get_by_role("row").nth(1)
    await expect(newest).to_contain_text("70 → 80")
    await expect(newest).to_contain_text("127.0.0.1")
    await settings.get_by_role("button", name="Check that it is whole").click()
    await expect(settings.get_by_text("Whole:")).to_be_visible()
    code, text = await house.command("doctor")
    assert "none changed or missing" in text, (code, text)


async def test_an_owner_adds_changes_and_removes_an_admin(panel: Page, house: House):
    await panel.goto(f"{house.panel_url}/admin/admins")
    await panel.get_by_role("button", name="Add an admin").click()
    await panel.get_by_label("Telegram id", exact=True).fill("7300000009")
    await panel.locator("#add-admin").get_by_label("Name").fill("Mia")
    await panel.get_by_role("button", name="Add", exact=True).click()
    row = panel.get_by_role("row").filter(has_text="Mia")
    await expect(row).to_contain_text("viewer")
    await row.get_by_role("button", name="Change").click()
    await panel.get_by_role("dialog").get_by_label("Role").select_option("moderator")
    await panel.get_by_role("dialog").get_by_role("button", name="Change").click()
    await expect(row).to_contain_text("moderator")
    await row.get_by_role("button", name="Remove").click()
    await panel.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(row).to_have_count(0)


async def test_a_token_is_shown_once_works_and_can_be_revoked(panel: Page, house: House):
    await panel.goto(f"{house.panel_url}/admin/admins")
    await panel.get_by_role("button", name="Make a token").click()
    await panel.get_by_role("dialog").get_by_label("Name").fill("graphs")
    await panel.get_by_role("dialog").get_by_role("button", name="Make").click()
    token = panel.get_by_label("Token", exact=True)
    await expect(token).to_have_value(re.compile("."))
    secret = await token.input_value()
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=house.panel_url, headers=headers) as program:
        assert (await program.get("/api/stats")).status_code == 200
        await panel.get_by_role("button", name="I have noted it").click()
        row = panel.get_by_role("row").filter(has_text="graphs")
        await expect(row).to_be_visible()
        assert secret not in await panel.content()
        await row.get_by_role("button", name="Revoke").click()
        await panel.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        await expect(row).to_have_count(0)
        assert (await program.get("/api/stats")).status_code == 401


async def test_an_owner_ends_another_session(panel: Page, house: House):
    other = await panel.context.browser.new_context()  # type: ignore[union-attr]
    page = await other.new_page()
    await page.goto(await house.login_link())
    await page.wait_for_url("**/admin/dashboard")
    await panel.goto(f"{house.panel_url}/admin/sessions")
    ends = panel.get_by_role("button", name="End the session")
    for _ in range(await ends.count()):
        await ends.first.click()
        await expect(panel.get_by_text("The session is over.")).to_be_visible()
    await page.goto(f"{house.panel_url}/admin/sessions")
    await expect(page).to_have_url(f"{house.panel_url}/admin/login")
    await other.close()


async def test_plans_are_tried_with_telegram_as_they_are_entered(settings: Page, house: House):
    plans = setting(settings, "vip.plans")
    await plans.get_by_label("stars", exact=True).first.fill("111")
    await settings.get_by_role("button", name="Test the plans").click()
    await expect(plans.locator("[data-outcome]")).to_contain_text("7 days of VIP, 111 Stars")
    await expect(plans.locator("[data-outcome] .pill.good")).to_have_count(4)
    await accessible(settings)
    await plans.get_by_label("stars", exact=True).first.fill("10001")
    await expect(plans.locator("[data-outcome]")).to_be_empty()
    await settings.get_by_role("button", name="Test the plans").click()
    await expect(plans.locator("[data-outcome]")).to_contain_text("10000")
    await fits(settings)
    await settings.get_by_role("button", name="Discard").click()
