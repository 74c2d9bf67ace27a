"""An operator in the browser, and people on their phones: search, ban, undo, a message, and the pages at both widths."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

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


async def test_a_chat_that_operators_end_is_over_on_both_phones(panel: Page, house: House, couple):
    anna, boris = couple
    await open_person(panel, house, boris)
    await panel.get_by_role("button", name="End chat…").click()
    await panel.get_by_role("button", name="End the chat").click()
    await asyncio.gather(*(person.hears("The people who run this bot have ended this chat") for person in (anna, boris)))
    await expect(panel.locator("#now")).to_have_text("menu")
    await expect(panel.get_by_role("row").filter(has_text="end chat")).to_be_visible()
    await anna.says("/find")
    await anna.hears("Looking")


async def test_credits_are_given_and_somebody_is_erased_as_if_they_had_asked(panel: Page, house: House, couple):
    anna, boris = couple
    await open_person(panel, house, boris)
    await panel.get_by_role("button", name="Give credits…").click()
    await panel.get_by_label("Credits", exact=True).fill("30")
    await panel.get_by_label("Why").fill("A lost lock")
    await panel.get_by_role("button", name="Give", exact=True).click()
    await boris.hears("You were given 30 credits")
    await expect(panel.get_by_text("Given: they have 30 credits now.")).to_be_visible()
    async with panel.expect_download() as started:
        await panel.get_by_role("link", name="Download").click()
    document = _saved(await (await started.value).path())
    assert [each["note"] for each in document["credits"]] == ["A lost lock"]
    await panel.get_by_role("button", name="Erase…").click()
    await panel.get_by_label("to confirm").fill(str(anna.id))
    await panel.get_by_role("button", name="Erase for good").click()
    await expect(panel.get_by_text("type the id of the person")).to_be_visible()
    await panel.get_by_label("to confirm").fill(str(boris.id))
    await panel.get_by_role("button", name="Erase for good").click()
    await asyncio.gather(boris.hears("Your data is deleted"), anna.hears("Your partner left the chat"))
    await panel.goto(f"{house.panel_url}/admin/users?id={boris.id}")
    await expect(panel.get_by_text("Nobody found")).to_be_visible()


async def test_several_people_are_banned_at_once_after_a_look_at_them(panel: Page, house: House, couple):
    _, boris = couple
    await panel.goto(f"{house.panel_url}/admin/users?banned=false")
    await expect(panel.get_by_role("button", name="Ban those…")).to_be_disabled()
    for person in couple:
        await panel.get_by_label(f"Pick {person.id}").check()
    await expect(panel.get_by_text("2 people picked")).to_be_visible()
    await panel.get_by_role("button", name="Ban those…").click()
    await expect(panel.get_by_text("This bans 2 people. 2 of them are chatting: these chats end.")).to_be_visible()
    await panel.get_by_role("button", name="Ban 2 people").click()
    await expect(panel.get_by_text("may not be empty")).to_be_visible()
    await panel.get_by_label("Reason").fill("Sells things")
    await _looked_at(panel, "ban-many")
    await panel.get_by_role("button", name="Ban 2 people").dblclick()
    await asyncio.gather(*(person.hears("Sells things") for person in couple))
    await expect(panel.get_by_text("Banned 2 people.")).to_be_visible()
    await panel.goto(f"{house.panel_url}/admin/audit?act=ban&target=user:{boris.id}")
    await expect(panel.get_by_role("row").filter(has_text="Sells things")).to_have_count(1)
    for person in couple:
        await open_person(panel, house, person)
        await panel.get_by_role("button", name="Unban…").click()
        async with panel.expect_navigation():  # the page comes anew
            await panel.get_by_role("button", name="Unban", exact=True).click()
        await person.hears("ban was lifted")


async def test_the_pages_of_people_are_accessible_and_fit_a_phone(panel: Page, house: House, couple):
    _, boris = couple
    for path in (
        "users",
        "users?banned=true&language=xx",
        f"users/{boris.id}",
        f"users/{boris.id}?tab=chats",
        f"users/{boris.id}?tab=payments",
        f"users/{boris.id}?tab=notes",
    ):
        await panel.goto(f"{house.panel_url}/admin/{path}")
        await accessible(panel)
        await fits(panel)
        await _pictures(panel, path)
    await panel.goto(f"{house.panel_url}/admin/users/{boris.id}")
    for opener, name in (("Warn…", "warn"), ("Give credits…", "give"), ("Erase…", "erase")):
        await panel.get_by_role("button", name=opener).click()
        await _looked_at(panel, name)
        await panel.keyboard.press("Escape")


def _saved(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


async def test_a_note_is_for_other_operators_until_it_is_removed(panel: Page, house: House, couple):
    anna, _ = couple
    await panel.goto(f"{house.panel_url}/admin/users/{anna.id}?tab=notes")
    await panel.get_by_label("Note", exact=True).fill("Wrote by mail: all is settled.")
    await panel.get_by_role("button", name="Add", exact=True).click()
    row = panel.get_by_role("row").filter(has_text="all is settled")
    await expect(row).to_be_visible()
    await _looked_at(panel, "noted")
    await row.get_by_role("button", name="Remove").click()
    await expect(panel.get_by_text("No notes")).to_be_visible()


async def _looked_at(panel: Page, name: str) -> None:
    """As it is now, such as with a dialog."""
    await accessible(panel)
    await fits(panel)
    await _pictures(panel, name)


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
