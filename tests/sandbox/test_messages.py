"""What bots do to messages, and what the phones see of it."""

from __future__ import annotations

import pytest
from pyrogram.errors import RPCError

from tests.sandbox.town import F, Person, StockBot, T, Town


def inline(*rows: list[tuple[str, bytes]]) -> T.ReplyInlineMarkup:
    def button(text: str, data: bytes) -> T.KeyboardInlineButton:
        return T.KeyboardInlineButton(text=text, type=T.InlineButtonTypeCallback(data=data))

    return T.ReplyInlineMarkup(rows=[T.KeyboardInlineButtonRow(buttons=[button(*one) for one in row]) for row in rows])


def keys(*labels: str) -> T.ReplyKeyboardMarkup:
    buttons = [T.KeyboardButton(text=label, type=T.ButtonTypeDefault()) for label in labels]
    return T.ReplyKeyboardMarkup(rows=[T.KeyboardButtonRow(buttons=buttons)])


async def refused(bot: StockBot, query: object) -> tuple[int, str]:
    with pytest.raises(RPCError) as caught:
        await bot.call(query)
    return caught.value.CODE, caught.value.ID or str(caught.value)


def sending(anna: Person, text: str, **rest: object) -> F.messages.SendMessage:
    peer = T.InputPeerUser(user_id=anna.id, access_hash=0)
    return F.messages.SendMessage(peer=peer, message=text, random_id=hash(text), **rest)


async def test_replies_point_at_the_right_message_on_both_sides(town: Town) -> None:
    bot, anna = await town.chatting()
    boris = await town.person("Boris")
    await boris.says(town.bots[0], "moves the bot's numbers on")
    await bot.reads()

    question = await anna.says(town.bots[0], "how old are you?")
    heard = await bot.reads()
    await bot.send(anna.id, "30", reply_to=T.InputReplyToMessage(reply_to_msg_id=heard.id))
    answer = (await anna.sees())["message"]
    assert answer["reply_to"] == question != heard.id

    await anna.says(town.bots[0], "really?", reply_to=answer["id"])
    assert (await bot.reads()).reply_to.reply_to_msg_id == heard.id + 1


async def test_entities_survive_the_way_there_and_back(town: Town) -> None:
    bot, anna = await town.chatting()
    text = "😀 bold code link who"
    sent = [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "pre", "offset": 8, "length": 4, "language": "py"},
        {"type": "text_link", "offset": 13, "length": 4, "url": "https://example.org/"},
        {"type": "text_mention", "offset": 18, "length": 3, "user_id": anna.id},
        {"type": "expandable_blockquote", "offset": 0, "length": 21},
        {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5368324170671202286"},
    ]
    await anna.says(town.bots[0], text, entities=sent)
    heard = await bot.reads()
    await bot.send(anna.id, heard.message, entities=heard.entities)
    assert (await anna.sees())["message"]["entities"] == sent


async def test_telegram_marks_commands_links_and_mentions_by_itself(town: Town) -> None:
    bot, anna = await town.chatting()
    await anna.says(town.bots[0], "😀 /find https://example.org/a. @somebody #tag me@example.org </b>")
    kinds = [(type(one).__name__.removeprefix("MessageEntity"), one.offset) for one in (await bot.reads()).entities]
    assert kinds == [("BotCommand", 3), ("Url", 9), ("Mention", 32), ("Hashtag", 42), ("Email", 47)]


async def test_edits_reach_the_other_side(town: Town) -> None:
    bot, anna = await town.chatting()
    number = await anna.says(town.bots[0], "helo")
    heard = await bot.reads()
    await anna.does("edit", bot=town.bots[0], message_id=number, text="hello")
    edited = (await bot.gets(T.UpdateEditMessage)).message
    assert (edited.id, edited.message, edited.out) == (heard.id, "hello", False)

    sent = await bot.send(anna.id, "god day")
    shown = await anna.sees()
    answer = await bot.call(F.messages.EditMessage(peer=bot.peer(anna.id), id=sent.id, message="good day"))
    assert answer.updates[0].pts == sent.pts + 1
    assert (await anna.sees("edit"))["message"] == shown["message"] | {"text": "good day", "edited": True}


