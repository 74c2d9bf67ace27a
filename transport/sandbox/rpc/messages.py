"""Methods of messages that send, edit and delete texts and answer button presses."""

from __future__ import annotations

import time
from dataclasses import replace

from pyrogram import raw

from transport.sandbox.content import entities, keyboards, previews
from transport.sandbox.mtproto.tl import TL, boolean, revived
from transport.sandbox.rpc.call import Call, Methods
from transport.sandbox.rpc.input_media import read_media, with_caption
from transport.sandbox.rpc.media import check_album, keyboard_beside
from transport.sandbox.rpc.outbox import outbox
from transport.sandbox.rpc.sending import check_caption, check_effect, check_text, reply_target
from transport.sandbox.world.model import FILE_KINDS, Json, Media, Message, RpcError

types = raw.types


def send_message(call: Call, query: TL) -> TL:
    check_text(query.message)
    formatting = entities.from_tl(query.entities, query.message)
    keyboard = keyboard_beside(None, keyboards.from_tl(query.reply_markup))
    to = outbox(call, query.peer)
    check_effect(query)
    to.check_random_id(query.random_id)
    message = to.add(
        query.message,
        entities=formatting,
        keyboard=keyboard,
        preview=previews.wanted(off=query.no_webpage, above=query.invert_media),
        reply_to=reply_target(to, query.reply_to),
        random_id=query.random_id,
        protected=bool(query.noforwards),
    )
    pts = to.deliver(message)
    if message.is_post:
        return to.answer([types.UpdateMessageID(id=message.id, random_id=query.random_id), to.added(message, pts)])
    return types.UpdateShortSentMessage(
        out=True,
        id=message.id,
        pts=pts,
        pts_count=1,
        date=message.date,
        entities=query.entities,
        media=previews.to_tl(message),
    )


def edit_message(call: Call, query: TL) -> TL:
    to = outbox(call, query.peer)
    message = to.own(query.id)
    keyboard = keyboard_beside(message.media, keyboards.from_tl(query.reply_markup))
    media = message.media if query.media is None else new_media(call, message, query)
    edited = replace(message, keyboard=keyboard, media=media)
    if query.message is not None:
        check_text(query.message) if media is None else check_caption(query.message)
        edited.text, edited.entities = query.message, entities.from_tl(query.entities, query.message)
        edited.media = None if media is None else with_caption(media, above=query.invert_media)
        edited.preview = previews.wanted(off=query.no_webpage, above=query.invert_media) if media is None else None
    if look(edited) == look(message):
        raise RpcError(400, "MESSAGE_NOT_MODIFIED")
    edited.edited = int(time.time())
    call.services.mailbox.save(edited)
    return to.answer([to.change(edited)])


def look(message: Message) -> tuple[object, ...]:
    """What an edit can change."""
    return message.text, message.entities, message.keyboard, message.media, previews.shown(message)


def delete_messages(call: Call, query: TL) -> TL:
    """Delete messages for both sides. Unknown and deleted ids are ignored."""
    deleted = 0
    for number in query.id:
        message = call.services.mailbox.get(call.bot.id, number)
        if message is not None:
            message.deleted = True
            call.services.mailbox.save(message)
            call.services.screen.show("delete", message)
            announce_deletion(call, message)
            deleted += 1
    return types.messages.AffectedMessages(pts=call.bot.pts, pts_count=deleted)


def get_messages(call: Call, query: TL) -> TL:
    found = call.services.renderer.messages(call.bot.id, message_numbers(call, call.bot.id, query.id))
    people = {message.peer_id.user_id for message in found if isinstance(message, types.Message | types.MessageService)}
    users = [call.services.renderer.person(call.bot.id, number) for number in people]
    return types.messages.Messages(messages=found, topics=[], chats=[], users=users)


def set_typing(call: Call, query: TL) -> TL:
    call.recipient(query.peer)
    return boolean(True)  # noqa: FBT003 - the value


def set_bot_callback_answer(call: Call, query: TL) -> TL:
    if query.message and entities.utf16_length(query.message) > 200:
        raise RpcError(400, "MESSAGE_TOO_LONG")
    pressed = call.services.callbacks.take(call.bot.id, query.query_id)
    if pressed is None:
        raise RpcError(400, "QUERY_ID_INVALID")
    rest: Json = {"text": query.message or "", "alert": bool(query.alert)}
    if query.url:
        rest["url"] = query.url
    call.services.screen.show("answer", pressed.message, to=pressed.user, **rest)
    return boolean(True)  # noqa: FBT003 - the value


def new_media(call: Call, message: Message, query: TL) -> Media:
    """The media after an edit. A text cannot become media, and an album's media must stay of a kind that fits."""
    media = read_media(call, query.media, above=query.invert_media)
    if message.media is None or message.media["kind"] not in FILE_KINDS:
        raise RpcError(400, "MEDIA_PREV_INVALID")
    if media["kind"] not in FILE_KINDS:
        raise RpcError(400, "MEDIA_NEW_INVALID")
    if message.album is not None:
        check_album([message.media, media])
    return media


def announce_deletion(call: Call, message: Message) -> None:
    pts = call.services.updates.number(call.bot, "delete", message.id)
    user = call.services.world.users[message.user]
    update = types.UpdateDeleteMessages(messages=[message.id], pts=pts, pts_count=1)
    call.services.updates.echo(call.bot, call.session, lambda: update, user)


def message_numbers(call: Call, box: int, wanted: list[TL]) -> list[int]:
    """Ids of the messages named by InputMessageID, or by InputMessageReplyTo: the message that a message replies to."""
    numbers = []
    for one in revived(wanted):
        if isinstance(one, types.InputMessageReplyTo):
            message = call.services.mailbox.get(box, one.id)
            numbers.append(message.reply_to or 0 if message else 0)
        elif isinstance(one, types.InputMessageID):
            numbers.append(one.id)
    return numbers


METHODS: Methods = {
    "messages.SendMessage": send_message,
    "messages.EditMessage": edit_message,
    "messages.DeleteMessages": delete_messages,
    "messages.GetMessages": get_messages,
    "messages.SetTyping": set_typing,
    "messages.SetBotCallbackAnswer": set_bot_callback_answer,
}
