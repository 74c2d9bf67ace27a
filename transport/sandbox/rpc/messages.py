"""messages: sending, editing, deleting, forwarding, answering presses."""

from __future__ import annotations

import time

from pyrogram import raw

from transport.sandbox import entities, keyboards
from transport.sandbox.model import Json, Message, RpcError, User
from transport.sandbox.rpc.call import Call, Methods
from transport.sandbox.tl import TL, boolean, revived

types = raw.types
MAX_FORWARDED = 100
MAX_TEXT = 4096
"""UTF-16 units of what a bot sends."""


def send_message(call: Call, query: TL) -> TL:
    check_text(query.message)
    formatting = entities.from_tl(query.entities, query.message)
    keyboard = keyboards.from_tl(query.reply_markup)
    user = call.recipient(query.peer)
    check_random_id(call, query.random_id)
    message = call.services.mailbox.add(
        call.bot,
        user,
        query.message,
        from_bot=True,
        entities=formatting,
        keyboard=keyboard,
        reply_to=reply_target(call, query.reply_to, user),
        random_id=query.random_id,
    )
    pts = deliver(call, message, user)
    return types.UpdateShortSentMessage(out=True, id=message.id, pts=pts, pts_count=1, date=message.date, entities=query.entities)


def edit_message(call: Call, query: TL) -> TL:
    user = call.recipient(query.peer)
    message = own_message(call, query.id, user)
    keyboard = keyboards.from_tl(query.reply_markup)
    text, formatting = message.text, message.entities
    if query.message is not None:
        check_text(query.message)
        text, formatting = query.message, entities.from_tl(query.entities, query.message)
    if (text, formatting, keyboard) == (message.text, message.entities, message.keyboard):
        raise RpcError(400, "MESSAGE_NOT_MODIFIED")
    message.text, message.entities, message.keyboard = text, formatting, keyboard
    message.edited = int(time.time())
    call.services.mailbox.save(message)
    call.services.screen.show("edit", message)
    update = call.services.updates.changed(call.bot, message)
    call.services.updates.echo(call.bot, call.session, lambda: update, user)
    return answer_with(call, [update], user)


def delete_messages(call: Call, query: TL) -> TL:
    """For both sides; numbers that are unknown or gone count for nothing."""
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
    found = call.services.renderer.messages(call.bot.id, message_numbers(call, query.id))
    people = {message.peer_id.user_id for message in found if isinstance(message, types.Message)}
    users = [call.services.renderer.person(call.bot.id, number) for number in people]
    return types.messages.Messages(messages=found, topics=[], chats=[], users=users)


def forward_messages(call: Call, query: TL) -> TL:
    """Copies, with the author named unless `drop_author`."""
    user = call.recipient(query.to_peer)
    call.user(query.from_peer)
    if not query.id or len(query.id) > MAX_FORWARDED or len(query.id) != len(query.random_id):
        raise RpcError(400, "MESSAGE_IDS_EMPTY" if not query.id else "RANDOM_ID_INVALID")
    originals = [call.services.mailbox.get(call.bot.id, number) for number in query.id]
    updates: list[TL] = []
    for original, random_id in zip(originals, query.random_id, strict=True):
        if original is None:
            raise RpcError(400, "MESSAGE_ID_INVALID")
        check_random_id(call, random_id)
        updates += forward(call, original, user, random_id, anonymous=bool(query.drop_author))
    return answer_with(call, updates, user)


def set_typing(call: Call, query: TL) -> TL:
    call.recipient(query.peer)
    return boolean(True)  # noqa: FBT003 - the value


def set_bot_callback_answer(call: Call, query: TL) -> TL:
    if query.message and entities.utf16_length(query.message) > 200:
        raise RpcError(400, "MESSAGE_TOO_LONG")
    message = call.services.callbacks.take(call.bot.id, query.query_id)
    if message is None:
        raise RpcError(400, "QUERY_ID_INVALID")
    rest: Json = {"text": query.message or "", "alert": bool(query.alert)}
    if query.url:
        rest["url"] = query.url
    call.services.screen.show("answer", message, **rest)
    return boolean(True)  # noqa: FBT003 - the value


