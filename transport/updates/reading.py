"""Translates Telegram's updates into `domain.model.inbound`: what a person did. Pure.

Only private chats are read, and presses of operators' buttons, which may be anywhere.

`Content` gets the text and its formatting but nothing that identifies a person: forward headers,
quotes and mentions by id are left out because nothing here reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pyrogram import raw

from domain.model.content import Content, Media, Text, Uncopyable
from domain.model.ids import BotId, MessageId, Pts, UserId
from domain.model.inbound import (
    NAMES,
    OPERATOR,
    PAYMENT,
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    CommandReceived,
    Ignored,
    Inbound,
    MessageEdited,
    MessageReceived,
    OperatorPressed,
)
from domain.session.typed import normal_form, read_command
from domain.trust.file_names import tells
from transport.media.reading import read_dice, read_document, read_photo, read_poll
from transport.texts.catalogue import FALLBACK, Labels
from transport.texts.entities import from_telegram
from transport.updates.payments import read_payment, read_subscription

Users = Mapping[int, Any]
"""The `raw.types.User` objects that came with the updates, by id."""

LONGEST_LABEL = 256
"""Characters of a key's label as somebody may have spelled it. The normal form of a longer text is never looked for."""
MESSAGE_KEYS = 1 << 32
"""Added to a message's id to make its key. Places have 31 bits, so no place is a message's key."""

LINKS = frozenset({"url", "text_url"})
"""Entities of which Telegram makes a preview, unless the sender does not want one."""

NAMING = ("file_name", "title", "performer")
"""Attributes of files that may have their sender's name."""

SERVICE_KINDS = {
    raw.types.MessageActionPaymentSentMe: PAYMENT,
    raw.types.MessageActionPaymentRefunded: "service:refunded_payment",
}
"""`Ignored.kind` of service messages. That of all others is made of their action's name."""


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What is needed to read an update: the bot that received it, and the labels of its reply keyboards."""

    bot: BotId
    labels: Labels
    username: str = ""
    """Commands such as /stop@username are this bot's. Empty while it is not known: then all are."""


def read(update: Any, users: Users, reading: ReadContext) -> Inbound | Ignored | None:
    """`Ignored` for an update that nobody takes, if it has a place in the bot's log or is worth counting; None for any other.

    Updates of channels have a `pts` too, but in the log of the channel: it must never be confirmed in the bot's log.
    """
    reader = READERS.get(type(update))
    found = reader(update, users, reading) if reader is not None else None
    return found if found is not None else _skip(update)


def key_of(update: Any) -> Pts:
    """The key by which a numbered update is confirmed, and remembered in the pool. It is the same when the update comes again.

    The key of a new message is `MESSAGE_KEYS` + its id, which rises with the log: a difference does not tell the places of its
    messages. The key of any other update is its place.
    """
    is_message = isinstance(update, raw.types.UpdateNewMessage)
    return Pts(MESSAGE_KEYS + update.message.id if is_message else update.pts)


def content_of(message: Any, bot: BotId) -> Content:
    if message.via_bot_id or message.via_business_bot_id:
        return Uncopyable(reason="refuse-via-bot")
    if message.rich_message is not None:
        return Uncopyable(reason="refuse-kind")
    return CONTENTS.get(type(message.media), _unsupported)(message, bot)


def _content(message: Any, writer: Any, bot: BotId) -> Content:
    """The writer's own names are looked for here, where they are known, so that nothing else has to know them."""
    content = content_of(message, bot)
    if not isinstance(content, Media) or not isinstance(message.media, raw.types.MessageMediaDocument):
        return content
    attributes = message.media.document.attributes
    written = " ".join(filter(None, (getattr(each, name, "") for each in attributes for name in NAMING)))
    return replace(content, names_sender=True) if tells(_names(writer), written) else content


def _names(writer: Any) -> Iterator[str]:
    yield from filter(None, (getattr(writer, name, "") for name in ("first_name", "last_name", "username")))
    yield from (each.username for each in getattr(writer, "usernames", None) or ())


def _skip(update: Any) -> Ignored | None:
    return Ignored(pts=key_of(update)) if isinstance(update, NUMBERED) else None


