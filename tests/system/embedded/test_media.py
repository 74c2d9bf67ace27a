"""All kinds of content, from phone to phone, within a bot and between bots. docs/relay.md describes the same."""

from __future__ import annotations

import secrets

import pytest

from tests.system.people import Person, Town, file

pytestmark = pytest.mark.asyncio(loop_scope="session")


SAME, OTHER = (0, 0), (0, 1)
WAYS = pytest.mark.parametrize("bots", [SAME, OTHER], ids=["same bot", "other bot"])
ALBUMS = [("photo", "video", "photo"), ("audio", "audio"), ("document", "document")]
TRAITS = {
    "photo": {},
    "video": {"width": 640, "height": 360, "duration": 12},
    "animation": {"width": 320, "height": 200, "duration": 3},
    "audio": {"duration": 180, "title": "A Song", "performer": "A Band", "file_name": "song.mp3"},
    "voice": {"duration": 4, "waveform": "AQIDBA=="},
    "video_note": {"width": 240, "height": 240, "duration": 5},
    "sticker": {"emoji": "🎉"},
    "document": {"file_name": "report.txt", "mime_type": "text/plain"},
}
CATS = 1 << 32 | 7
"""A sticker set, made by nobody in these tests."""
TOLD = ("kind", "size", "spoiler", "width", "height", "duration", "title", "performer", "waveform", "emoji", "mime_type")


def content() -> bytes:
    """A new file."""
    return secrets.token_bytes(5000)


async def own(person: Person, message: int) -> dict:
    """The message as it stands on the sender's own phone."""
    await person.listens()
    return next(
        event["message"] for event in reversed(person.events) if event.get("message") and event["message"]["id"] == message
    )


def told(media: dict) -> dict:
    return {name: media[name] for name in TOLD if name in media}


@WAYS
async def test_formatting_crosses(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    entities = [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "text_link", "offset": 8, "length": 4, "url": "https://example.org/"},
    ]
    await anna.says("😀 bold link", entities=entities)
    heard = await boris.hears("bold link")
    assert (heard["text"], heard["entities"][0]) == ("😀 bold link (https://example.org/)", entities[0])