def check_text(text: str) -> None:
    if not text.strip():
        raise RpcError(400, "MESSAGE_EMPTY")
    if entities.utf16_length(text) > MAX_TEXT:
        raise RpcError(400, "MESSAGE_TOO_LONG")


def check_random_id(call: Call, random_id: int) -> None:
    """Each is good for one message, for ever."""
    if call.services.mailbox.sent_before(call.bot.id, random_id):
        raise RpcError(500, "RANDOM_ID_DUPLICATE")


def reply_target(call: Call, reply_to: TL, user: User) -> int | None:
    """A reply to a message that is gone is sent without the reply, as Telegram does."""
    number = getattr(reply_to, "reply_to_msg_id", None)
    target = None if number is None else call.services.mailbox.get(call.bot.id, number)
    return target.id if target is not None and target.user == user.id else None


def own_message(call: Call, number: int, user: User) -> Message:
    message = call.services.mailbox.get(call.bot.id, number)
    if message is None or message.user != user.id:
        raise RpcError(400, "MESSAGE_ID_INVALID")
    if not message.from_bot:
        raise RpcError(403, "MESSAGE_AUTHOR_REQUIRED")
    return message


def forward(call: Call, original: Message, user: User, random_id: int, *, anonymous: bool) -> list[TL]:
    author = call.bot.id if original.from_bot else original.user
    message = call.services.mailbox.add(
        call.bot,
        user,
        original.text,
        from_bot=True,
        entities=original.entities,
        forward=None if anonymous else original.forward or {"user": author, "date": original.date},
        random_id=random_id,
    )
    pts = deliver(call, message, user)
    return [types.UpdateMessageID(id=message.id, random_id=random_id), new_message(call, message, pts)]


def deliver(call: Call, message: Message, user: User) -> int:
    """Put a sent message into the log and onto the phone; its pts."""
    keyboard = message.keyboard
    if keyboard is not None and keyboard["kind"] == "reply":
        chat = call.services.world.chat(message.user, message.bot)
        chat.keyboard = keyboard if keyboard["rows"] else None
        call.services.world.save_chat(chat)
    call.services.screen.show("message", message)
    pts = call.services.updates.number(call.bot, "new", message.id)
    call.services.updates.echo(call.bot, call.session, lambda: new_message(call, message, pts), user)
    return pts


def new_message(call: Call, message: Message, pts: int) -> TL:
    return types.UpdateNewMessage(message=call.services.renderer.message(message), pts=pts, pts_count=1)


def announce_deletion(call: Call, message: Message) -> None:
    pts = call.services.updates.number(call.bot, "delete", message.id)
    user = call.services.world.users[message.user]
    update = types.UpdateDeleteMessages(messages=[message.id], pts=pts, pts_count=1)
    call.services.updates.echo(call.bot, call.session, lambda: update, user)


def answer_with(call: Call, updates: list[TL], user: User) -> TL:
    renderer = call.services.renderer
    users = [renderer.user(call.bot.id, user), renderer.bot(call.bot.id, call.bot)]
    return types.Updates(updates=updates, users=users, chats=[], date=int(time.time()), seq=0)


def message_numbers(call: Call, wanted: list[TL]) -> list[int]:
    """Of InputMessageID and InputMessageReplyTo: the latter names the message that a message answers."""
    numbers = []
    for one in revived(wanted):
        if isinstance(one, types.InputMessageReplyTo):
            message = call.services.mailbox.get(call.bot.id, one.id)
            numbers.append(message.reply_to or 0 if message else 0)
        elif isinstance(one, types.InputMessageID):
            numbers.append(one.id)
    return numbers


METHODS: Methods = {
    "messages.SendMessage": send_message,
    "messages.EditMessage": edit_message,
    "messages.DeleteMessages": delete_messages,
    "messages.GetMessages": get_messages,
    "messages.ForwardMessages": forward_messages,
    "messages.SetTyping": set_typing,
    "messages.SetBotCallbackAnswer": set_bot_callback_answer,
}