async def test_a_press_is_answered_once(town: Town) -> None:
    bot, anna = await town.chatting()
    await bot.send(anna.id, "who are you?", reply_markup=inline([("Male", b"gender:male"), ("Female", b"gender:female")]))
    question = (await anna.sees())["message"]
    assert question["keyboard"]["rows"][0][1] == {"text": "Female", "data": "gender:female"}

    assert await anna.does("press", bot=town.bots[0], button="Female", message_id=question["id"]) == {}
    query = await bot.gets(T.UpdateBotCallbackQuery)
    assert (query.data, query.user_id) == (b"gender:female", anna.id)
    answer = F.messages.SetBotCallbackAnswer(query_id=query.query_id, cache_time=0, message="noted", alert=True)
    await bot.call(answer)
    seen = await anna.sees("answer")
    assert (seen["text"], seen["alert"], seen["message"]["id"]) == ("noted", True, question["id"])
    assert await refused(bot, answer) == (400, "QUERY_ID_INVALID")


async def test_buttons_are_found_by_data_and_without_a_message(town: Town) -> None:
    bot, anna = await town.chatting()
    await bot.send(anna.id, "old", reply_markup=inline([("Yes", b"old")]))
    await bot.send(anna.id, "new", reply_markup=inline([("Yes", b"new")]))
    await anna.does("press", bot=town.bots[0], button="Yes")
    assert (await bot.gets(T.UpdateBotCallbackQuery)).data == b"new"
    await anna.does("press", bot=town.bots[0], button="old")
    assert (await bot.gets(T.UpdateBotCallbackQuery)).data == b"old"


async def test_a_forged_press_carries_data_that_was_never_offered(town: Town) -> None:
    bot, anna = await town.chatting()
    sent = await bot.send(anna.id, "no buttons here")
    number = (await anna.sees())["message"]["id"]
    await anna.does("press", bot=town.bots[0], message_id=number, data="admin:1")
    query = await bot.gets(T.UpdateBotCallbackQuery)
    assert (query.data, query.msg_id) == (b"admin:1", sent.id)


async def test_the_reply_keyboard_stays_until_it_is_changed(town: Town) -> None:
    bot, anna = await town.chatting()
    await bot.send(anna.id, "menu", reply_markup=keys("Find", "Stop"))
    assert (await anna.sees())["message"]["keyboard"] == {"kind": "reply", "rows": [[{"text": "Find"}, {"text": "Stop"}]]}
    await bot.send(anna.id, "nothing about keys")

    pressed = await anna.does("press", bot=town.bots[0], button="Find")
    assert (await bot.reads()).message == "Find"
    assert (await anna.sees(own=True))["message"]["text"] in {"/start", "Find"}
    assert pressed["message_id"] > 1

    await bot.send(anna.id, "gone", reply_markup=T.ReplyKeyboardHide())
    refusal = await anna.post("press", bot=town.bots[0], button="Find")
    assert (refusal.status_code, refusal.json()["field"]) == (400, "button")


async def test_a_link_button_tells_its_url(town: Town) -> None:
    bot, anna = await town.chatting()
    link = T.KeyboardInlineButton(text="Open", type=T.InlineButtonTypeUrl(url="https://example.org/"))
    markup = T.ReplyInlineMarkup(rows=[T.KeyboardInlineButtonRow(buttons=[link])])
    await bot.send(anna.id, "look", reply_markup=markup)
    assert await anna.does("press", bot=town.bots[0], button="Open") == {"url": "https://example.org/"}


