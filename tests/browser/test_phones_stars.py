"""Stars on the phones page: a person pays a bot on strings, is refused, tops up, reads receipts, ends subscriptions."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect
from pyrogram import raw

from tests.browser.phone import Phone, take
from tests.browser.puppet import Puppet, inline

types = raw.types
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

MONTH = 2_592_000
FIRST = 10_000
"""Stars of a new phone."""
DOUBLE = "button => { button.click(); button.click(); }"


def sheet(page: Page, name: str = "Anna") -> Locator:
    return page.get_by_role("dialog", name=f"{name}'s payment")


def overview(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Anna's Stars")


def button(part: Locator, name: str) -> Locator:
    return part.get_by_role("button", name=name, exact=True)


async def wallet(phone: Phone) -> Any:
    page = phone.element.page
    return await (await page.request.get(f"{_origin(page)}/api/users/{phone.user}/stars")).json()


async def gets(phone: Phone, stars: int) -> None:
    """Stars come to this phone; a negative number takes some away."""
    page = phone.element.page
    answer = await page.request.post(f"{_origin(page)}/api/users/{phone.user}/stars", data={"add": stars})
    assert answer.ok, await answer.text()


def _origin(page: Page) -> str:
    return re.sub(r"(?<=\d)/.*", "", page.url)


async def is_offered(phone: Phone, puppet: Puppet, stars: int = 50, **rest: Any) -> Locator:
    """An invoice stands on the phone and its sheet is open."""
    await puppet.sells(phone.user, stars, **rest)
    await phone.button(f"Pay ⭐{stars}").click()
    payment = sheet(phone.element.page)
    await expect(payment).to_be_visible()
    return payment


async def buys(phone: Phone, puppet: Puppet, stars: int = 50, **rest: Any) -> None:
    payment = await is_offered(phone, puppet, stars, **rest)
    await button(payment, "Confirm").click()
    await puppet.approves(await puppet.is_asked())
    await expect(payment).to_be_hidden()


async def subscribes(phone: Phone, puppet: Puppet, stars: int = 30) -> None:
    link = await puppet.offers(stars, period=MONTH, title="Club")
    await puppet.says(phone.user, "Join", keyboard=inline([("Subscribe", link)]))
    await phone.element.get_by_role("link", name="Subscribe").click()
    payment = sheet(phone.element.page)
    await expect(payment).to_contain_text(f"{stars} ⭐ every month")
    await button(payment, "Confirm").click()
    await puppet.approves(await puppet.is_asked())
    await expect(payment).to_be_hidden()


async def opens_overview(phone: Phone) -> Locator:
    await phone.element.get_by_role("button", name="Anna's Stars").click()
    found = overview(phone.element.page)
    await expect(found).to_be_visible()
    return found


async def test_an_invoice_is_paid_and_becomes_paid(page, anna, puppet):
    payment = await is_offered(anna, puppet, title="VIP", description="A month of it")
    for words in ("VIP", "A month of it", "50 ⭐", "10,000 ⭐"):
        await expect(payment).to_contain_text(words)
    await expect(button(payment, "Confirm")).to_be_focused()
    await page.keyboard.press("Enter")
    query = await puppet.is_asked()
    assert query.total_amount == 50
    await expect(payment.get_by_role("status")).to_have_text(re.compile("^Asking "))
    await puppet.approves(query)
    await expect(payment).to_be_hidden()
    await expect(anna.bubble("You paid 50 ⭐ for VIP")).to_be_visible()
    await expect(anna.element.get_by_role("group", name="Invoice: VIP")).to_contain_text("Paid")
    await expect(anna.button("Pay ⭐50")).to_have_count(0)
    await expect(anna.element.get_by_role("button", name="Anna's Stars")).to_have_text("9,950 ⭐")
    await page.reload()
    again = await take(page, "Anna")
    await expect(again.element.get_by_role("group", name="Invoice: VIP")).to_contain_text("Paid")
    await expect(again.bubble("You paid 50 ⭐ for VIP")).to_be_visible()


async def test_an_invoice_without_an_end_stays_payable(anna, puppet):
    await buys(anna, puppet, once=False)
    await anna.button("Pay ⭐50").click()
    await button(sheet(anna.element.page), "Confirm").click()
    await puppet.approves(await puppet.is_asked())
    await expect(anna.bubble("You paid 50 ⭐")).to_have_count(2)
    await expect(anna.element.get_by_role("button", name="Anna's Stars")).to_have_text("9,900 ⭐")


async def test_a_refusal_is_told_in_the_bots_own_words_and_costs_nothing(anna, puppet):
    payment = await is_offered(anna, puppet)
    await button(payment, "Confirm").click()
    await puppet.refuses(await puppet.is_asked(), "Sold out: come back on Monday.")
    popup = anna.element.get_by_role("alertdialog")
    await expect(popup).to_contain_text("Sold out: come back on Monday.")
    await expect(popup).to_contain_text("Nothing was paid")
    await expect(payment).to_be_hidden()
    await expect(popup.get_by_role("button", name="OK")).to_be_focused()
    await popup.get_by_role("button", name="OK").press("Escape")
    await expect(popup).to_be_hidden()
    assert (await wallet(anna))["balance"] == FIRST
    await expect(anna.button("Pay ⭐50")).to_be_visible()


async def test_however_often_confirm_is_pressed_it_is_paid_once(anna, puppet):
    payment = await is_offered(anna, puppet, once=False)
    await button(payment, "Confirm").evaluate(DOUBLE)
    await button(payment, "Confirm").press("Enter")
    query = await puppet.is_asked()
    await puppet.approves(query)
    await expect(anna.bubble("You paid 50 ⭐")).to_have_count(1)
    assert not puppet.is_asked_more()
    assert (await wallet(anna))["balance"] == FIRST - 50


async def test_a_sheet_closed_in_the_middle_is_shown_again_and_not_begun_twice(page, anna, puppet):
    payment = await is_offered(anna, puppet, once=False)
    await button(payment, "Confirm").click()
    query = await puppet.is_asked()
    await page.keyboard.press("Escape")
    await expect(payment).to_be_hidden()
    await anna.button("Pay ⭐50").evaluate(DOUBLE)
    await expect(payment).to_have_count(1)
    await expect(payment.get_by_role("status")).to_have_text(re.compile("^Asking "))
    await button(payment, "Confirm").evaluate(DOUBLE)
    await puppet.approves(query)
    await expect(payment).to_be_hidden()
    await expect(anna.bubble("You paid 50 ⭐")).to_have_count(1)
    assert not puppet.is_asked_more()


async def test_an_answer_that_was_lost_is_asked_for_again_without_a_second_charge(page, anna, puppet):
    payment = await is_offered(anna, puppet, once=False)

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/pay", lose)
    await button(payment, "Confirm").click()
    await puppet.approves(await puppet.is_asked())
    await expect(payment.get_by_role("alert")).to_contain_text("it is paid once")
    await page.unroute("**/pay")
    await button(payment, "Confirm").click()
    await expect(payment).to_be_hidden()
    assert (await wallet(anna))["balance"] == FIRST - 50
    assert not puppet.is_asked_more()


async def test_who_has_too_few_stars_gets_more_and_pays(anna, puppet):
    await gets(anna, 20 - FIRST)
    payment = await is_offered(anna, puppet, 1010)
    await expect(button(payment, "Confirm")).to_have_count(0)
    await expect(payment).to_contain_text("990 ⭐ more are needed")
    await button(payment, "Get 1,000 ⭐").click()
    await expect(button(payment, "Confirm")).to_be_focused()
    await expect(payment).to_contain_text("1,020 ⭐")
    await button(payment, "Confirm").click()
    await puppet.approves(await puppet.is_asked())
    await expect(anna.bubble("You paid 1,010 ⭐")).to_be_visible()
    assert (await wallet(anna))["balance"] == 10


async def test_stars_that_are_gone_in_the_meantime_are_told(anna, puppet):
    payment = await is_offered(anna, puppet)
    await gets(anna, -FIRST)
    await button(payment, "Confirm").click()
    await expect(payment.get_by_role("alert")).to_contain_text("50 ⭐ are needed. Nothing was paid.")
    await button(payment, "Get 1,000 ⭐").click()
    await expect(payment.get_by_role("alert")).to_be_hidden()
    await button(payment, "Confirm").click()
    await puppet.approves(await puppet.is_asked())
    await expect(anna.bubble("You paid 50 ⭐")).to_be_visible()


async def test_a_bot_that_does_not_answer_is_told_and_can_be_asked_again(page, anna, puppet):
    payment = await is_offered(anna, puppet)
    await button(payment, "Confirm").click()
    await puppet.is_asked()
    await page.request.post(f"{_origin(page)}/api/clock", data={"advance": 60})
    await expect(payment.get_by_role("alert")).to_contain_text("did not answer within ten seconds")
    await button(payment, "Confirm").click()
    await puppet.approves(await puppet.is_asked())
    await expect(anna.bubble("You paid 50 ⭐")).to_be_visible()


async def test_a_sheet_left_open_for_too_long_is_opened_again(page, anna, puppet):
    payment = await is_offered(anna, puppet)
    await page.request.post(f"{_origin(page)}/api/clock", data={"advance": 601})
    await button(payment, "Confirm").click()
    await expect(payment.get_by_role("alert")).to_contain_text("left open for too long")
    await button(payment, "Open it again").click()
    await expect(payment.get_by_role("alert")).to_be_hidden()
    await button(payment, "Confirm").click()
    await puppet.approves(await puppet.is_asked())
    await expect(anna.bubble("You paid 50 ⭐")).to_be_visible()


async def test_what_was_paid_in_the_meantime_cannot_be_paid(page, anna, puppet):
    payment = await is_offered(anna, puppet)
    number = int(await anna.bubbles.last.locator("xpath=ancestor::*[@data-id]").get_attribute("data-id"))
    elsewhere = {"bot": "sandbox_one_bot", "message_id": number}
    paying = asyncio.create_task(page.request.post(f"{_origin(page)}/api/users/{anna.user}/pay", data=elsewhere))
    await puppet.approves(await puppet.is_asked())
    assert (await (await paying).json())["outcome"] == "paid"
    await button(payment, "Confirm").click()
    await expect(payment.get_by_role("alert")).to_contain_text("cannot be paid: this invoice was paid")
    await button(payment, "Close").click()
    await expect(payment).to_be_hidden()


async def test_the_receipt_has_the_id_to_copy_and_says_when_it_was_refunded(page, context, anna, puppet):
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    await buys(anna, puppet)
    charge = (await wallet(anna))["transactions"][-1]["id"]
    await anna.bubble("You paid 50 ⭐").press("Enter")
    receipt = page.get_by_role("dialog", name="Receipt")
    await expect(receipt).to_contain_text(charge)
    await button(receipt, "Copy the transaction id").click()
    await expect(receipt.get_by_role("status")).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == charge
    await expect(receipt).not_to_contain_text("Refunded")
    await puppet.gives_back(anna.user, charge)
    await expect(receipt).to_contain_text("Refunded")
    await page.keyboard.press("Escape")
    await expect(receipt).to_be_hidden()
    await expect(anna.bubble("You paid 50 ⭐")).to_be_focused()
    await expect(anna.bubble("Refunded: 50 ⭐ for VIP")).to_be_visible()
    await expect(anna.element.get_by_role("button", name="Anna's Stars")).to_have_text("10,000 ⭐")
    await anna.bubble("Refunded: 50 ⭐").click()
    await expect(receipt).to_contain_text("Given back")
    await expect(receipt).to_contain_text(charge)


async def test_a_paid_invoice_leads_to_its_receipt(page, anna, puppet):
    await buys(anna, puppet)
    await anna.button("Receipt").click()
    charge = (await wallet(anna))["transactions"][-1]["id"]
    await expect(page.get_by_role("dialog", name="Receipt")).to_contain_text(charge)


async def test_the_phones_menu_shows_the_stars_and_adds_some(page, anna, puppet):
    await buys(anna, puppet)
    await anna.element.get_by_role("button", name=re.compile("^More about")).click()
    await page.get_by_role("menuitem", name="Stars: 9,950 ⭐").click()
    dialog = overview(page)
    await expect(dialog).to_contain_text("Nothing is subscribed to.")
    await dialog.get_by_role("spinbutton").fill("500")
    await button(dialog, "Add Stars").click()
    await expect(dialog.locator(".balance")).to_have_text("10,450 ⭐")
    newest = dialog.get_by_role("listitem").filter(has_text="⭐").first
    await expect(newest).to_contain_text("+500 ⭐")
    await dialog.get_by_role("spinbutton").fill("-20000")
    await button(dialog, "Add Stars").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("fewer than 0 Stars")
    await dialog.get_by_role("button", name="VIP").click()
    await expect(page.get_by_role("dialog", name="Receipt")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Receipt")).to_be_hidden()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


async def test_a_subscription_is_cancelled_and_restored(page, anna, puppet):
    await subscribes(anna, puppet)
    dialog = await opens_overview(anna)
    line = dialog.get_by_role("listitem").filter(has_text="every month")
    await expect(line).to_contain_text("Renews")
    await button(line, "Cancel: Club").click()
    await expect(line).to_contain_text("Cancelled, stays until")
    await expect(button(line, "Restore: Club")).to_be_focused()
    assert (await wallet(anna))["subscriptions"][0]["canceled"]
    await page.keyboard.press("Enter")
    await expect(line).to_contain_text("Renews")
    assert not (await wallet(anna))["subscriptions"][0]["canceled"]


async def test_the_clock_renews_a_subscription_and_ends_one_that_cannot_be_paid(page, anna, puppet):
    await subscribes(anna, puppet)
    await page.get_by_role("button", name="Faults", exact=True).click()
    clock = page.get_by_role("complementary", name="Faults").get_by_role("region", name="Clock of Stars")
    await expect(clock).to_contain_text("It shows")
    await clock.get_by_label("Move on by").select_option("30 days")
    await clock.get_by_role("button", name="Move on").click()
    await expect(anna.bubble("You paid 30 ⭐ for Club again")).to_be_visible()
    await expect(anna.element.get_by_role("button", name="Anna's Stars")).to_have_text("9,940 ⭐")
    await gets(anna, -9940)
    await clock.get_by_role("button", name="Move on").click()
    await expect(page.get_by_text("moved on by 30 days").first).to_be_visible()
    await page.get_by_role("button", name="Close faults").click()
    dialog = await opens_overview(anna)
    line = dialog.get_by_role("listitem").filter(has_text="every month")
    await expect(line).to_contain_text("there were too few Stars")
    await button(line, "Pay again: Club").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("30 Stars are needed")
    await button(dialog, "Add Stars").click()
    await expect(dialog.locator(".balance")).to_have_text("1,000 ⭐")
    await button(line, "Pay again: Club").click()
    await expect(line).to_contain_text("Renews")
    await expect(dialog.locator(".balance")).to_have_text("970 ⭐")


@pytest.mark.parametrize("where", ["text", "button"])
async def test_a_link_to_an_invoice_opens_the_sheet(page, anna, puppet, where):
    link = await puppet.offers(70, title="A gift")
    if where == "text":
        await anna.writes(f"look: {link}")
        await anna.bubble("look:").get_by_role("link").click()
    else:
        await puppet.says(anna.user, "A shop", keyboard=inline([("Buy it", link)]))
        await anna.element.get_by_role("link", name="Buy it").click()
    payment = sheet(page)
    await expect(payment).to_contain_text("A gift")
    await button(payment, "Confirm").click()
    await puppet.approves(await puppet.is_asked())
    await expect(anna.bubble("You paid 70 ⭐ for A gift")).to_be_visible()
    assert len(page.context.pages) == 1


async def test_a_link_to_no_invoice_says_so(page, anna):
    await anna.writes("look: https://t.me/$nothing_of_the_kind")
    await anna.bubble("look:").get_by_role("link").click()
    await expect(page.locator(".toast.bad")).to_contain_text("There is no such invoice")


async def test_a_link_to_a_bot_opens_its_chat_and_starts_it(page, anna, puppet):
    boris = await take(page, "Boris")
    await boris.button("Start").click()
    await boris.writes("A gift: https://t.me/Sandbox_One_Bot?start=gift_abc")
    await boris.bubble("A gift:").get_by_role("link").click()
    started = await puppet.hears("/start gift_abc")
    assert started.peer_id.user_id == boris.user
    await expect(boris.bubble("/start gift_abc")).to_be_visible()
    await expect(boris.bubble("A gift:")).to_have_count(0)


async def test_a_link_to_anywhere_else_is_the_browsers(page, anna, puppet):
    away = _origin(page).replace("http:", "https:")
    await puppet.says(anna.user, "Elsewhere", keyboard=inline([("Away", f"{away}/api/clock")]))
    async with page.context.expect_page() as opening:
        await anna.element.get_by_role("link", name="Away").click()
    await (await opening.value).close()


async def test_at_phone_width_nothing_of_the_dialogs_lies_beside(page, anna, puppet):
    await page.set_viewport_size({"width": 390, "height": 844})
    payment = await is_offered(anna, puppet, title="W" * 32, description="w" * 255)
    await _fits(page, payment)
    await button(payment, "Confirm").click()
    await puppet.approves(await puppet.is_asked())
    await anna.bubble("You paid 50 ⭐").click()
    await _fits(page, page.get_by_role("dialog", name="Receipt"))
    await page.keyboard.press("Escape")
    await subscribes(anna, puppet)
    await anna.element.get_by_role("button", name="All chats").click()
    await _fits(page, await opens_overview(anna))


async def _fits(page: Page, dialog: Locator) -> None:
    await expect(dialog).to_be_visible()
    assert await dialog.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
