"""One required channel as one bot sees it: its id, why the bot cannot check it, and what Telegram's answers about it mean."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from math import inf
from typing import Any

from pyrogram import raw

from domain.model.channels import MissingChannel, RequiredChannel

ADVICE = {
    "CHAT_ADMIN_REQUIRED": "make {bot} an admin of that channel",
    "CHANNEL_PRIVATE": "add {bot} to that channel as an admin",
    "CHANNEL_INVALID": "add {bot} to that channel as an admin, or correct its id in channels.required",
    "USERNAME_NOT_OCCUPIED": "there is no such channel: correct channels.required (REQUIRED_CHANNEL_1, …)",
    "USERNAME_INVALID": "there is no such channel: correct channels.required (REQUIRED_CHANNEL_1, …)",
    "USER_NOT_PARTICIPANT": "add {bot} to that channel as an admin",
    "NOT_A_CHANNEL": "that is a person or a bot: name a channel in channels.required (REQUIRED_CHANNEL_1, …)",
    "NO_ADDRESS": "people cannot be shown where to join: write {channel}=https://t.me/+invitation in channels.required",
}
DEFAULT_ADVICE = "see that {bot} is an admin of that channel"
MEMBERS = (
    raw.types.ChannelParticipant,
    raw.types.ChannelParticipantSelf,
    raw.types.ChannelParticipantAdmin,
    raw.types.ChannelParticipantCreator,
)


class ChannelClosed(Exception):  # noqa: N818 - the state of a channel
    """Telegram's answer contains no channel that the bot may see. `reason` is like a name of Telegram's errors."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundChannel:
    peer: Any
    """As `InputChannel`."""
    title: str
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    line: str
    until: float = inf
    """Loop time when the problem ends by itself."""

    @classmethod
    def of(cls, bot: str, channel: RequiredChannel, reason: str, consequence: str) -> Problem:
        return cls(line=f"{complaint(bot, channel, reason)}; {consequence}")


@dataclass(slots=True, eq=False)
class ChannelProbe:
    channel: RequiredChannel
    found: FoundChannel | None = None
    """None until it is looked up, and after it has moved."""
    lookup: asyncio.Lock = field(default_factory=asyncio.Lock)
    paused_until: float = 0.0
    """Time by the clock of `Membership` before which Telegram is not asked."""
    problem: Problem | None = None
    log_after: float = 0.0
    """Time before which nothing is logged about this channel."""

    @property
    def address(self) -> str:
        """URL where people join; empty if unknown."""
        username = self.channel.username or (self.found.username if self.found else "")
        return self.channel.link or (f"https://t.me/{username}" if username else "")

    def as_missing(self, *, unsure: bool) -> MissingChannel:
        title = self.found.title if self.found else self.channel.name
        return MissingChannel(title=title, address=self.address, unsure=unsure)


def complaint(bot: str, channel: RequiredChannel, reason: str) -> str:
    """Why the bot cannot see who is in the channel, and the mend."""
    advice = ADVICE.get(reason, DEFAULT_ADVICE).format(bot=bot, channel=channel.name)
    return f"{bot} cannot see who is in {channel.name} ({reason}): {advice}"


def postponed(bot: str, channel: RequiredChannel, seconds: float) -> str:
    return f"{bot} may not ask who is in {channel.name} for {seconds:.0f} s (FLOOD_WAIT)"


def query_for(channel: RequiredChannel) -> Any:
    if channel.username:
        return raw.functions.contacts.ResolveUsername(username=channel.username)
    return raw.functions.channels.GetChannels(id=[raw.types.InputChannel(channel_id=channel.number, access_hash=0)])


def find_channel(channel: RequiredChannel, answer: Any) -> FoundChannel:
    """The channel in the answer to `query_for`. Raises ChannelClosed."""
    number = channel.number or getattr(answer.peer, "channel_id", 0)
    found = next((chat for chat in answer.chats if chat.id == number), None)
    if not isinstance(found, raw.types.Channel):
        raise ChannelClosed("NOT_A_CHANNEL" if channel.username else "CHANNEL_PRIVATE")
    peer = raw.types.InputChannel(channel_id=found.id, access_hash=found.access_hash or 0)
    return FoundChannel(peer=peer, title=found.title, username=_username(found))


def is_member(participant: Any) -> bool:
    """Restricted users are members; banned users and those who left are not."""
    if isinstance(participant, raw.types.ChannelParticipantBanned):
        return not participant.left and not participant.banned_rights.view_messages
    return isinstance(participant, MEMBERS)


def _username(channel: Any) -> str:
    """A channel with several usernames has them in a list instead."""
    others = (name.username for name in channel.usernames or () if name.active)
    return channel.username or next(others, "")
