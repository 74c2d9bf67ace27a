"""The phones page by itself: a bot on strings says what each case needs."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect
from pyrogram import raw

from tests.browser.machine import SandboxProcess
from tests.browser.phone import boxes, take
from tests.browser.puppet import inline, keys

types = raw.types
PAGE = 500
"""Messages of a chat that the page reads at once."""
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


async def test_an_empty_page_invites_to_take_two_phones(page, sandbox):
    await page.goto(sandbox.phones_url)
    await expect(page.get_by_text("Nobody is here yet")).to_be_visible()
    await page.get_by_role("button", name="Open a pair of phones").click()
    await expect(page.locator(".phone")).to_have_count(2)
    await expect(page.get_by_text("Nobody is here yet")).to_be_hidden()


async def test_the_two_of_a_pair_write_to_different_bots(page, anna):
    boris = await take(page, "Boris")
    names = [await phone.element.locator(".who b").text_content() for phone in (anna, boris)]
    assert len(set(names)) == 2


async def test_what_is_typed_reaches_the_bot_and_the_answer_the_phone(anna, puppet):
    await anna.writes("Hello")
    await puppet.hears("Hello")
    await expect(anna.box).to_have_value("")
    await puppet.says(anna.user, "Good evening")
    await expect(anna.bubble("Good evening")).to_be_visible()


async def test_shift_enter_makes_a_new_line_and_enter_sends_both(anna, puppet):
    await anna.box.press_sequentially("first")
    await anna.box.press("Shift+Enter")
    await anna.box.press_sequentially("second")
    await anna.box.press("Enter")
    await puppet.hears("first\nsecond")


async def test_many_messages_typed_fast_arrive_in_order(anna, puppet):
    for number in range(20):
        await anna.writes(f"line {number}")
    for number in range(20):
        await puppet.hears(f"line {number}")


async def test_text_is_never_markup(page, anna, puppet):
    nasty = "<img src=x onerror=\"document.title='owned'\"><b>bold?</b>"
    await puppet.says(anna.user, nasty)
    await expect(anna.bubble(nasty)).to_be_visible()
    assert await anna.element.locator(".bubble img, .bubble b").count() == 0
    assert "owned" not in await page.title()


async def test_formatting_is_drawn_by_utf16_offsets(anna, puppet):
    text = "🎭 bold and nested link"
    entities = [
        types.MessageEntityBold(offset=3, length=15),
        types.MessageEntityItalic(offset=12, length=6),
        types.MessageEntityTextUrl(offset=19, length=4, url="https://example.org/"),
    ]
    await puppet.says(anna.user, text, entities=entities)
    bubble = anna.bubble("bold and nested")
    await expect(bubble.locator("strong")).to_have_text("bold and nested")
    await expect(bubble.locator("strong em")).to_have_text("nested")
    await expect(bubble.locator("a")).to_have_attribute("href", "https://example.org/")


async def test_a_link_that_would_run_code_is_only_text(anna, puppet):
    entities = [types.MessageEntityTextUrl(offset=0, length=4, url="javascript:alert(1)")]
    await puppet.says(anna.user, "trap", entities=entities)
    await expect(anna.bubble("trap")).to_be_visible()
    assert await anna.bubble("trap").locator("a").count() == 0


async def test_a_spoiler_is_hidden_until_it_is_pressed(anna, puppet):
    await puppet.says(anna.user, "the butler", entities=[types.MessageEntitySpoiler(offset=4, length=6)])
    spoiler = anna.element.get_by_role("button", name="Hidden text")
    await spoiler.focus()
    await spoiler.press("Enter")
    await expect(anna.bubble("the butler").locator(".spoiler.shown")).to_be_visible()


async def test_a_pressed_button_turns_until_the_bot_answers(anna, puppet):
    await puppet.says(anna.user, "Choose", keyboard=inline([("Tea", "t"), ("Coffee", "c")]))
    await anna.button("Coffee").click()
    query = await puppet.is_pressed()
    assert query.data == b"c"
    await expect(anna.button("Coffee")).to_have_attribute("aria-busy", "true")
    await puppet.answers(query, "Noted")
    await expect(anna.button("Coffee")).not_to_have_attribute("aria-busy", "true")
    await expect(anna.element.get_by_text("Noted")).to_be_visible()


async def test_an_alert_stays_until_it_is_read(anna, puppet):
    await puppet.says(anna.user, "Choose", keyboard=inline([("Danger", "d")]))
    await anna.button("Danger").click()
    await puppet.answers(await puppet.is_pressed(), "Are you sure?", alert=True)
    alert = anna.element.get_by_role("alertdialog")
    await expect(alert).to_contain_text("Are you sure?")
    await alert.get_by_role("button", name="OK").press("Enter")
    await expect(alert).to_be_hidden()


async def test_keys_of_the_reply_keyboard_are_sent_as_text_and_can_be_taken_away(anna, puppet):
    await puppet.says(anna.user, "Menu", keyboard=keys(["Find partner"], ["Help"]))
    await anna.button("Find partner").click()
    await puppet.hears("Find partner")
    await puppet.says(anna.user, "Gone", keyboard=types.ReplyKeyboardHide())
    await expect(anna.button("Find partner")).to_be_hidden()


async def test_a_reply_quotes_its_message_and_escape_forgets_it(anna, puppet):
    await puppet.says(anna.user, "A question")
    await anna.bubble("A question").dblclick()
    await expect(anna.element.locator(".context")).to_contain_text("A question")
    await anna.box.press("Escape")
    await expect(anna.element.locator(".context")).to_be_hidden()
    await anna.bubble("A question").dblclick()
    await anna.writes("An answer")
    assert (await puppet.hears("An answer")).reply_to is not None
    await expect(anna.bubble("An answer").locator(".quote")).to_contain_text("A question")


async def test_ones_own_message_is_edited_from_the_menu(page, anna, puppet):
    await anna.writes("teh typo")
    await anna.bubble("teh typo").click(button="right")
    await page.get_by_role("menuitem", name="Edit").click()
    await anna.writes("the typo")
    await puppet.hears("the typo")
    await expect(anna.bubble("the typo")).to_contain_text("edited")
    await expect(anna.bubble("teh typo")).to_have_count(0)


async def test_the_bots_edit_shows(anna, puppet):
    message = await puppet.says(anna.user, "before")
    await expect(anna.bubble("before")).to_be_visible()
    await puppet.changes(anna.user, message, "after")
    await expect(anna.bubble("after")).to_contain_text("edited")


OVERLAP = """bubble => {
    const words = document.createRange();
    words.selectNodeContents(bubble.querySelector(".text").firstChild);
    const text = words.getBoundingClientRect(), time = bubble.querySelector(".meta").getBoundingClientRect();
    return text.right > time.left && text.bottom > time.top;
}"""


async def test_the_time_never_covers_the_text(anna, puppet):
    await puppet.says(anna.user, "What is your gender?")
    await expect(anna.bubble("What is your gender?")).to_be_visible()
    assert not await anna.bubble("What is your gender?").evaluate(OVERLAP)


async def test_a_blocked_bot_is_told_and_can_be_unblocked(page, anna, puppet):
    await anna.element.get_by_role("button", name=re.compile("^More about")).click()
    await page.get_by_role("menuitem", name="Block the bot").click()
    await anna.element.get_by_role("button", name=re.compile("^Unblock")).click()
    await anna.writes("back again")
    await puppet.hears("back again")


async def test_a_refusal_says_why_and_gives_the_text_back(page, anna):
    await anna.writes("x" * 100_001)
    await expect(page.locator(".toast.bad")).to_contain_text("100000")
    await expect(anna.box).to_have_value("x" * 100_001)


async def test_the_page_remembers_its_people_and_their_chats(page, anna, puppet):
    await puppet.says(anna.user, "Remember me", keyboard=keys(["Yes"]))
    await expect(anna.bubble("Remember me")).to_be_visible()
    await page.reload()
    again = await take(page, "Anna")
    assert again.user == anna.user
    await expect(again.bubble("Remember me")).to_be_visible()
    await expect(again.button("Yes")).to_be_visible()
    await expect(page.locator(".phone")).to_have_count(2)


async def test_a_phone_put_away_can_be_taken_up_again(page, anna):
    await page.get_by_role("button", name="Put Anna's phone away").click()
    await expect(page.locator(".phone")).to_have_count(1)
    await page.get_by_role("button", name="New person").click()
    await page.get_by_role("button", name="Anna").first.click()
    await expect((await take(page, "Anna")).bubble("/start")).to_be_visible()


async def test_a_reader_further_up_is_left_alone_and_told_of_news(anna, puppet):
    for number in range(40):
        await puppet.says(anna.user, f"line {number}")
    await expect(anna.bubble("line 39")).to_be_in_viewport()
    await anna.bubble("line 5").scroll_into_view_if_needed()
    await puppet.says(anna.user, "news")
    await expect(anna.element.locator(".to-end .badge")).to_have_text("1")
    await expect(anna.bubble("line 5")).to_be_in_viewport()
    await anna.element.get_by_role("button", name="Go to the newest message").click()
    await expect(anna.bubble("news")).to_be_in_viewport()
    await expect(anna.element.locator(".to-end")).to_be_hidden()


async def test_a_reader_at_the_end_stays_there_when_the_bots_keyboard_opens(anna, puppet):
    for number in range(20):
        await puppet.says(anna.user, f"line {number}")
    await expect(anna.bubble("line 19")).to_be_in_viewport()
    await puppet.says(anna.user, "choose", keyboard=keys(["One"], ["Two"]))
    await puppet.says(anna.user, "or not")
    await expect(anna.key("One")).to_be_visible()
    await expect(anna.bubble("or not")).to_be_in_viewport(ratio=0.9)
    await expect(anna.element.locator(".to-end")).to_be_hidden()


async def test_messages_in_another_chat_are_counted_until_it_is_opened(anna, puppet):
    await anna.element.get_by_role("button", name="All chats").click()
    await puppet.says(anna.user, "one")
    await puppet.says(anna.user, "two")
    row = anna.element.locator(".chat-row").first
    await expect(row.locator(".badge")).to_have_text("2")
    await expect(row).to_contain_text("two")
    await row.press("Enter")
    await expect(anna.bubble("two")).to_be_visible()
    await anna.element.get_by_role("button", name="All chats").click()
    await expect(row.locator(".badge")).to_have_count(0)


async def test_a_lost_connection_is_said_and_what_was_missed_comes_after(page, tmp_path):
    own = SandboxProcess(tmp_path)
    await own.start()
    try:
        await page.goto(own.phones_url)
        await page.get_by_role("button", name="Two people").click()
        anna = await take(page, "Anna")
        await anna.button("Start").click()
        await own.stop()
        await expect(page.get_by_role("alert")).to_contain_text("connection to the sandbox is lost")
        await own.start()
        bot = int(own.tokens[0].partition(":")[0])
        missed = {"bot": bot, "text": "meanwhile"}
        assert (await page.request.post(f"{own.phones_url}api/users/{anna.user}/messages", data=missed)).ok
        await expect(page.get_by_role("alert")).to_be_hidden()
        await expect(anna.bubble("meanwhile")).to_have_count(1)
    finally:
        await own.stop()


@pytest.mark.parametrize("text", ["hello", "שלום", "\u202eoverride"], ids=["to the right", "to the left", "turned"])
async def test_the_time_of_a_message_never_covers_its_words(anna, puppet, text):
    await puppet.says(anna.user, text)
    bubble = anna.bubbles.last
    await expect(bubble.locator(".words")).to_have_text(text)
    words, time = await boxes(bubble, ".words", ".meta")
    assert words["x"] + words["width"] <= time["x"] or time["x"] + time["width"] <= words["x"]


async def test_a_long_name_among_the_phones_put_away_does_not_widen_the_dialog(page, anna):
    await page.get_by_role("button", name="New person").click()
    await page.get_by_label("Name").fill("M" * 64)
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("button", name=f"Put {'M' * 64}'s phone away").click()
    await page.get_by_role("button", name="New person").click()
    dialog = page.get_by_role("dialog", name="New person")
    await expect(dialog.get_by_role("button", name="M" * 64)).to_be_visible()
    assert await dialog.evaluate("sheet => sheet.scrollWidth <= sheet.clientWidth")


async def test_nothing_of_the_page_lies_beside_the_narrowest_of_phones(page, anna):
    await page.set_viewport_size({"width": 320, "height": 640})
    assert await page.evaluate("document.documentElement.scrollWidth") == 320


async def test_at_phone_width_one_phone_fills_the_screen_and_tabs_lead_to_the_others(page, anna):
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    tabs = page.get_by_role("navigation", name="Phones").get_by_role("button")
    await tabs.filter(has_text="Boris").click()
    boris = await take(page, "Boris")
    await expect(boris.element).to_be_in_viewport(ratio=0.9)
    await expect(tabs.filter(has_text="Boris")).to_have_attribute("aria-current", "true")
    await tabs.filter(has_text="Anna").click()
    await expect(anna.element).to_be_in_viewport(ratio=0.9)


async def test_the_faults_drawer_makes_the_sandbox_misbehave_and_behave(page, anna, puppet):
    await page.get_by_role("button", name="Faults", exact=True).click()
    drawer = page.get_by_role("complementary", name="Faults")
    await drawer.get_by_label("What").select_option("Flood wait")
    await drawer.get_by_role("button", name="Misbehave").click()
    await expect(page.get_by_text("Flood wait: set.")).to_be_visible()
    with pytest.raises(Exception, match="FLOOD_WAIT"):
        await puppet.says(anna.user, "too fast")
    await drawer.get_by_role("button", name="Misbehave").click()
    await drawer.get_by_role("button", name="Behave again").click()
    await expect(page.get_by_text("behaves again")).to_be_visible()
    await puppet.says(anna.user, "calm")
    await expect(anna.bubble("calm")).to_be_visible()


WATCH = """() => {
  window.drawn = { rows: 0, elements: 0 };
  const count = (node, selector) => Number(node.matches(selector)) + node.querySelectorAll(selector).length;
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node instanceof Element)) {
      window.drawn.rows += count(node, ".row");
      window.drawn.elements += count(node, "*");
    }
  }).observe(document.body, { childList: true, subtree: true });
}"""
"""From now on all elements that are put into the page are counted, and the rows of messages among them."""

A_FEW = 60
"""Elements: one message, its entry in the list of chats, and what stands around them."""


async def test_with_a_thousand_messages_only_what_changes_is_drawn(page, anna, puppet):
    for number in range(1000):
        await puppet.says(anna.user, f"line {number}.")  # the full stop parts it from the time beside it
    await page.reload()
    await expect(anna.bubble("line 999.")).to_be_in_viewport()
    assert await anna.bubbles.count() == PAGE
    await anna.element.get_by_role("button", name="Earlier messages").click()
    await expect(anna.bubble("line 200.")).to_have_count(1)
    assert await anna.bubbles.count() == 1000

    await page.evaluate(WATCH)
    await anna.box.press_sequentially("typed")
    assert await page.evaluate("drawn") == {"rows": 0, "elements": 0}
    newest = await puppet.says(anna.user, "one more")
    await expect(anna.bubble("one more")).to_have_count(1)
    await puppet.changes(anna.user, newest, "one more, changed")
    await expect(anna.bubble("one more, changed")).to_have_count(1)
    drawn = await page.evaluate("drawn")
    assert drawn["rows"] == 2
    assert drawn["elements"] < A_FEW
