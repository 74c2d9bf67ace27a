"""Users, bots, channels and messages as TL, as one bot sees them: access hashes are valid for that bot only."""

from __future__ import annotations

from hashlib import blake2b

from pyrogram import raw

from transport.sandbox.content import entities, keyboards, previews
from transport.sandbox.content.media import DC, MediaRenderer
from transport.sandbox.content.service import service_message
from transport.sandbox.mtproto.tl import TL, Written
from transport.sandbox.world.mailbox import Mailbox
from transport.sandbox.world.model import Bot, Channel, Message, User
from transport.sandbox.world.world import World

types = raw.types
CACHED_USERS = 20_000


class Renderer:
    def __init__(self, world: World, mailbox: Mailbox, media: MediaRenderer, secret: bytes) -> None:
        self._world = world
        self._mailbox = mailbox
        self._media = media
        self._secret = secret
        self._users: dict[tuple[int, int], Written] = {}

    def access_hash(self, viewer: int, peer: int) -> int:
        digest = blake2b(b"%d:%d" % (viewer, peer), key=self._secret, digest_size=8).digest()
        return int.from_bytes(digest, "little", signed=True)

    def user(self, viewer: int, user: User) -> TL:
        """A user as TL. It is cached serialised, because it goes with every message and rarely changes."""
        known = self._users.get((viewer, user.id))
        if known is None:
            if len(self._users) >= CACHED_USERS:
                self._users.clear()
            known = self._users[viewer, user.id] = Written(self._user(viewer, user).write())
        return known

    def forget(self, user: User) -> None:
        for viewer in self._world.bots:
            self._users.pop((viewer, user.id), None)

    def bot(self, viewer: int, bot: Bot) -> TL:
        return types.User(
            id=bot.id,
            bot=True,
            is_self=bot.id == viewer,
            access_hash=self.access_hash(viewer, bot.id),
            first_name=bot.name,
            username=bot.username,
            bot_info_version=1,
        )

    def person(self, viewer: int, number: int) -> TL | None:
        if number in self._world.bots:
            return self.bot(viewer, self._world.bots[number])
        user = self._world.users.get(number)
        return None if user is None else self.user(viewer, user)

    def channel(self, viewer: int, channel: Channel) -> TL:
        admin = viewer in channel.admins
        return types.Channel(
            id=channel.id,
            title=channel.title,
            photo=types.ChatPhotoEmpty(),
            date=channel.created,
            broadcast=True,
            left=not admin,
            access_hash=self.access_hash(viewer, channel.id),
            username=channel.username or None,
            admin_rights=admin_rights() if admin else None,
            participants_count=len(channel.members),
        )

    def message(self, message: Message, viewer: int = 0) -> TL:
        """A message as its bot sees it, or a post as the bot `viewer` sees it."""
        if message.service is not None:
            return service_message(message, message.service)
        reply = types.MessageReplyHeader(reply_to_msg_id=message.reply_to) if message.reply_to else None
        post = message.is_post
        return types.Message(
            id=message.id,
            peer_id=types.PeerChannel(channel_id=message.user) if post else types.PeerUser(user_id=message.user),
            date=message.date,
            message=message.text,
            out=(message.author == viewer if post else message.from_bot) or None,
            post=post or None,
            reply_to=reply,
            entities=[entities.to_tl(entity) for entity in message.entities] or None,
            reply_markup=keyboards.to_tl(message.keyboard),
            fwd_from=self._forward(message),
            edit_date=message.edited or None,
            edit_hide=message.hidden_edit or None,
            media=self._media.to_tl(viewer or message.bot, message.media) or previews.to_tl(message),
            grouped_id=message.album,
            noforwards=message.protected or None,
            invert_media=(message.media or {}).get("caption_above") or (message.preview or {}).get("above"),
        )

    def messages(self, box: int, numbers: list[int], viewer: int = 0) -> list[TL]:
        """The messages with these ids in a mailbox. Unknown and deleted ones are `MessageEmpty`."""
        found = [(number, self._mailbox.get(box, number)) for number in numbers]
        return [types.MessageEmpty(id=number) if one is None else self.message(one, viewer) for number, one in found]

    def _user(self, viewer: int, user: User) -> TL:
        return types.User(
            id=user.id,
            deleted=user.deleted or None,
            access_hash=self.access_hash(viewer, user.id),
            first_name=None if user.deleted else user.name,
            username=None if user.deleted else user.username or None,
            scam=user.mark == "scam" or None,
            fake=user.mark == "fake" or None,
            photo=types.UserProfilePhoto(photo_id=user.id, dc_id=DC) if user.photo and not user.deleted else None,
            lang_code=user.language or None,
        )

    def _forward(self, message: Message) -> TL | None:
        if message.forward is None:
            return None
        date, post = message.forward["date"], message.forward.get("post")
        if post is not None:
            origin = types.PeerChannel(channel_id=message.forward["channel"])
            return types.MessageFwdHeader(date=date, from_id=origin, channel_post=post)
        return types.MessageFwdHeader(date=date, from_id=types.PeerUser(user_id=message.forward["user"]))


def admin_rights() -> TL:
    return types.ChatAdminRights(post_messages=True, edit_messages=True, delete_messages=True, invite_users=True, other=True)
