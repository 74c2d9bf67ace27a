"""An owner logs in to the panel in Chromium, with a phone of the sandbox in the next tab."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.panel.checks import findings, held_back
from tests.browser.phone import take
from tests.system.conftest import shared_house
from tests.system.house import House
from tests.system.people import Person, Town

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]
OWNER = 8_100_000_001
"""The id of the first person."""
SIZES = ((1280, 800), (390, 844))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def login_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with shared_house(tmp_path_factory.mktemp("login"), ADMIN_TELEGRAM_IDS=str(OWNER)) as house:
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def olga(login_house: House) -> Person:
    olga = await Town(login_house).person(name="Olga")
    assert olga.id == OWNER
    return olga


async def requested(page: Page, house: House) -> None:
    """The login page, with a code."""
    await page.goto(f"{house.panel_url}/")
    await expect(page).to_have_title("Log in · Masquerade")
    await page.get_by_label("Your Telegram id").fill(str(OWNER))
    await page.get_by_role("button", name="Request a code").click()
    await expect(page.get_by_role("heading", name="Answer in Telegram")).to_be_focused()


async def test_a_press_before_the_scripts_are_there_is_answered_once_they_are(page: Page, login_house: House):
    """With what is no id: a code would count for the limits."""
    async with held_back(page, "login.js"):
        await page.goto(f"{login_house.panel_url}/admin/login", wait_until="commit")
        await page.get_by_label("Your Telegram id").fill("Olga")
        await page.get_by_role("button", name="Request a code").click()
    await expect(page.get_by_text("A Telegram id is a number")).to_be_visible()
    await expect(page).to_have_url(f"{login_house.panel_url}/admin/login")


async def test_not_me_on_the_phone_ends_it_on_the_page(page: Page, login_house: House, olga: Person):
    await requested(page, login_house)
    await olga.says(await page.locator("#command").inner_text())
    question = await olga.hears("Asked")
    await olga.presses("🚫 Not me", question["id"])
    await expect(page.get_by_text("This is over")).to_be_visible()
    await page.get_by_role("button", name="Ask for a new code").click()
    await expect(page.get_by_label("Your Telegram id")).to_be_focused()


async def test_an_act_goes_on_by_itself_once_the_number_is_pressed_on_the_phone(page: Page, login_house: House, olga: Person):
    await requested(page, login_house)
    await olga.says(await page.locator("#command").inner_text())
    await olga.presses(await page.locator("#number").inner_text(), (await olga.hears("Log in to the panel?"))["id"])
    await expect(page).to_have_url(f"{login_house.panel_url}/admin/dashboard")
    anna = await Town(login_house).registered()
    await page.goto(f"{login_house.panel_url}/admin/users/{anna.id}")
    await page.get_by_role("button", name="Grant VIP…").click()
    await page.get_by_role("button", name="Grant", exact=True).click()
    await _agreed(page, olga)
    await expect(page.get_by_text("VIP until")).to_be_visible()
    await anna.hears("VIP")
    bot = (await login_house.http.post("/api/bots", json={"username": "asked_bot"})).json()
    await page.goto(f"{login_house.panel_url}/admin/bots")
    await page.get_by_role("button", name="Add a bot").click()
    await page.get_by_label("Token").fill(bot["token"])
    await page.get_by_role("button", name="Add", exact=True).click()
    await _agreed(page, olga)
    await expect(page.get_by_role("link", name="@asked_bot")).to_be_visible()
    await page.goto(f"{login_house.panel_url}/admin/configuration")
    await page.get_by_label("trial", exact=True).fill("7")
    await page.get_by_role("button", name="Look and save").click()
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    assert await findings(page) == []
    await _agreed(page, olga, to="vip.trial_days: 0 → 7")
    await expect(page.get_by_text("Saved. In force in 2 of 2 processes")).to_be_visible()


async def _agreed(page: Page, olga: Person, *, to: str = "Agree to this?") -> None:
    """She presses the number that the page shows; nothing else is pressed."""
    dialog = page.get_by_role("dialog", name="Answer in Telegram")
    number = await dialog.locator(".answer-number").inner_text()
    await olga.presses(number, (await olga.hears(to))["id"])
    await expect(dialog).to_be_hidden()


async def test_the_page_moves_on_once_the_number_is_pressed_on_the_phone(
    context: BrowserContext, page: Page, login_house: House, olga: Person
):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await requested(page, login_house)
    await expect(page.get_by_role("img", name="QR code that opens @sandbox_one_bot")).to_be_visible()
    await page.get_by_label("@sandbox_two_bot").check()
    await expect(page.get_by_role("img", name="QR code that opens @sandbox_two_bot")).to_be_visible()
    number = await page.locator("#number").inner_text()
    async with context.expect_page() as opening:
        await page.get_by_role("link", name="Open @sandbox_two_bot").click()
    phones = await opening.value
    await expect(phones.get_by_role("region", name="Olga's phone")).to_be_visible()
    phone = await take(phones, "Olga")
    question = phone.bubble("Log in to the panel?")
    await expect(question).to_contain_text("Chrome on Linux")
    await phone.button(number).click()
    await expect(phone.bubble("You are let in")).to_be_visible()
    await expect(page).to_have_url(f"{login_house.panel_url}/admin/dashboard")
    await expect(page.get_by_role("heading", name="Overview")).to_be_attached()
    assert "#" not in phones.url, "a reload does not send the code again"
    assert [text for text in said if "Content Security Policy" in text] == []


async def test_it_fits_a_phone_and_a_desk_in_both_themes(page: Page, login_house: House):
    await requested(page, login_house)
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            for part in ("#code", "#number", "#qr svg", "#open", "#left"):
                await expect(page.locator(part)).to_be_visible()


async def test_it_is_accessible_in_both_themes_before_a_code_and_with_one(page: Page, login_house: House):
    await page.goto(f"{login_house.panel_url}/admin/login")
    await page.get_by_role("button", name="Request a code").click()
    await expect(page.get_by_role("alert")).not_to_be_empty()
    for asked in (False, True):
        if asked:
            await requested(page, login_house)
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert await findings(page) == [], scheme


async def test_what_cannot_be_asked_for_is_said_at_the_field(page: Page, login_house: House):
    await page.goto(f"{login_house.panel_url}/admin/login")
    for typed in ("", "anna", "-5", "0", "9999999999999999"):
        await page.get_by_label("Your Telegram id").fill(typed)
        await page.get_by_role("button", name="Request a code").click()
        await expect(page.get_by_role("alert")).not_to_be_empty()
        await expect(page.get_by_label("Your Telegram id")).to_be_focused()
    await expect(page.get_by_role("heading", name="Answer in Telegram")).to_be_hidden()


async def test_a_link_of_the_command_line_leads_to_the_panel_once(page: Page, login_house: House):
    code, text = await login_house.command("admin", "login")
    assert code == 0, text
    link = next(line for line in text.splitlines() if line.startswith("http"))
    await page.goto(link)
    await expect(page).to_have_url(f"{login_house.panel_url}/admin/dashboard")
    await page.context.clear_cookies()
    await page.goto(link)
    await expect(page.get_by_role("alert")).to_contain_text("This link is over")
    assert "#" not in page.url