async def test_who_has_blocked_the_bot_or_never_started_it_cannot_be_written_to(town: Town) -> None:
    bot, anna = await town.chatting()
    stranger = await town.person("Stranger")
    assert await refused(bot, sending(stranger, "hello")) == (400, "PEER_ID_INVALID")

    await anna.does("block", bot=town.bots[0])
    assert (await bot.gets(T.UpdateBotStopped)).stopped is True
    assert await refused(bot, sending(anna, "hello")) == (403, "USER_IS_BLOCKED")
    refusal = await anna.post("messages", bot=town.bots[0], text="hello")
    assert (refusal.status_code, refusal.json()["field"]) == (409, "bot")

    await anna.does("unblock", bot=town.bots[0])
    assert (await bot.gets(T.UpdateBotStopped)).stopped is False
    assert (await bot.call(sending(anna, "hello again"))).id


async def test_a_deleted_account_cannot_be_written_to(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.http.delete(f"/api/users/{anna.id}")
    assert await refused(bot, sending(anna, "hello")) == (400, "INPUT_USER_DEACTIVATED")
    assert (await anna.post("messages", bot=town.bots[0], text="hello")).status_code == 410


async def test_a_wrong_access_hash_is_no_peer(town: Town) -> None:
    bot, anna = await town.chatting()
    query = F.messages.SendMessage(peer=T.InputPeerUser(user_id=anna.id, access_hash=1), message="hi", random_id=1)
    assert await refused(bot, query) == (400, "PEER_ID_INVALID")


async def test_a_random_id_is_good_for_one_message(town: Town) -> None:
    bot, anna = await town.chatting()
    await bot.send(anna.id, "once", random_id=4711)
    query = F.messages.SendMessage(peer=bot.peer(anna.id), message="twice", random_id=4711)
    assert await refused(bot, query) == (500, "RANDOM_ID_DUPLICATE")
    await bot.send(anna.id, "another")
    assert [(await anna.sees())["message"]["text"] for _ in range(2)] == ["once", "another"]


@pytest.mark.parametrize(
    ("text", "rest", "error"),
    [
        (" \n", {}, "MESSAGE_EMPTY"),
        ("a" * 4097, {}, "MESSAGE_TOO_LONG"),
        ("😀" * 2049, {}, "MESSAGE_TOO_LONG"),
        ("hi", {"entities": [T.MessageEntityBold(offset=1, length=2)]}, "ENTITY_BOUNDS_INVALID"),
        ("hi", {"reply_markup": inline([("long", b"x" * 65)])}, "BUTTON_DATA_INVALID"),
        ("hi", {"reply_markup": inline([("none", b"")])}, "BUTTON_DATA_INVALID"),
        ("hi", {"reply_markup": T.ReplyKeyboardMarkup(rows=[])}, "REPLY_MARKUP_INVALID"),
    ],
)
async def test_what_telegram_does_not_take(town: Town, text: str, rest: dict[str, object], error: str) -> None:
    bot, anna = await town.chatting()
    assert await refused(bot, sending(anna, text, **rest)) == (400, error)


async def test_edits_that_change_nothing_or_are_not_ones_own_are_refused(town: Town) -> None:
    bot, anna = await town.chatting()
    sent = await bot.send(anna.id, "as it is")
    peer = bot.peer(anna.id)
    same = F.messages.EditMessage(peer=peer, id=sent.id, message="as it is")
    unknown = F.messages.EditMessage(peer=peer, id=sent.id + 1000, message="what?")
    hers = F.messages.EditMessage(peer=peer, id=1, message="words in her mouth")
    assert await refused(bot, same) == (400, "MESSAGE_NOT_MODIFIED")
    assert await refused(bot, unknown) == (400, "MESSAGE_ID_INVALID")
    assert await refused(bot, hers) == (403, "MESSAGE_AUTHOR_REQUIRED")


async def test_an_edit_without_a_keyboard_takes_it_away(town: Town) -> None:
    bot, anna = await town.chatting()
    sent = await bot.send(anna.id, "sure?", reply_markup=inline([("Yes", b"yes")]))
    await bot.call(F.messages.EditMessage(peer=bot.peer(anna.id), id=sent.id, message="sure!"))
    assert (await anna.sees("edit"))["message"]["keyboard"] is None


async def test_deleting_forwarding_and_reading_again(town: Town) -> None:
    bot, anna = await town.chatting()
    boris = await town.person("Boris")
    await boris.says(town.bots[0], "pass it on")
    heard = await bot.reads()

    forward = F.messages.ForwardMessages(
        from_peer=bot.peer(boris.id), to_peer=bot.peer(anna.id), id=[heard.id], random_id=[99], drop_author=True
    )
    copied = (await bot.call(forward)).updates[-1].message
    seen = (await anna.sees())["message"]
    assert (seen["text"], seen["forwarded"], copied.fwd_from) == ("pass it on", False, None)
    forward.random_id, forward.drop_author = [100], False
    named = (await bot.call(forward)).updates[-1].message
    assert named.fwd_from.from_id.user_id == boris.id
    assert await refused(bot, forward) == (500, "RANDOM_ID_DUPLICATE")

    assert (await bot.call(F.messages.DeleteMessages(id=[copied.id, 5000], revoke=True))).pts_count == 1
    assert (await anna.sees("delete"))["message"]["id"] == seen["id"]
    ids = [T.InputMessageID(id=heard.id), T.InputMessageID(id=copied.id)]
    found = (await bot.call(F.messages.GetMessages(id=ids))).messages
    assert [type(one) for one in found] == [T.Message, T.MessageEmpty]


async def test_commands_are_kept_by_scope_and_language(town: Town) -> None:
    bot = await town.bot()
    find = T.BotCommand(command="find", description="Find a partner")
    scope = T.BotCommandScopeDefault()
    await bot.call(F.bots.SetBotCommands(scope=scope, lang_code="en", commands=[find]))
    (kept,) = await bot.call(F.bots.GetBotCommands(scope=scope, lang_code="en"))
    assert (kept.command, kept.description) == ("find", "Find a partner")
    assert await bot.call(F.bots.GetBotCommands(scope=scope, lang_code="de")) == []
    await bot.call(F.bots.ResetBotCommands(scope=scope, lang_code="en"))
    assert await bot.call(F.bots.GetBotCommands(scope=scope, lang_code="en")) == []
    wrong = F.bots.SetBotCommands(scope=scope, lang_code="", commands=[T.BotCommand(command="Find!", description="x")])
    assert await refused(bot, wrong) == (400, "BOT_COMMAND_INVALID")


async def test_what_a_person_deletes_is_gone_for_the_bot_too_which_hears_nothing_of_it(town: Town) -> None:
    bot, anna = await town.chatting()
    target = await bot.send(anna.id, "a secret")
    shown = await anna.sees()
    await anna.does("delete", bot=town.bots[0], message_id=shown["message"]["id"])
    assert (await anna.sees("delete"))["message"]["id"] == shown["message"]["id"]
    reply = T.InputReplyToMessage(reply_to_msg_id=target.id)
    assert await refused(bot, sending(anna, "about it", reply_to=reply)) == (400, "REPLY_MESSAGE_ID_INVALID")
    edit = F.messages.EditMessage(peer=bot.peer(anna.id), id=target.id, message="no secret")
    assert await refused(bot, edit) == (400, "MESSAGE_ID_INVALID")
    assert (await anna.post("delete", bot=town.bots[0], message_id=shown["message"]["id"])).status_code == 404


async def test_a_quote_must_occur_in_what_is_replied_to(town: Town) -> None:
    bot, anna = await town.chatting()
    target = await bot.send(anna.id, "to be or not to be")
    reply = {
        quote: T.InputReplyToMessage(reply_to_msg_id=target.id, quote_text=quote) for quote in ("or not", "that is the question")
    }
    await bot.send(anna.id, "indeed", reply_to=reply["or not"])
    assert await refused(bot, sending(anna, "well", reply_to=reply["that is the question"])) == (400, "QUOTE_TEXT_INVALID")


async def test_bots_may_use_the_free_effects_only(town: Town) -> None:
    bot, anna = await town.chatting()
    await bot.send(anna.id, "hurray", effect=5046509860389126442)
    assert await refused(bot, sending(anna, "hurray", effect=1)) == (400, "EFFECT_ID_INVALID")


async def test_no_page_is_found_for_a_preview(town: Town) -> None:
    bot, anna = await town.chatting()
    media = T.InputMediaWebPage(url="https://example.org/")
    preview = F.messages.SendMedia(peer=bot.peer(anna.id), media=media, message="look", random_id=1)
    assert await refused(bot, preview) == (400, "WEBPAGE_NOT_FOUND")
    sent = await bot.send(anna.id, "look")
    edit = F.messages.EditMessage(peer=bot.peer(anna.id), id=sent.id, message="look there", media=media)
    assert await refused(bot, edit) == (400, "WEBPAGE_NOT_FOUND")


SITE = "see https://example.org/a"
LINK = "https://example.org/a"


@pytest.mark.parametrize(
    ("asked", "shown", "media"),
    [
        ({}, {"url": LINK}, (False, False, False, None)),
        ({"no_webpage": True}, None, None),
        ({"invert_media": True}, {"url": LINK, "above": True}, (False, False, False, True)),
        ({"force_large_media": True}, {"url": LINK, "large": True}, (True, False, True, None)),
        ({"force_small_media": True}, {"url": LINK, "small": True}, (False, True, True, None)),
    ],
)
async def test_a_bot_sees_the_preview_of_a_link_as_its_sender_had_it(town: Town, asked, shown, media) -> None:
    bot, anna = await town.chatting()
    number = await anna.says(town.bots[0], SITE, **asked)
    heard = await bot.reads()
    seen = heard.media and (
        heard.media.force_large_media,
        heard.media.force_small_media,
        heard.media.manual,
        heard.invert_media or None,
    )
    assert seen == media
    assert heard.media is None or heard.media.webpage.url == LINK
    assert (await anna.sees_number(number))["preview"] == shown


async def test_a_text_without_a_link_has_no_preview(town: Town) -> None:
    bot, anna = await town.chatting()
    number = await anna.says(town.bots[0], "see that", invert_media=True)
    assert (await bot.reads()).media is None
    assert (await anna.sees_number(number))["preview"] is None


async def test_a_bot_sends_and_edits_with_or_without_a_preview(town: Town) -> None:
    bot, anna = await town.chatting()
    sent = await bot.send(anna.id, SITE)
    assert (await anna.sees())["message"]["preview"] == {"url": LINK}
    for asked, shown in (
        ({"no_webpage": True}, None),
        ({"invert_media": True}, {"url": LINK, "above": True}),
        ({}, {"url": LINK}),
    ):
        edit = F.messages.EditMessage(peer=bot.peer(anna.id), id=sent.id, message=SITE, **asked)
        await bot.call(edit)
        assert (await anna.sees("edit"))["message"]["preview"] == shown
        assert await refused(bot, edit) == (400, "MESSAGE_NOT_MODIFIED")
    await bot.send(anna.id, SITE, no_webpage=True)
    assert (await anna.sees())["message"]["preview"] is None


async def test_what_nobody_edits_comes_to_the_bot_as_an_edit_all_the_same(town: Town) -> None:
    bot, anna = await town.chatting()
    number = await anna.says(town.bots[0], "hello")
    await anna.does("edit", bot=town.bots[0], message_id=number, hidden=True)
    stirred = (await bot.gets(T.UpdateEditMessage)).message
    assert (stirred.edit_hide, stirred.edit_date, stirred.message) == (True, None, "hello")
    place = {"latitude": 1.0, "longitude": 2.0}
    number = (await anna.does("messages", bot=town.bots[0], location=place))["message_id"]
    await anna.does("edit", bot=town.bots[0], message_id=number, location=place | {"latitude": 3.0})
    moved = (await bot.gets(T.UpdateEditMessage)).message
    assert (moved.edit_hide, moved.media.geo.lat, moved.edit_date > 0) == (False, 3.0, True)
    assert (await anna.post("edit", bot=town.bots[0], message_id=1, location=place)).json()["field"] == "message_id"
