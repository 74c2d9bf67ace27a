"""The supervision tree and the log in a browser, with the real processes behind them."""

from __future__ import annotations

import os
import re
import signal

import pytest
from playwright.async_api import Page, expect

from tests.browser.panel.checks import PHONE, accessible, fits
from tests.system.house import House

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

SOON = 60_000
"""Milliseconds: a process starts within them on a busy machine."""


def row(page: Page, name: str):
    return page.locator("#tree tbody tr").filter(has=page.get_by_text(name, exact=True)).first


async def opened(panel: Page, house: House, path: str = "processes") -> Page:
    await panel.goto(f"{house.panel_url}/admin/{path}")
    return panel


async def test_the_tree_shows_a_killed_worker_come_back(panel: Page, house: House):
    page = await opened(panel, house)
    await expect(row(page, "SessionActor").or_(row(page, "MatcherActor")).first).to_be_visible()
    worker = row(page, "worker-1")
    restarts = int(await worker.locator("td").nth(6).inner_text())
    os.kill(await house.pid_of("worker-1"), signal.SIGKILL)
    await expect(worker).to_contain_text(re.compile("comes back|starting|killed by SIGKILL"), timeout=4000)
    await expect(worker).to_contain_text("ready", timeout=SOON)
    await expect(worker.locator("td").nth(6)).to_have_text(str(restarts + 1))
    await expect(worker).to_contain_text("killed by SIGKILL")
    await expect(row(page, "MatcherActor")).to_contain_text("1 alive")
    await house.until_healthy()


async def test_an_error_leads_to_the_lines_of_the_log_of_then(panel: Page, house: House):
    page = await opened(panel, house)
    await row(page, "worker-1").get_by_role("link", name=re.compile("ago$|now")).click()
    await expect(page).to_have_title("Logs · Masquerade")
    await expect(page.locator("#shown")).to_contain_text("around")
    await expect(page.locator(".line.then")).to_be_in_viewport()
    await expect(page.locator("#lines")).to_contain_text("killed by SIGKILL")
    await page.get_by_label("Process").select_option("supervisor")
    await expect(page.locator("#lines .from").filter(has_text="worker-1")).to_have_count(0)
    assert "at=" in page.url
    await accessible(page)
    await page.get_by_role("button", name="To the newest").click()
    await expect(page.locator("#shown")).to_contain_text("line")
    assert "at=" not in page.url


async def test_on_a_phone_a_row_has_state_mailbox_and_restarts_and_the_rest_is_behind_a_tap(panel: Page, house: House):
    page = await opened(panel, house)
    await page.set_viewport_size(PHONE)
    worker, matcher = row(page, "worker-1"), row(page, "MatcherActor")
    await expect(matcher.locator("td").nth(2)).to_have_text(re.compile("of"))
    for cell in (1, 2, 6):
        await expect(worker.locator("td").nth(cell)).to_be_visible()
        await expect(matcher.locator("td").nth(cell)).to_be_visible()
    await expect(matcher.locator("td").nth(3)).to_be_hidden()
    await expect(worker.locator(".rest")).to_contain_text("messages/s")
    await worker.locator(".toggle").click()
    await expect(worker.locator(".rest")).to_be_hidden()
    await worker.locator(".toggle").click()
    await accessible(page)
    await matcher.get_by_role("button", name="MatcherActor").click()
    await expect(page.locator("#actors-about")).to_contain_text("messages/s, ")


async def test_one_actor_is_restarted_and_a_process_step_by_step(panel: Page, house: House):
    page = await opened(panel, house)
    await page.get_by_role("button", name="MatcherActor", exact=True).click()
    await expect(page.locator("#fullest tbody tr")).to_have_count(1)
    await accessible(page)
    await page.get_by_role("button", name="Restart matcher").click()
    await page.get_by_role("button", name="Close").click()
    await expect(row(page, "MatcherActor").locator("td").nth(6)).to_have_text("1", timeout=SOON)
    await page.get_by_role("button", name="Restart panel").click()
    await page.locator("#restart button.danger").click()
    await expect(page.locator("#steps")).to_contain_text("panel is ready after", timeout=SOON)
    await expect(page.locator("#health")).to_contain_text("well", timeout=SOON)


TROUBLE = "() => { window.troubles = []; document.addEventListener('trouble', ({ detail }) => troubles.push(detail)); }"
"""What the page says from now on of figures that do not come."""


async def test_of_two_panels_one_may_die_or_leave_under_an_open_page(panel: Page, house: House):
    page = await opened(panel, house)
    await page.evaluate(TROUBLE)
    await page.get_by_role("button", name="Scale").click()
    await page.get_by_label("What").select_option("panel")
    await page.get_by_label("How many").fill("2")
    await page.locator("#scale button.primary").click()
    await expect(row(page, "panel-2")).to_contain_text("ready", timeout=SOON)
    for name in ("panel", "panel-2"):
        restarts = row(page, name).locator("td").nth(6)
        before = await restarts.text_content()
        os.kill(await house.pid_of(name), signal.SIGKILL)
        await expect(restarts).not_to_have_text(before or "", timeout=SOON)
        await expect(row(page, name)).to_contain_text("ready", timeout=SOON)
    for count in ("1", "2", "1"):
        code, said = await house.command("scale", "panel", count)
        assert code == 0, said
        await expect(row(page, "panel-2")).to_have_count(int(count) - 1)
    assert await page.evaluate("troubles") == []


async def test_a_hanging_supervisor_is_said_and_the_page_recovers(panel: Page, house: House):
    page = await opened(panel, house)
    await expect(row(page, "worker-1")).to_contain_text("ready")
    with house.hanging():
        await expect(page.locator("#banner")).to_be_visible(timeout=15_000)
    await expect(page.locator("#banner")).to_be_hidden(timeout=SOON)
    await expect(row(page, "worker-1")).to_contain_text("ready", timeout=SOON)


async def test_the_log_is_chosen_followed_and_paused(panel: Page, house: House):
    page = await opened(panel, house, "logs")
    await expect(page.locator("#lines .line").first).to_be_visible()
    await page.get_by_label("Process").select_option("supervisor")
    await expect(page.locator("#lines .from").filter(has_text="worker-1")).to_have_count(0)
    assert "process=supervisor" in page.url
    await page.get_by_label("Text").fill("asked to restart panel")
    await page.wait_for_url(re.compile("text=asked"))
    await page.get_by_role("button", name="Pause").click()
    count = await page.locator("#lines .line").count()
    await house.command("restart", "panel")
    await expect(page.locator("#shown")).to_contain_text(re.compile("[1-9] new"), timeout=SOON)
    assert await page.locator("#lines .line").count() == count
    await page.get_by_role("button", name="Go on").click()
    await expect(page.locator("#lines .line").last).to_contain_text("asked to restart panel")
    await fits(page)


async def test_a_person_is_looked_for_by_the_pseudonym(panel: Page, house: House):
    page = await opened(panel, house, "logs")
    await page.get_by_role("button", name="Find a person").click()
    await page.get_by_label("Telegram id").fill("8100000001")
    await page.get_by_role("button", name="Find", exact=True).click()
    await expect(page.get_by_label("Text")).to_have_value(re.compile("^u[0-9a-f]{8}$"))
    assert "8100000001" not in page.url
