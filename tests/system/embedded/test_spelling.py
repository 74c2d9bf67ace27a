"""Commands, labels and ages from phones, however they are spelled; and words that only look like them."""

from __future__ import annotations

import pytest

from tests.system.people import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")

STOPS = ("/stop\u00a0", "⏹\ufe0f Stop", "⏹\u00a0stop", "/stop.", "\ufeff/stop\u200e", "／stop")  # noqa: RUF001


@pytest.mark.parametrize("typed", STOPS)
async def test_stop_is_understood_however_it_is_spelled(town: Town, typed: str):
    anna, boris = await town.chatting()
    await anna.says(typed)
    await anna.hears("You left the chat")
    await boris.hears("partner left")
    assert not any("stop" in text.casefold() for text in boris.said_to if "Partner found" not in text)


async def test_what_looks_like_a_command_is_answered_and_other_words_arrive_unchanged(town: Town):
    anna, boris = await town.chatting(bots=(0, 1))
    await anna.says("/sotp please")
    await anna.hears("do not know this command")
    await anna.says("/stop@somebody_elses_bot")
    await anna.hears("do not know this command")
    await anna.sends("photo", b"a picture", caption="/stop")
    await anna.hears("looks like a command")
    first = await anna.says("hello")
    await boris.hears("hello")
    await anna.edits(first, "/stop")
    await anna.hears("looks like a command")
    words = ["1/2", "//comment", "/usr/bin", "/o\\", "Stop it!", "⏹ or go?", "/привет", "st\u200bop\u00a0it\ufe0f"]
    for word in words:
        await anna.says(word)
    await boris.hears(words[-1])
    await anna.edits(first, "hello again")
    await boris.hears("hello again", kind="edit")
    assert [text for text in boris.said_to if "Partner found" not in text][-len(words) - 1 :] == ["hello", *words]
    assert not any("/sto" in str(event) or "/sotp" in str(event) for event in boris.events if event["type"] == "edit")


async def test_an_age_is_understood_with_a_direction_mark_and_in_other_digits(town: Town):
    for typed in ("\u200f٢٥\u200f", "２５."):  # noqa: RUF001
        anna = await town.registered(age=typed)
        await anna.says("/profile")
        await anna.hears("Age: 25")
