"""One required channel as one bot sees it: where it is, what keeps the bot from looking into it, what its answers mean."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from math import inf
from typing import Any

from pyrogram import raw

from domain.model.channels import MissingChannel, RequiredChannel

MENDS = {
    "CHAT_ADMIN_REQUIRED": "make {bot} an admin of that channel",
    "CHANNEL_PRIVATE": "add {bot} to that channel as an admin",
    "CHANNEL_INVALID": "add {bot} to that channel as an admin, or correct its id in channels.required",
    "USERNAME_NOT_OCCUPIED": "there is no such channel: correct channels.required (REQUIRED_CHANNEL_1, …)",
    "USERNAME_INVALID": "there is no such channel: correct channels.required (REQUIRED_CHANNEL_1, …)",
    "NOT_A_CHANNEL": "that is a person or a bot: name a channel in channels.required (REQUIRED_CHANNEL_1, …)",
    "NO_ADDRESS": "people cannot be shown where to join: write {channel}=https://t.me/+invitation in channels.required",
}
USUAL_MEND = "see that {bot} is an admin of that channel"
INSIDE = (
    raw.types.ChannelParticipant,
    raw.types.ChannelParticipantSelf,
    raw.types.ChannelParticipantAdmin,
    raw.types.ChannelParticipantCreator,
)


class Closed(Exception):  # noqa: N818 - the state of a channel
    """Telegram answered, but not with a channel that the bot may look at; `reason` is in the manner of its error names."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    peer: Any
    """InputChannel."""
    title: str
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    line: str
    until: float = inf
    """By the loop's clock: after it, the trouble is over by itself."""

    @classmethod
    def of(cls, bot: str, channel: RequiredChannel, reason: str, meanwhile: str) -> Trouble:
        mend = MENDS.get(reason, USUAL_MEND).format(bot=bot, channel=channel.name)
        return cls(line=f"{bot} cannot see who is in {channel.name} ({reason}): {mend}; {meanwhile}")


@dataclass(slots=True, eq=False)
class ChannelProbe:
    channel: RequiredChannel
    place: Place | None = None
    being_found: asyncio.Lock = field(default_factory=asyncio.Lock)
    rests_until: float = 0.0
    trouble: Trouble | None = None
    tell_after: float = 0.0
    """No word to the log before that."""

    @property
    def address(self) -> str:
        """Where people join; empty where nobody knows."""
        username = self.channel.username or (self.place.username if self.place else "")
        return self.channel.link or (f"https://t.me/{username}" if username else "")

    def as_missing(self, *, unsure: bool) -> MissingChannel:
        title = self.place.title if self.place else self.channel.name
        return MissingChannel(title=title, address=self.address, unsure=unsure)


def query_for(channel: RequiredChannel) -> Any:
    """A bot may name a channel that it is in by the number alone."""
    if channel.username:
        return raw.functions.contacts.ResolveUsername(username=channel.username)
    return raw.functions.channels.GetChannels(id=[raw.types.InputChannel(channel_id=channel.number, access_hash=0)])


def located(channel: RequiredChannel, answer: Any) -> Place:
    """Raises Closed."""
    number = channel.number or getattr(answer.peer, "channel_id", 0)
    found = next((chat for chat in answer.chats if chat.id == number), None)
    if not isinstance(found, raw.types.Channel):
        raise Closed("NOT_A_CHANNEL" if channel.username else "CHANNEL_PRIVATE")
    peer = raw.types.InputChannel(channel_id=found.id, access_hash=found.access_hash or 0)
    return Place(peer=peer, title=found.title, username=_username(found))


def is_member(participant: Any) -> bool:
    """Those who are restricted are still members, those who are banned or left are not."""
    if isinstance(participant, raw.types.ChannelParticipantBanned):
        return not participant.left and not participant.banned_rights.view_messages
    return isinstance(participant, INSIDE)


def _username(channel: Any) -> str:
    """Channels with several names have them in a list."""
    others = (name.username for name in channel.usernames or () if name.active)
    return channel.username or next(others, "")