def _service(action: Any) -> str:
    """`MessageActionPinMessage` is service:pin_message."""
    name = type(action).__name__.removeprefix("MessageAction")
    return SERVICE_KINDS.get(type(action)) or "service:" + re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _new_message(update: Any, users: Users, reading: ReadContext) -> Inbound | Ignored | None:
    message = update.message
    if isinstance(message, raw.types.MessageService):
        payment = read_payment(message, key_of(update), reading.bot)
        return payment or Ignored(pts=key_of(update), kind=_service(message.action))
    if (user := _writer(message, users)) is None:
        return None
    pts, number, language = key_of(update), MessageId(message.id), _language(user, users)
    content = _content(message, users.get(user), reading.bot)
    if (command := _command(message, content, reading)) is None:
        return MessageReceived(
            user=user,
            pts=pts,
            message=number,
            content=content,
            reply_to=_reply_to(message),
            album=message.grouped_id or 0,
            language=language,
            date=message.date,
        )
    return CommandReceived(
        user=user,
        pts=pts,
        message=number,
        name=command[0],
        argument=command[1],
        content=content,
        reply_to=_reply_to(message),
        language=language,
        date=message.date,
        username=_username(user, users) if command[0] == NAMES else "",
        lacks=_lacks(user, users),
        marked=_mark(user, users),
    )


def _edited_message(update: Any, users: Users, reading: ReadContext) -> Inbound | Ignored | None:
    """Telegram also sends an edit for a reaction or a preview that has loaded, and hides it or does not date it: that is no edit
    of a person.
    """
    message = update.message
    if (user := _writer(message, users)) is None:
        return None
    if message.edit_hide or not message.edit_date:
        return Ignored(pts=key_of(update), kind="hidden_edit")
    return MessageEdited(
        user=user,
        pts=key_of(update),
        message=MessageId(message.id),
        content=_content(message, users.get(user), reading.bot),
        date=message.edit_date,
        written=message.date,
    )


def _press(update: Any, users: Users, _: ReadContext) -> Inbound | Ignored:
    user = UserId(update.user_id)
    data = (update.data or b"").decode(errors="replace")
    if data.startswith(OPERATOR):
        rest = data.removeprefix(OPERATOR)
        return OperatorPressed(user=user, query=update.query_id, data=rest, language=_language(user, users))
    if not isinstance(update.peer, raw.types.PeerUser):
        return Ignored(pts=None, kind="press_elsewhere")
    return ButtonPressed(
        user=user,
        query=update.query_id,
        message=MessageId(update.msg_id),
        data=data,
        language=_language(user, users),
        username=_username(user, users) if data.startswith(f"{NAMES}:") else "",
    )


def _blocked(update: Any, _: Users, __: ReadContext) -> Inbound:
    user = UserId(update.user_id)
    return BotBlocked(user=user) if update.stopped else BotUnblocked(user=user)


def command_in(text: Text, reading: ReadContext) -> tuple[str, str] | None:
    """Name and argument of a slash command or of a reply keyboard's label; None for ordinary text.

    The name of another bot's command is that bot's too, "stop@other_bot", which is no command here.
    """
    if len(text.text) <= LONGEST_LABEL and (label := reading.labels.get(normal_form(text.text))) is not None:
        return label, ""
    if (typed := read_command(text)) is None:
        return None
    of_another_bot = typed.bot and reading.username and typed.bot != normal_form(reading.username)
    return f"{typed.name}@{typed.bot}" if of_another_bot else typed.name, typed.argument


def _command(message: Any, content: Content, reading: ReadContext) -> tuple[str, str] | None:
    """A forwarded command is content: it is not carried out."""
    return command_in(content, reading) if isinstance(content, Text) and message.fwd_from is None else None


def _writer(message: Any, users: Users) -> UserId | None:
    """Who wrote this to the bot in private. None for the bot's own messages, other bots, groups and service messages."""
    if not isinstance(message, raw.types.Message) or message.out or not isinstance(message.peer_id, raw.types.PeerUser):
        return None
    user = message.peer_id.user_id
    return None if getattr(users.get(user), "bot", False) else UserId(user)


def _language(user: UserId, users: Users) -> str:
    return getattr(users.get(user), "lang_code", None) or FALLBACK


