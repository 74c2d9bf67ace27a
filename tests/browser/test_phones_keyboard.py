"""The phones page without a mouse."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.phone import Phone

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


async def into_the_messages(page: Page, phone: Phone) -> None:
    """From the box back over its paperclip and the command in "/start"."""
    await phone.box.focus()
    for _ in range(3):
        await page.keyboard.press("Shift+Tab")
    await expect(phone.element.get_by_role("log")).to_be_focused()


def item(page: Page, name: str) -> Locator:
    return page.get_by_role("menuitem", name=name, exact=True)


async def test_arrows_go_from_message_to_message_and_stay_within_them(page, anna, puppet):
    for text in ("the older", "the newer"):
        await puppet.says(anna.user, text)
        await expect(anna.bubble(text)).to_be_visible()
    await into_the_messages(page, anna)
    for key, text in (
        ("ArrowUp", "the newer"),
        ("ArrowDown", "the newer"),
        ("ArrowUp", "the older"),
        ("ArrowUp", "/start"),
        ("ArrowUp", "/start"),
        ("ArrowDown", "the older"),
    ):
        await page.keyboard.press(key)
        await expect(anna.bubble(text)).to_be_focused()


async def test_a_message_is_replied_to_by_keyboard(page, anna, puppet):
    for text in ("A question", "A remark"):
        await puppet.says(anna.user, text)
        await expect(anna.bubble(text)).to_be_visible()
    await into_the_messages(page, anna)
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(item(page, "Reply")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(anna.element.locator(".context")).to_contain_text("A question")
    await expect(anna.box).to_be_focused()
    await page.keyboard.type("An answer")
    await page.keyboard.press("Enter")
    assert (await puppet.hears("An answer")).reply_to is not None
    await expect(anna.bubble("An answer").locator(".quote")).to_contain_text("A question")


async def test_ones_own_message_is_edited_by_keyboard(page, anna, puppet):
    await anna.writes("teh typo")
    await expect(anna.bubble("teh typo")).to_be_visible()
    await into_the_messages(page, anna)
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await expect(item(page, "Edit")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(anna.box).to_be_focused()
    await expect(anna.box).to_have_value("teh typo")
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type("the typo")
    await page.keyboard.press("Enter")
    await puppet.hears("the typo")
    await expect(anna.bubble("the typo")).to_contain_text("edited")


async def test_arrow_up_in_an_empty_box_edits_ones_last_message(page, anna, puppet):
    await anna.writes("teh typo")
    await expect(anna.bubble("teh typo")).to_be_visible()
    await puppet.says(anna.user, "pardon?")
    await expect(anna.bubble("pardon?")).to_be_visible()
    await anna.box.press("ArrowUp")
    await expect(anna.box).to_have_value("teh typo")
    await anna.writes("the typo")
    await puppet.hears("the typo")
    await expect(anna.bubble("the typo")).to_contain_text("edited")


async def test_a_menu_is_walked_in_a_circle_and_escape_gives_the_focus_back(page, anna, puppet):
    await puppet.says(anna.user, "A question")
    await expect(anna.bubble("A question")).to_be_visible()
    await into_the_messages(page, anna)
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    for key, name in (("ArrowUp", "Copy text"), ("ArrowDown", "Reply"), ("ArrowDown", "Copy text")):
        await page.keyboard.press(key)
        await expect(item(page, name)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(anna.bubble("A question")).to_be_focused()
