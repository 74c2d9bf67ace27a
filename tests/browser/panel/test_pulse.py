"""The panel's live figures in a real browser, on a whole house."""

from __future__ import annotations

import asyncio
import os
import re
import signal

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.panel.checks import accessible, fits, held_back
from tests.control.supervisors import alive
from tests.system.house import House
from tests.system.people import Town

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

NOTES = """() => {
  window.noted = [];
  const read = (name) => document.querySelector(`[data-figure="${name}"] .value`).textContent;
  const text = (id) => document.getElementById(id).textContent;
  const note = () => noted.push({at: Date.now(), health: text("health"), banner: text("banner"), chats: read("chats")});
  new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
"""What the page shows from now on, each time that it changes."""

WELL = re.compile("All is well|supervisor is back")


async def updated(page: Page) -> None:
    """The page hears something new."""
    before = await page.locator("#updated").text_content()
    await expect(page.locator("#updated")).not_to_have_text(before or "")


async def test_eight_tabs_are_live_at_once(owner: BrowserContext, house: House):
    tabs = [await owner.new_page() for _ in range(8)]
    for tab in tabs:
        await tab.goto(f"{house.panel_url}/admin/dashboard")
    await asyncio.gather(*map(updated, tabs))
    await tabs[0].close()  # the one that listened for all
    await asyncio.gather(*map(updated, tabs[1:]))
    for tab in tabs[1:]:
        await tab.close()


async def test_a_killed_worker_shows_within_two_seconds_and_nothing_falls_to_zero(panel: Page, house: House):
    town = Town(house)
    await town.chatting()
    await expect(panel.locator('[data-figure="chats"] .value')).to_have_text("1")
    await panel.evaluate(NOTES)
    pid = await house.pid_of("worker-1")
    killed_at = await panel.evaluate("Date.now()")
    os.kill(pid, signal.SIGKILL)
    await expect(panel.locator("#health")).to_have_text("Something is wrong")
    await expect(panel.get_by_role("region", name="Last hour")).to_contain_text("killed by SIGKILL")
    await expect(panel.locator("#health")).to_have_text("worker-1 is back")
    await expect(panel.locator('[data-figure="chats"] .value')).to_have_text("1")
    noted = await panel.evaluate("noted")
    seen_at = next(each["at"] for each in noted if each["health"] == "Something is wrong")
    assert seen_at - killed_at < 2000
    assert {each["chats"] for each in noted} <= {"1", "\u2013"}
    await town.goes_home()


async def test_the_history_is_there_after_a_restart_of_the_panel(panel: Page, house: House):
    async def chats(minutes: int) -> list[float | None]:
        body = await panel.evaluate(f"fetch('/api/history?minutes={minutes}').then((answer) => answer.json())")
        return list(body["series"].get("chats", []))

    async with asyncio.timeout(60):
        while not any(value is not None for value in (await chats(60))[-3:]):
            await updated(panel)
    before = sum(value is not None for value in await chats(60))
    pid = await house.pid_of("panel")
    os.kill(pid, signal.SIGKILL)
    await house.until(lambda status: bool(status) and status["healthy"] and _pid(status) not in {0, pid})
    await expect(panel.locator("#health")).not_to_have_text("Reconnecting…")
    lately = panel.get_by_role("region", name="Last hour")
    await expect(lately).to_contain_text("worker-1 was started")
    async with asyncio.timeout(60):
        while sum(value is not None for value in await chats(60)) < before:
            await updated(panel)


async def test_a_killed_supervisor_leaves_the_records_and_the_page_goes_on_with_the_next_run(panel: Page, house: House):
    town = Town(house)
    await town.chatting()
    await expect(panel.locator('[data-figure="chats"] .value')).to_have_text("1")
    await panel.evaluate(NOTES)
    left = await house.pid_of("panel")
    await house.kill_supervisor()
    banner = panel.locator("#banner")
    await expect(banner).to_contain_text("The supervisor does not answer", timeout=10_000)
    records = await panel.context.new_page()
    for path in ("users", "audit", "configuration", "admins", "bots"):
        answer = await records.goto(f"{house.panel_url}/admin/{path}")
        assert answer is not None
        assert answer.status == 200, path
        await expect(records.locator("#banner")).to_contain_text("The supervisor does not answer")
        await accessible(records)
        await fits(records)
    await house.launch()
    await house.until_healthy()
    await house.until(lambda _: not alive(left))
    await expect(panel.locator("#health")).to_have_text(WELL)
    await expect(banner).to_be_hidden()
    await expect(panel.locator('[data-figure="chats"] .value')).to_have_text("1")
    noted = await panel.evaluate("noted")
    assert {each["chats"] for each in noted} <= {"1", "\u2013"}
    assert "The panel cannot be reached" not in {each["banner"] for each in noted}
    chats = await panel.evaluate("fetch('/api/history?minutes=15').then((answer) => answer.json())")
    known = [value is not None for value in chats["series"]["chats"]]
    first, last = known.index(True), len(known) - known[::-1].index(True)
    assert not all(known[first:last]), "what nobody knew is a gap"
    await records.reload()
    await expect(records.locator("#health")).to_have_text(WELL)
    await records.close()
    await town.goes_home()


def _pid(status: dict) -> int:
    return next(process["pid"] for process in status["processes"] if process["name"] == "panel")


async def at(page: Page, title: str) -> None:
    """There, and its scripts run."""
    await expect(page).to_have_title(f"{title} · Masquerade")
    await expect(page.locator("#health")).not_to_have_text("Connecting…")


async def test_the_last_hour_tells_what_admins_did_and_leads_to_the_log(panel: Page, house: House):
    code, said = await house.command("config", "set", "chat.idle_minutes", "61")
    assert code == 0, said
    lately = panel.get_by_role("region", name="Last hour")
    await expect(lately).to_contain_text("(command line): set chat.idle_minutes")
    await house.command("config", "unset", "chat.idle_minutes")
    await lately.get_by_title("To the log of then").last.click()
    await at(panel, "Logs")


async def test_the_queues_tell_who_waits_why_and_what_a_flood_wait_holds(panel: Page, house: House):
    town = Town(house)
    anna = await town.registered()
    await anna.says("/find")
    await anna.hears("Looking")
    await panel.goto(f"{house.panel_url}/admin/queues")
    await expect(panel.locator("#queues")).to_contain_text("Nobody else waits.")
    await expect(panel.locator("#streams")).to_contain_text("0 of 100,000")
    await house.fault("flood_wait", bot=anna.bot, method="messages.SendMessage", seconds=20)
    await anna.says("/help")
    sends = panel.locator("#sends tr").filter(has_text=f"@{anna.bot}")
    await expect(sends.locator("td").nth(2)).not_to_have_text("0")
    await accessible(panel)
    await fits(panel)
    await house.http.delete("/api/faults")
    await town.goes_home()


async def test_keys_and_the_command_line_lead_to_each_page(panel: Page, house: House):
    await at(panel, "Overview")
    await panel.locator("body").press("?")
    await expect(panel.get_by_role("dialog", name="Keys")).to_be_visible()
    await panel.keyboard.press("Escape")
    await panel.keyboard.press("g")
    await panel.keyboard.press("q")
    await at(panel, "Queues")
    await panel.keyboard.press("Control+k")
    await panel.get_by_role("combobox").fill("overv")
    await expect(panel.get_by_role("option")).to_have_count(1)
    await panel.keyboard.press("Enter")
    await at(panel, "Overview")
    await panel.keyboard.press("/")
    await panel.get_by_role("combobox").fill("oldest age")
    await expect(panel.get_by_role("option")).to_contain_text("profile.max_age")
    await panel.keyboard.press("Enter")
    await at(panel, "Configuration")
    await expect(panel.locator('.setting[data-key="profile.max_age"]')).to_be_in_viewport()
    await panel.keyboard.press("/")
    await panel.get_by_role("combobox").fill("not deliv")
    await panel.keyboard.press("Enter")
    await at(panel, "Queues")
    await expect(panel.get_by_role("heading", name="Not delivered")).to_be_in_viewport()
    await panel.keyboard.press("/")
    await panel.get_by_role("combobox").fill("no such thing")
    await expect(panel.get_by_text("Nothing is called that.")).to_be_visible()


async def test_a_button_that_is_pressed_before_the_scripts_are_there_is_pressed_again_once_they_are(panel: Page, house: House):
    async with held_back(panel, "js/shell.js"):
        await panel.goto(f"{house.panel_url}/admin/admins", wait_until="commit")
        await panel.get_by_role("button", name="Add an admin").click()
    await expect(panel.locator("#add-admin")).to_be_visible()
    await panel.get_by_role("button", name="Cancel").click()
    await expect(panel.locator("#add-admin")).to_be_hidden()


async def test_on_a_phone_the_menu_is_a_sheet(panel: Page):
    await at(panel, "Overview")
    await panel.set_viewport_size({"width": 390, "height": 844})
    menu = panel.get_by_role("navigation", name="Main")
    await expect(menu).to_be_hidden()
    await panel.get_by_role("button", name="Menu").click()
    await menu.get_by_role("link", name="Queues").click()
    await expect(panel).to_have_title("Queues · Masquerade")
    await expect(menu).to_be_hidden()


async def test_a_chosen_theme_stays_and_is_there_before_anything_is_drawn(panel: Page):
    await at(panel, "Overview")
    theme = panel.get_by_role("button", name="Theme")
    await theme.click()
    await theme.click()
    await expect(theme).to_have_attribute("aria-label", "Theme: dark")
    await panel.reload(wait_until="commit")
    assert (
        await panel.evaluate("new Promise((done) => requestAnimationFrame(() => done(document.documentElement.dataset.theme)))")
        == "dark"
    )
    await theme.click()
    await expect(theme).to_have_attribute("aria-label", "Theme: as the system")