def _username(user: UserId, users: Users) -> str:
    """Somebody with several has them in a list instead."""
    known = users.get(user)
    others = (name.username for name in getattr(known, "usernames", None) or () if name.active)
    return getattr(known, "username", None) or next(others, "")


def _lacks(user: UserId, users: Users) -> int:
    """How much of an ordinary account is missing: username, photo, language. 0 where only a part of the account is known."""
    account = users.get(user)
    if account is None or account.min:
        return 0
    pictured = isinstance(account.photo, raw.types.UserProfilePhoto)
    return (not (account.username or account.usernames)) + (not pictured) + (not account.lang_code)


def _mark(user: UserId, users: Users) -> str:
    account = users.get(user)
    return "scam" if getattr(account, "scam", False) else "fake" if getattr(account, "fake", False) else ""


def _reply_to(message: Any) -> MessageId | None:
    """The message replied to. None for replies to stories or to other chats, which the partner cannot see. Where a bot has
    topics, each message of one seems to be a reply to the topic.
    """
    header = message.reply_to
    if not isinstance(header, raw.types.MessageReplyHeader) or header.reply_to_peer_id is not None:
        return None
    if header.forum_topic and not header.reply_to_top_id:
        return None
    return MessageId(header.reply_to_msg_id) if header.reply_to_msg_id else None


def _text(message: Any, bot: BotId) -> Content:
    if not message.message:
        return _unsupported(message, bot)
    entities = from_telegram(message.entities)
    previewed = isinstance(message.media, raw.types.MessageMediaWebPage)
    return Text(
        text=message.message,
        entities=entities,
        no_preview=not previewed and any(entity.kind in LINKS for entity in entities),
        preview_above=previewed and bool(message.invert_media),
    )


def _unsupported(_: Any, __: BotId) -> Content:
    return Uncopyable(reason="refuse-kind")


def _refused(reason: str) -> Callable[[Any, BotId], Content]:
    return lambda _, __: Uncopyable(reason=reason)


CONTENTS: dict[type, Callable[[Any, BotId], Content]] = {
    type(None): _text,
    raw.types.MessageMediaEmpty: _text,
    raw.types.MessageMediaWebPage: _text,
    raw.types.MessageMediaPhoto: read_photo,
    raw.types.MessageMediaDocument: read_document,
    raw.types.MessageMediaPoll: read_poll,
    raw.types.MessageMediaDice: read_dice,
    raw.types.MessageMediaContact: _refused("refuse-contact"),
    raw.types.MessageMediaGeo: _refused("refuse-location"),
    raw.types.MessageMediaGeoLive: _refused("refuse-location"),
    raw.types.MessageMediaVenue: _refused("refuse-location"),
    raw.types.MessageMediaGame: _refused("refuse-game"),
    raw.types.MessageMediaInvoice: _refused("refuse-payment"),
    raw.types.MessageMediaPaidMedia: _refused("refuse-payment"),
    raw.types.MessageMediaGiveaway: _refused("refuse-giveaway"),
    raw.types.MessageMediaGiveawayResults: _refused("refuse-giveaway"),
    raw.types.MessageMediaStory: _refused("refuse-story"),
}
"""How each kind of message is read. A kind that is not here is refused as unsupported."""

READERS: dict[type, Callable[[Any, Users, ReadContext], Inbound | Ignored | None]] = {
    raw.types.UpdateNewMessage: _new_message,
    raw.types.UpdateEditMessage: _edited_message,
    raw.types.UpdateBotCallbackQuery: _press,
    raw.types.UpdateBotStopped: _blocked,
    raw.types.UpdateBotStarsSubscription: lambda update, _, __: read_subscription(update),
}

NUMBERED = (
    raw.types.UpdateNewMessage,
    raw.types.UpdateEditMessage,
    raw.types.UpdateDeleteMessages,
    raw.types.UpdateReadHistoryInbox,
    raw.types.UpdateReadHistoryOutbox,
    raw.types.UpdateReadMessagesContents,
    raw.types.UpdatePinnedMessages,
    raw.types.UpdateWebPage,
    raw.types.UpdateFolderPeers,
)
"""Updates whose `pts` is a place in the bot's own log."""