@WAYS
async def test_a_hidden_link_is_written_out_and_its_reactions_are_no_edits(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    address = f"https://example.org/of-{anna.id % 1000}"  # one's own: what several newcomers send is an advert
    entities = [{"type": "text_link", "offset": 0, "length": 4, "url": address}]
    said = await anna.says("here", entities=entities)
    assert (await boris.hears("here"))["text"] == f"here ({address})"
    await anna.edits(said, "here", entities=entities)
    await anna.says("and now?")
    await boris.hears("and now?")
    assert [event for event in boris.events if event["type"] == "edit"] == []


@WAYS
async def test_a_sticker_of_ones_own_set_comes_without_it(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    picture = content()
    await anna.sends("sticker", picture, emoji="🎉", sticker_set_id=(anna.id & 0x7FFFFFFF) << 32 | 1)
    seen = await boris.sees("sticker")
    assert "sticker_set_id" not in seen["media"]
    assert await boris.sees_content(seen) == picture


@WAYS
async def test_a_contact_and_a_picture_sent_as_a_file_wait_for_their_sender(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    await anna.says("write me @anna_somebody")
    asked = await anna.hears("may tell who you are")
    await anna.says("or not")
    await boris.hears("or not")
    assert not [each for each in boris.said_to if "@anna_somebody" in each]
    await anna.presses("Send", asked["id"])
    await boris.hears("@anna_somebody")
    await anna.sends("document", content(), file_name="a.jpg", mime_type="image/jpeg")
    asked = await anna.hears("Files keep what your camera wrote")
    await anna.presses("Do not send", asked["id"])
    await anna.hears("was not sent", kind="edit")
    await anna.sends("document", content(), file_name="b.jpg", mime_type="image/jpeg")
    assert (await boris.sees("document"))["media"]["file_name"] == "b.jpg"


@WAYS
async def test_defect_12_replies_point_at_the_right_message_on_the_other_side(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    first = await anna.says("first")
    await anna.says("second")
    on_boris_phone = await boris.hears("first")
    await boris.hears("second")
    own = await boris.says("about the first", reply_to=on_boris_phone["id"])
    answer = await anna.hears("about the first")
    assert answer["reply_to"] == first
    await anna.says("about your answer", reply_to=answer["id"])
    assert (await boris.hears("about your answer"))["reply_to"] == own


@WAYS
async def test_edits_are_mirrored(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    mistake = await anna.says("helo")
    heard = await boris.hears("helo")
    await anna.edits(mistake, "hello")
    edited = await boris.hears("hello", kind="edit")
    assert edited["id"] == heard["id"]


SITE, LINK = "see https://example.org/a", "https://example.org/a"
PREVIEWS = {"as Telegram makes it": {}, "none": {"no_webpage": True}, "above": {"invert_media": True}}


@WAYS
async def test_previews_are_as_their_sender_had_them_also_after_an_edit(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    shown = {name: (await own(anna, await anna.says(SITE, **asked)))["preview"] for name, asked in PREVIEWS.items()}
    assert list(shown.values()) == [{"url": LINK}, None, {"url": LINK, "above": True}]
    assert [(await boris.hears(SITE))["preview"] for _ in PREVIEWS] == list(shown.values())
    said = await anna.says(SITE + " at once")
    await boris.hears("at once")
    for name in ("none", "above", "as Telegram makes it"):
        await anna.changes(said, text=SITE + " at once", **PREVIEWS[name])
        assert (await boris.hears("at once", kind="edit"))["preview"] == shown[name]


@WAYS
async def test_what_nobody_edited_reaches_nobody_and_costs_nothing(town: Town, bots: tuple[int, int]) -> None:
    """A location that moves is refused once; reactions and the like come as edits; a text may be saved as it was."""
    anna, boris = await town.chatting(bots=bots)
    place = {"latitude": 1.0, "longitude": 2.0}
    location = await anna.does(location=place)
    await anna.hears("Locations")
    said = await anna.says("hello")
    heard = await boris.hears("hello")
    for step in range(30):
        await anna.changes(location, location=place | {"latitude": float(step)})
        await anna.changes(said, hidden=True)
        await anna.edits(said, "hello")
    await anna.edits(said, "hello!")
    assert (await boris.hears("hello!", kind="edit"))["id"] == heard["id"]
    told = len(anna.said_to)
    await anna.says("and now?")
    await boris.hears("and now?")
    await anna.listens()
    assert len(anna.said_to) == told
    assert [event["type"] for event in boris.events].count("edit") == 1


@WAYS
async def test_an_edit_of_what_has_not_arrived_yet_waits_for_it(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    await town.house.fault("delay", method="messages.sendMessage", seconds=1)
    mistake = await anna.says("helo")
    await anna.edits(mistake, "hello")
    heard = await boris.hears("helo")
    assert (await boris.hears("hello", kind="edit"))["id"] == heard["id"]


@WAYS
@pytest.mark.parametrize("kind", TRAITS)
async def test_every_kind_of_file_arrives_as_what_it_was(town: Town, kind: str, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    data = content()
    sent = await own(anna, await anna.sends(kind, data, **TRAITS[kind]))
    seen = await boris.sees(kind)
    assert told(seen["media"]) == told(sent["media"])
    assert await boris.sees_content(seen) == data
    assert not seen["forwarded"]


@pytest.mark.parametrize(("bots", "carried"), [(SAME, CATS), (OTHER, None)], ids=["same bot", "other bot"])
async def test_a_sticker_has_its_set_within_its_bot(town: Town, bots: tuple[int, int], carried: int | None) -> None:
    anna, boris = await town.chatting(bots=bots)
    await anna.sends("sticker", content(), emoji="🎉", sticker_set_id=CATS)
    assert (await boris.sees("sticker"))["media"].get("sticker_set_id") == carried


@WAYS
async def test_a_caption_above_stays_above(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    photo = file("photo", content(), caption="teh sea", caption_above=True)
    sent = await anna.does(media=photo)
    assert (await boris.sees("photo"))["media"]["caption_above"]
    await anna.changes(sent, media={**photo, "caption": "the sea"})
    edited = await boris.sees("photo", of="edit")
    assert (edited["caption"], edited["media"]["caption_above"]) == ("the sea", True)
    await anna.sends_album(photo, photo)
    assert (await boris.sees("photo"))["media"]["caption_above"]


@WAYS
@pytest.mark.parametrize("kind", ["audio", "document"])
async def test_names_that_are_content_are_carried(town: Town, kind: str, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    await anna.sends(kind, content(), file_name="a name.bin")
    assert (await boris.sees(kind))["media"]["file_name"] == "a name.bin"


@pytest.mark.parametrize("kind", ["video", "animation", "voice", "video_note"])
async def test_names_that_a_phone_gave_do_not_cross(town: Town, kind: str) -> None:
    anna, boris = await town.chatting(bots=OTHER)
    await anna.sends(kind, content(), file_name="VID_Anna.mp4", duration=1)
    assert "file_name" not in (await boris.sees(kind))["media"]


@WAYS
async def test_captions_come_with_their_formatting(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    bold = [{"type": "bold", "offset": 3, "length": 4}]
    await anna.sends("photo", content(), caption="👍 look", entities=bold)
    seen = await boris.sees("photo")
    assert (seen["caption"], seen["entities"]) == ("👍 look", bold)


@WAYS
@pytest.mark.parametrize("kind", ["photo", "video", "animation"])
async def test_spoilers_stay_covered(town: Town, kind: str, bots: tuple[int, int]) -> None:
    """Sent first, then edited: the file of an edit is transferred again."""
    anna, boris = await town.chatting(bots=bots)
    sent = await anna.does(media=file(kind, content(), **TRAITS[kind], spoiler=True))
    assert (await boris.sees(kind))["media"]["spoiler"]
    await anna.changes(sent, media=file(kind, content(), **TRAITS[kind], spoiler=True))
    assert (await boris.sees(kind, of="edit"))["media"]["spoiler"]


@WAYS
async def test_of_an_album_those_parts_stay_covered_that_were(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    parts = [file("photo", content(), spoiler=True), file("video", content(), **TRAITS["video"], spoiler=True)]
    await anna.sends_album(*parts, file("photo", content()))
    seen = [await boris.sees(kind) for kind in ("photo", "video", "photo")]
    assert [one["media"]["spoiler"] for one in seen] == [True, True, False]


@WAYS
async def test_replies_to_and_from_files_point_at_the_right_message(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    sent = await anna.sends("photo", content())
    seen = await boris.sees("photo")
    await boris.says("nice!", reply_to=seen["id"])
    assert (await anna.hears("nice!"))["reply_to"] == sent
    said = await boris.says("and yours?")
    heard = await anna.hears("and yours?")
    await anna.sends("voice", content(), duration=2, reply_to=heard["id"])
    assert (await boris.sees("voice"))["reply_to"] == said


@WAYS
@pytest.mark.parametrize("kinds", ALBUMS, ids=lambda kinds: kinds[0])
async def test_an_album_arrives_whole_with_its_captions_in_place(
    town: Town, kinds: tuple[str, ...], bots: tuple[int, int]
) -> None:
    anna, boris = await town.chatting(bots=bots)
    items = [file(kind, content(), caption=f"number {place}") for place, kind in enumerate(kinds)]
    sent = await anna.sends_album(*items)
    seen = [await boris.sees(kind) for kind in kinds]
    assert [one["caption"] for one in seen] == [f"number {place}" for place in range(len(kinds))]
    assert len({one["album_id"] for one in seen}) == 1
    assert seen[0]["album_id"] is not None
    await boris.says("that one", reply_to=seen[-1]["id"])
    assert (await anna.hears("that one"))["reply_to"] == sent[-1]


@WAYS
async def test_edits_of_captions_and_files_are_mirrored(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    sent = await anna.sends("photo", content(), caption="teh sea")
    seen = await boris.sees("photo")
    await anna.changes(sent, caption="the sea")
    edited = await boris.sees("photo", of="edit")
    assert (edited["id"], edited["caption"]) == (seen["id"], "the sea")
    better = content()
    await anna.changes(sent, media=file("photo", better, caption="the sea, sharper"))
    edited = await boris.sees("photo", of="edit")
    assert (edited["id"], edited["caption"]) == (seen["id"], "the sea, sharper")
    assert await boris.sees_content(edited) == better


@WAYS
async def test_a_caption_of_what_cannot_be_exchanged_is_mirrored(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    sent = await anna.sends("voice", content(), duration=2, caption="listne")
    await boris.sees("voice")
    await anna.changes(sent, caption="listen")
    assert (await boris.sees("voice", of="edit"))["caption"] == "listen"


@WAYS
async def test_a_poll_is_asked_anew(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    await anna.does(poll={"question": "Tea or coffee?", "options": ["Tea", "Coffee"]})
    poll = (await boris.sees("poll"))["media"]
    assert (poll["question"], poll["options"]) == ("Tea or coffee?", ["Tea", "Coffee"])


@WAYS
async def test_a_quiz_stays_a_quiz(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    await anna.does(poll={"question": "Seven by eight?", "options": ["54", "56"], "correct": 1})
    quiz = (await boris.sees("poll"))["media"]
    assert (quiz["options"], quiz["quiz"], quiz["correct"]) == (["54", "56"], True, 1)


@WAYS
async def test_dice_are_told_and_not_rolled_again(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    for emoji in "🎲🎯🎳🏀⚽🎰":
        sent = await own(anna, await anna.does(dice=emoji))
        assert (await boris.hears(emoji))["text"] == f"{emoji} {sent['media']['value']}"


@WAYS
@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        ({"contact": {"phone_number": "+4412345", "first_name": "Anna"}}, "Contacts are not passed on"),
        ({"location": {"latitude": 51.5, "longitude": 0.1}}, "Locations are not passed on"),
    ],
    ids=["contact", "location"],
)
async def test_what_tells_who_or_where_somebody_is_is_refused_once(
    town: Town, what: dict, refusal: str, bots: tuple[int, int]
) -> None:
    anna, boris = await town.chatting(bots=bots)
    await anna.does(**what)
    await anna.hears(refusal)
    await anna.says("never mind")
    await boris.hears("never mind")
    await anna.listens()
    assert sum(refusal in text for text in anna.said_to) == 1
    assert all(event["message"]["media"] is None for event in boris.events if event["type"] == "message")


@WAYS
async def test_a_caption_that_is_too_long_is_refused_with_the_reason(town: Town, bots: tuple[int, int]) -> None:
    anna, boris = await town.chatting(bots=bots)
    await anna.sends("photo", content(), caption="x" * 1025)
    await anna.hears("this caption is too long")
    await anna.says("shorter, then")
    await boris.hears("shorter, then")
    await anna.listens()
    assert sum("too long" in text for text in anna.said_to) == 1
    assert all(event["message"]["media"] is None for event in boris.events if event["type"] == "message")


async def test_a_file_that_crossed_once_crosses_again(town: Town) -> None:
    anna, boris = await town.chatting(bots=OTHER)
    data = content()
    for _ in range(2):
        await anna.sends("document", data, file_name="again.bin")
        assert await boris.sees_content(await boris.sees("document")) == data


async def test_a_text_overtakes_a_file_that_is_on_its_way_and_files_keep_their_order(town: Town) -> None:
    anna, boris = await town.chatting(bots=OTHER)
    await anna.sends("document", secrets.token_bytes(6_000_000), file_name="large.bin")
    await anna.sends("document", content(), file_name="small.bin")
    await anna.says("a text")
    await boris.hears("a text")
    assert (await boris.sees("document"))["media"]["file_name"] == "large.bin"
    assert (await boris.sees("document"))["media"]["file_name"] == "small.bin"


async def test_an_edit_and_a_reply_wait_for_the_file_that_they_are_about(town: Town) -> None:
    anna, boris = await town.chatting(bots=OTHER)
    await town.house.fault("delay", method="upload.getfile", seconds=4)  # longer than any time limit of a session
    sent = await anna.sends("document", content(), file_name="slow.bin", caption="teh sea")
    await anna.changes(sent, caption="the sea")
    await anna.says("do you like it?", reply_to=sent)
    await anna.says("a text")
    await boris.hears("a text")
    seen = await boris.sees("document")
    assert seen["caption"] == "teh sea"
    assert (await boris.sees("document", of="edit"))["caption"] == "the sea"
    assert (await boris.hears("do you like it?"))["reply_to"] == seen["id"]


async def test_a_file_above_the_limit_is_refused_with_the_reason_between_bots(town: Town) -> None:
    anna, boris = await town.chatting(bots=OTHER)
    await anna.sends("document", bytes(20_000_001), file_name="huge.bin")
    await anna.hears("files that big cannot go there")
    await anna.says("still here")
    await boris.hears("still here")
