"""What Telegram refuses, from phone to phone: the words arrive without the ornament, or their sender is told why they do not."""

from __future__ import annotations

import secrets

import pytest

from tests.system.people import Person, Town, file

pytestmark = pytest.mark.asyncio(loop_scope="session")

WAYS = pytest.mark.parametrize("bots", [(0, 0), (0, 1)], ids=["same bot", "other bot"])
BOLD = [{"type": "bold", "offset": 0, "length": 4}]


async def refuse(town: Town, partner: Person, method: str, error: str, code: int = 400) -> None:
    """Telegram refuses the next call of this method by the partner's bot."""
    await town.house.fault("error", bot=partner.bot, method=method, code=code, text=error)


async def in_order(anna: Person, boris: Person, *texts: str) -> list[dict]:
    """The last messages that Boris got, of which the last was said now. Nothing of it is told to Anna."""
    before = len(anna.said_to)
    await anna.says("what comes next")
    await boris.hears("what comes next")
    await boris.says("I see")
    await anna.hears("I see")
    assert anna.said_to[before:] == ["I see"]
    shown = [event["message"] for event in boris.events if event["type"] == "message" and not event["message"]["out"]]
    assert [message["text"] or message["caption"] or "" for message in shown[-len(texts) - 1 :]] == [*texts, "what comes next"]
    return shown[-len(texts) - 1 : -1]


@WAYS
async def test_a_reply_to_what_the_partner_has_deleted_arrives(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    said = await anna.says("to be deleted")
    await boris.deletes((await boris.hears("to be deleted"))["id"])
    await anna.says("about that", reply_to=said)
    (shown,) = await in_order(anna, boris, "about that")
    assert shown["reply_to"] is None


@WAYS
@pytest.mark.parametrize("error", ["ENTITY_BOUNDS_INVALID", "ENTITIES_TOO_LONG", "ENTITY_MENTION_USER_INVALID"])
async def test_a_text_arrives_without_formatting_that_is_refused(town: Town, error: str, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    await refuse(town, boris, "messages.SendMessage", error)
    await anna.says("bold words", entities=BOLD)
    (shown,) = await in_order(anna, boris, "bold words")
    assert shown["entities"] == []


@WAYS
async def test_an_album_arrives_without_formatting_that_is_refused(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    await refuse(town, boris, "messages.SendMultiMedia", "ENTITY_BOUNDS_INVALID")
    items = [file("photo", secrets.token_bytes(500), caption=text, entities=BOLD) for text in ("here", "there")]
    await anna.sends_album(*items)
    await boris.hears("there")
    shown = await in_order(anna, boris, "here", "there")
    assert [message["entities"] for message in shown] == [[], []]
    assert shown[0]["album_id"] == shown[1]["album_id"] is not None


@WAYS
async def test_a_photo_arrives_without_a_spoiler_that_is_refused(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    await refuse(town, boris, "messages.SendMedia", "MEDIA_INVALID")
    await anna.sends("photo", secrets.token_bytes(500), spoiler=True, caption="covered")
    await boris.hears("covered")
    (shown,) = await in_order(anna, boris, "covered")
    assert shown["media"]["spoiler"] is False


@WAYS
async def test_an_edit_arrives_without_formatting_that_is_refused(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    mistake = await anna.says("bld words")
    heard = await boris.hears("bld words")
    await refuse(town, boris, "messages.EditMessage", "ENTITY_BOUNDS_INVALID")
    await anna.changes(mistake, text="bold words", entities=BOLD)
    edited = await boris.hears("bold words", kind="edit")
    assert (edited["id"], edited["entities"]) == (heard["id"], [])
    await in_order(anna, boris)


@WAYS
async def test_an_edit_of_what_the_partner_has_deleted_is_not_spoken_of(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    mistake = await anna.says("helo")
    await boris.deletes((await boris.hears("helo"))["id"])
    await anna.edits(mistake, "hello")
    await in_order(anna, boris)


@WAYS
@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        ("VOICE_MESSAGES_FORBIDDEN", 403, "does not accept voice messages"),
        ("PRIVACY_PREMIUM_REQUIRED", 403, "privacy settings"),
        ("CHAT_SEND_VOICES_FORBIDDEN", 403, "does not accept voice messages"),
        ("MEDIA_EMPTY", 400, "does not have this file any more"),
        ("A_NAME_OF_NEXT_YEAR", 400, "did not accept this message"),
    ],
)
async def test_whoever_sends_what_is_refused_is_told_why(
    town: Town, error: str, code: int, told: str, bots: tuple[int, int]
) -> None:
    anna, boris = await town.chatting(bots=bots)
    await refuse(town, boris, "messages.SendMedia", error, code)
    await anna.sends("voice", secrets.token_bytes(500))
    assert "Not delivered" in (await anna.hears(told))["text"]
    await in_order(anna, boris)
    assert all(event["message"]["media"] is None for event in boris.events if event["type"] == "message")
