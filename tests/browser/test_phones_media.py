"""Media on the phones page: a person sends it, a bot on strings has it and answers."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.async_api import Locator, expect
from pyrogram import raw

from tests.browser.phone import boxes, take
from tests.browser.samples import photo, sound, text_file

types = raw.types
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

IS_DRAWN = "image => image.complete && image.naturalWidth > 0"
CARRY = """(node, {type, data}) => {
  const carried = new DataTransfer();
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  carried.items.add(new File([bytes], "carried.png", { type: "image/png" }));
  const what = { bubbles: true, cancelable: true, dataTransfer: carried, clipboardData: carried };
  node.dispatchEvent(type === "paste" ? new ClipboardEvent(type, what) : new DragEvent(type, what));
}"""
"""An event with a photo in it, as a browser makes it when one is dropped or pasted."""
SWIPE = """(node, by) => {
  const send = (type, x) => node.dispatchEvent(
    new PointerEvent(type, { bubbles: true, pointerType: "touch", clientX: 300 - x, clientY: 200 }));
  send("pointerdown", 0); send("pointermove", by / 2); send("pointermove", by); send("pointerup", by);
}"""
"""A finger that goes to the left."""


async def is_drawn(image: Locator) -> None:
    await expect(image).to_be_in_viewport()
    await image.page.wait_for_function(IS_DRAWN, arg=await image.element_handle())


async def test_a_photo_chosen_with_the_paperclip_reaches_the_bot_and_is_drawn(anna, puppet):
    await anna.sends(photo(), caption="Look at this")
    message = await puppet.is_sent(anna.user)
    assert isinstance(message.media, types.MessageMediaPhoto)
    assert message.message == "Look at this"
    await is_drawn(anna.bubble("Look at this").locator(".picture img"))


async def test_a_bots_photo_is_drawn(anna, puppet):
    await anna.sends(photo())
    await puppet.sends_back(anna.user, await puppet.is_sent(anna.user), "Yours again")
    await is_drawn(anna.bubble("Yours again").locator(".picture img"))


@pytest.mark.parametrize("above", [False, True], ids=["below", "above"])
async def test_a_caption_stands_where_its_sender_wanted_it(anna, puppet, above):
    await anna.sends(photo())
    await puppet.sends_back(anna.user, await puppet.is_sent(anna.user), "My cat", above=above)
    bubble = anna.bubble("My cat")
    await is_drawn(bubble.locator(".picture img"))
    picture, caption = await boxes(bubble, ".picture", ".words")
    assert (caption["bottom"] <= picture["top"]) is above


async def test_three_photos_at_once_are_one_album_with_its_caption_below(anna, puppet):
    await anna.sends(*(photo(f"{shade}.png", shade=shade) for shade in (10, 90, 170)), caption="Our trip")
    messages = [await puppet.is_sent(anna.user) for _ in range(3)]
    assert len({message.grouped_id for message in messages}) == 1
    assert messages[0].grouped_id is not None
    assert [message.message for message in messages] == ["Our trip", "", ""]
    album = anna.bubble("Our trip")
    await expect(album.locator(".picture")).to_have_count(3)
    picture, caption = await boxes(album, ".picture", ".words")
    assert caption["top"] >= picture["bottom"]
    await expect(anna.element.get_by_role("group", name="Album of 3")).to_be_visible()


async def test_an_album_is_one_album_also_after_a_reload(page, anna, puppet):
    await anna.sends(photo("1.png", shade=1), photo("2.png", shade=2), caption="A pair")
    for _ in range(2):
        await puppet.is_sent(anna.user)
    await page.reload()
    again = await take(page, "Anna")
    await expect(again.bubble("A pair").locator(".picture")).to_have_count(2)


async def test_what_does_not_go_together_goes_apart(anna, puppet):
    dialog = await anna.picks(photo(), sound())
    await expect(dialog).to_contain_text("do not go together")
    await dialog.get_by_role("button", name="Send", exact=True).click()
    messages = [await puppet.is_sent(anna.user) for _ in range(2)]
    assert [message.grouped_id for message in messages] == [None, None]


async def test_a_picture_can_go_as_a_file(anna, puppet):
    dialog = await anna.picks(photo("plan.png"))
    await dialog.get_by_label("Send as file").check()
    await dialog.get_by_role("button", name="Send", exact=True).click()
    assert isinstance((await puppet.is_sent(anna.user)).media, types.MessageMediaDocument)
    await expect(anna.element.get_by_role("link", name="Download plan.png")).to_be_visible()


@pytest.mark.parametrize("event", ["drop", "paste"])
async def test_a_photo_can_be_dropped_or_pasted(page, anna, puppet, event):
    data = base64.b64encode(photo()["buffer"]).decode()
    await anna.box.evaluate(CARRY, {"type": event, "data": data})
    await page.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    assert isinstance((await puppet.is_sent(anna.user)).media, types.MessageMediaPhoto)


async def test_what_was_being_written_becomes_the_caption_and_comes_back_on_cancel(page, anna):
    await anna.box.fill("half a thought")
    dialog = await anna.picks(photo())
    await expect(dialog.get_by_role("textbox", name="Caption")).to_have_value("half a thought")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(anna.box).to_have_value("half a thought")


async def test_a_picture_under_a_spoiler_is_seen_after_one_press_and_opened_by_the_next(page, anna, puppet):
    await anna.sends(photo(), spoiler=True)
    assert (await puppet.is_sent(anna.user)).media.spoiler
    await anna.button("Hidden photo; press to see").click()
    await expect(anna.element.locator(".picture.veiled")).to_have_count(0)
    await expect(page.get_by_role("dialog", name="Viewer")).to_be_hidden()
    await anna.button("Open photo").click()
    await expect(page.get_by_role("dialog", name="Viewer")).to_be_visible()


async def test_the_viewer_is_led_by_arrows_and_closed_by_escape(page, anna, puppet):
    await anna.sends(photo("1.png", shade=1), photo("2.png", shade=2), caption="First of two")
    for _ in range(2):
        await puppet.is_sent(anna.user)
    await expect(anna.element.locator(".picture")).to_have_count(2)
    await anna.element.locator(".picture").first.press("Enter")
    viewer = page.get_by_role("dialog", name="Viewer")
    await expect(viewer).to_contain_text("1 of 2")
    await expect(viewer).to_contain_text("First of two")
    await page.keyboard.press("ArrowRight")
    await expect(viewer).to_contain_text("2 of 2")
    await page.keyboard.press("Escape")
    await expect(viewer).to_be_hidden()


async def test_a_voice_message_shows_its_curve_and_length_and_plays(anna, puppet):
    dialog = await anna.picks(sound(seconds=3))
    await dialog.get_by_label("Send sound.wav as").select_option("Voice message")
    await dialog.get_by_role("button", name="Send", exact=True).click()
    media = (await puppet.is_sent(anna.user)).media
    assert any(getattr(attribute, "voice", False) for attribute in media.document.attributes)
    voice = anna.element.locator(".voice")
    await expect(voice.locator(".time")).to_have_text("0:03")
    await voice.get_by_role("button", name="Play voice message").click()
    await expect(voice.locator(".time")).to_have_text("0:01 / 0:03")
    await voice.get_by_role("button", name="Pause voice message").click()
    assert await voice.locator("audio").evaluate("audio => audio.paused")


async def test_a_voice_message_is_recorded_by_microphone(anna, puppet):
    await anna.button("Record a voice message").click()
    await expect(anna.element.get_by_role("timer")).to_have_text("Recording 0:01")
    await anna.button("Send the recording").click()
    document = (await puppet.is_sent(anna.user)).media.document
    assert document.size > 0
    assert any(getattr(attribute, "voice", False) for attribute in document.attributes)
    await expect(anna.element.locator(".voice .time")).to_have_text(re.compile("0:0[12]"))


async def test_a_recording_is_thrown_away_by_escape(anna):
    await anna.button("Record a voice message").click()
    await anna.button("Send the recording").press("Escape")
    await expect(anna.box).to_be_visible()
    await expect(anna.element.locator(".voice")).to_have_count(0)


async def test_one_sound_falls_silent_when_another_begins(anna, puppet):
    for name in ("first.wav", "second.wav"):
        await anna.sends(sound(name, seconds=20))
        await puppet.is_sent(anna.user)
    await anna.button("Play first.wav").click()
    await expect(anna.button("Pause first.wav")).to_be_visible()
    await anna.button("Play second.wav").click()
    await expect(anna.button("Pause second.wav")).to_be_visible()
    await expect(anna.button("Play first.wav")).to_be_visible()


async def test_a_file_is_downloaded_under_its_name_as_it_was(page, anna, puppet):
    await anna.sends(text_file("notes.txt", b"as it was"))
    await puppet.is_sent(anna.user)
    async with page.expect_download() as downloading:
        await anna.element.get_by_role("link", name="Download notes.txt").click()
    download = await downloading.value
    assert download.suggested_filename == "notes.txt"
    assert (await download.path()).read_bytes() == b"as it was"


async def test_a_reply_to_a_photo_shows_it_small(anna, puppet):
    await anna.sends(photo(), caption="Where is this?")
    message = await puppet.is_sent(anna.user)
    await puppet.says(anna.user, "By the sea", reply_to=message.id)
    quote = anna.bubble("By the sea").locator(".quote")
    await expect(quote).to_contain_text("Where is this?")
    await is_drawn(quote.locator("img"))


async def test_a_photo_can_be_a_reply(anna, puppet):
    message = await puppet.says(anna.user, "Send me a photo")
    await anna.bubble("Send me a photo").dblclick()
    await anna.sends(photo(), caption="Here")
    assert (await puppet.is_sent(anna.user)).reply_to.reply_to_msg_id == message
    await expect(anna.bubble("Here").locator(".quote")).to_contain_text("Send me a photo")


async def test_a_swipe_to_the_left_replies_and_a_short_one_does_not(anna, puppet):
    await puppet.says(anna.user, "Swipe me")
    await anna.bubble("Swipe me").evaluate(SWIPE, 30)
    await expect(anna.element.locator(".context")).to_be_hidden()
    await anna.bubble("Swipe me").evaluate(SWIPE, 80)
    await expect(anna.element.locator(".context")).to_contain_text("Swipe me")


async def test_a_caption_is_edited_from_the_menu(page, anna, puppet):
    await anna.sends(photo(), caption="teh sea")
    await puppet.is_sent(anna.user)
    await anna.bubble("teh sea").locator(".text").click(button="right")
    await page.get_by_role("menuitem", name="Edit caption").click()
    await anna.writes("the sea")
    edited = await puppet.sees_edited(anna.user)
    assert edited.message == "the sea"
    assert isinstance(edited.media, types.MessageMediaPhoto)
    await expect(anna.bubble("the sea")).to_contain_text("edited")
    await expect(anna.bubble("the sea").locator(".picture")).to_be_visible()


async def test_a_file_is_replaced_by_another(page, anna, puppet):
    await anna.sends(photo(shade=1), caption="Before")
    first = await puppet.is_sent(anna.user)
    await anna.bubble("Before").locator(".text").click(button="right")
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("menuitem", name="Replace file").click()
    await (await choosing.value).set_files(photo(shade=200))
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Caption").fill("After")
    await dialog.get_by_role("button", name="Send", exact=True).click()
    edited = await puppet.sees_edited(anna.user)
    assert edited.message == "After"
    assert edited.media.photo.id != first.media.photo.id
    await expect(anna.bubble("After")).to_contain_text("edited")


async def test_an_empty_file_is_refused_at_once(page, anna):
    await anna.picks(text_file("nothing.txt", b""))
    await expect(page.locator(".toast.bad")).to_have_text("nothing.txt is empty.")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_file_above_the_limit_is_refused_with_the_limit_and_the_caption_comes_back(page, anna):
    await page.route("**/api/files", lambda route: route.fulfill(json={"limit": 1000}))
    await page.reload()
    again = await take(page, "Anna")
    await again.box.fill("a caption")
    await again.picks(text_file("large.txt", b"x" * 2000))
    await expect(page.locator(".toast.bad")).to_have_text("large.txt has 2 kB: at most 1 kB can be sent.")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(again.box).to_have_value("a caption")


async def test_a_dice_alone_in_a_message_is_rolled(anna, puppet):
    await anna.writes("🎲")
    rolled = (await puppet.is_sent(anna.user)).media
    await expect(anna.element.get_by_role("img", name=f"🎲 shows {rolled.value}")).to_be_visible()


async def test_a_command_in_the_bots_words_is_sent_when_it_is_pressed(anna, puppet):
    await puppet.says(anna.user, "Type /next for another, or see https://example.org/stop")
    bubble = anna.bubble("for another")
    await expect(bubble.locator(".command")).to_have_count(1)
    await bubble.get_by_role("button", name="/next").click()
    await puppet.hears("/next")
