"""An owner adds a bot on its page, and removes it: people hear of both."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.panel.checks import accessible, fits
from tests.system.house import House
from tests.system.people import Town

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


async def test_a_bot_is_added_answers_and_is_removed_by_typing_its_name(panel: Page, house: House):
    bot = (await house.http.post("/api/bots", json={"username": "page_bot"})).json()
    await panel.goto(f"{house.panel_url}/admin/bots")
    await panel.get_by_role("button", name="Add a bot").click()
    await panel.get_by_label("Token").fill(bot["token"])
    await panel.get_by_role("button", name="Add", exact=True).click()
    link = panel.get_by_role("link", name="@page_bot")
    await expect(link).to_be_visible(timeout=15_000)
    assert bot["token"].partition(":")[2] not in await panel.content()

    town = Town(house)
    await town.person()
    town.bots.append("page_bot")
    anna, _ = await town.chatting(bots=(len(town.bots) - 1, 0))

    await link.focus()
    for _ in range(2):  # by the second time the first one is on the page
        await panel.wait_for_event("response", lambda answer: answer.url.endswith("/admin/bots"))
    await expect(link).to_be_focused()
    await link.click()
    await expect(panel.get_by_text("serving")).to_be_visible(timeout=15_000)
    await accessible(panel)
    await fits(panel)
    await panel.get_by_role("button", name="Remove").first.click()
    remove = panel.get_by_role("dialog").get_by_role("button", name="Remove")
    await expect(remove).to_be_disabled()
    await panel.get_by_label("Type @page_bot to remove it").fill("@page_bot")
    await accessible(panel)
    await remove.click()
    await anna.hears("this chat has ended")
    await panel.wait_for_url("**/admin/bots")
    await expect(panel.get_by_role("link", name="@page_bot")).to_be_hidden(timeout=20_000)
    await panel.goto(f"{house.panel_url}/admin/bots/1")
    await expect(panel.get_by_text("BOT_TOKENS: its token is changed")).to_be_visible()
