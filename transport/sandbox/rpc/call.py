"""The call that a method's handler gets with its query, and checks that many handlers use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pyrogram import raw

from transport.sandbox.content.catalog import Catalog
from transport.sandbox.content.file_credentials import FileCredentials
from transport.sandbox.content.files import Files
from transport.sandbox.content.media import MediaRenderer
from transport.sandbox.content.render import Renderer
from transport.sandbox.content.screen import Screen
from transport.sandbox.content.uploads import Uploads
from transport.sandbox.mtproto.sessions import Keyring, Session
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.stars.desk import Stars
from transport.sandbox.world.callbacks import Callbacks
from transport.sandbox.world.mailbox import Mailbox
from transport.sandbox.world.model import Bot, Channel, RpcError, User
from transport.sandbox.world.updates import UpdateLog
from transport.sandbox.world.world import World

types = raw.types


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    world: World
    mailbox: Mailbox
    updates: UpdateLog
    screen: Screen
    callbacks: Callbacks
    renderer: Renderer
    keyring: Keyring
    files: Files
    catalog: Catalog
    file_credentials: FileCredentials
    media: MediaRenderer
    uploads: Uploads
    stars: Stars
    address: Callable[[], tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Call:
    services: Services
    session: Session
    _bot: Bot | None

    @property
    def bot(self) -> Bot:
        """The bot that is logged in with this key. Raises RpcError if there is none."""
        if self._bot is None:
            raise RpcError(401, "AUTH_KEY_UNREGISTERED")
        return self._bot

    def user(self, peer: TL) -> User:
        """A person that the bot may name: with the access hash it was given, or with 0 if they have talked."""
        number = getattr(peer, "user_id", None)
        user = None if number is None else self.services.world.users.get(number)
        if user is None:
            raise RpcError(400, "PEER_ID_INVALID")
        if peer.access_hash not in (0, self.services.renderer.access_hash(self.bot.id, user.id)):
            raise RpcError(400, "PEER_ID_INVALID")
        return user

    def recipient(self, peer: TL) -> User:
        user = self.user(peer)
        if user.deleted:
            raise RpcError(400, "INPUT_USER_DEACTIVATED")
        chat = self.services.world.chat(user.id, self.bot.id)
        if chat.blocked:
            raise RpcError(403, "USER_IS_BLOCKED")
        if not chat.started:
            raise RpcError(400, "PEER_ID_INVALID")
        return user

    def person(self, peer: TL) -> TL:
        """A user or a bot as TL; also the calling bot itself."""
        if isinstance(peer, types.InputUserSelf | types.InputPeerSelf):
            return self.services.renderer.bot(self.bot.id, self.bot)
        number = getattr(peer, "user_id", 0)
        if number in self.services.world.bots:
            return self.services.renderer.bot(self.bot.id, self.services.world.bots[number])
        return self.services.renderer.user(self.bot.id, self.user(peer))

    def channel(self, peer: TL) -> Channel:
        """A channel that the bot may see: one that it administers, or a public one with its access hash."""
        channel = self.services.world.channels.get(getattr(peer, "channel_id", 0))
        if channel is None:
            raise RpcError(400, "CHANNEL_INVALID")
        if self.bot.id in channel.admins:
            return channel
        if not channel.username:
            raise RpcError(400, "CHANNEL_PRIVATE")
        if peer.access_hash != self.services.renderer.access_hash(self.bot.id, channel.id):
            raise RpcError(400, "CHANNEL_INVALID")
        return channel

    def own_channel(self, peer: TL) -> Channel:
        channel = self.channel(peer)
        if self.bot.id not in channel.admins:
            raise RpcError(400, "CHAT_ADMIN_REQUIRED")
        return channel


Handler = Callable[[Call, Any], TL]
Methods = Mapping[str, Handler]
