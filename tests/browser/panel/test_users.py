"""An operator in the browser, and people on their phones: search, ban, undo, a message, and the pages at both widths."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.panel.checks import DESKTOP, PHONE, THEMES, accessible, choose, fits
from tests.system.house import House
from tests.system.people import Person, Town

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]


@pytest_asyncio.fixture(loop_scope="session")
async def couple(house: House) -> AsyncIterator[tuple[Person, Person]]:
    """They chat."""
    town = Town(house)
    yield await town.chatting()
    await town.goes_home()


async def open_person(panel: Page, house: House, person: Person) -> None:
    """As an operator does who has copied the id out of Telegram."""
    await panel.goto(f"{house.panel_url}/admin/users")
    await panel.get_by_label("Telegram id").fill(f" {person.id:,} ")
    await panel.get_by_role("button", name="Search").click()
    link = panel.get_by_role("link", name=str(person.id))
    heading = panel.get_by_role("heading", name=f"User {person.id}")
    await expect(link.or_(heading).first).to_be_visible()
    if not await heading.is_visible():
        await link.click()
    await expect(heading).to_be_visible()
    await panel.wait_for_load_state("load")


async def ban(panel: Page, reason: str) -> None:
    await panel.get_by_role("button", name="Ban…").click()
    await panel.get_by_label("Reason").fill(reason)
    await panel.get_by_role("button", name="Ban", exact=True).click()


async def test_a_banned_person_loses_the_chat_and_the_partner_is_told(panel: Page, house: House, couple):
    anna, boris = couple
    await open_person(panel, house, boris)
    await expect(panel.locator("#now")).to_contain_text("chatting")
    await ban(panel, "Sells things")
    await asyncio.gather(anna.hears("The chat has ended"), boris.hears("Sells things"))
    await expect(panel.get_by_text("banned until")).to_be_visible()
    await expect(panel.get_by_role("row").filter(has_text="ban")).to_be_visible()


async def test_a_ban_by_mistake_is_undone(panel: Page, house: House, couple):
    _, boris = couple
    await open_person(panel, house, boris)
    await ban(panel, "ads")
    await boris.hears("banned")
    await panel.get_by_role("button", name="Undo").click()
    await boris.hears("ban was lifted")
    await expect(panel.get_by_text("banned until")).to_be_hidden()
    await boris.says("/find")
    await boris.hears("Looking")


async def test_a_message_of_the_operators_reaches_the_phone(panel: Page, house: House, couple):
    anna, _ = couple
    await open_person(panel, house, anna)
    await panel.get_by_role("button", name="Write…").click()
    await panel.get_by_label("Message", exact=True).fill("Please read the **rules**.")
    await panel.get_by_role("button", name="Send").click()
    await anna.hears("Please read the **rules**.")


async def test_the_pages_of_people_are_accessible_and_fit_a_phone(panel: Page, house: House, couple):
    _, boris = couple
    for path in ("users", "users?banned=true&language=xx", f"users/{boris.id}", f"users/{boris.id}?tab=chats"):
        await panel.goto(f"{house.panel_url}/admin/{path}")
        await accessible(panel)
        await fits(panel)
        await _pictures(panel, path)


async def _pictures(panel: Page, path: str) -> None:
    """Into the folder that PICTURES names."""
    folder = os.environ.get("PICTURES")
    if folder is None:
        return
    for theme in THEMES:
        await choose(panel, theme)
        for size in (DESKTOP, PHONE):
            await panel.set_viewport_size(size)
            name = f"{path.replace('/', '-').partition('?')[0]}{len(path)}-{theme}-{size['width']}.png"
            await panel.screenshot(path=Path(folder) / name, full_page=True)
    await panel.set_viewport_size(DESKTOP)
