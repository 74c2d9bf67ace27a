"""Required channels (M2): how an operator writes one, and what is told of one that a user has not joined."""

from __future__ import annotations

import re
from dataclasses import dataclass

ID_PREFIX = "-100"
"""Begins a channel's id as people see it."""

_USERNAME = re.compile(r"(?:@|https://t\.me/)([A-Za-z][A-Za-z0-9_]{0,31})/?")
_NUMBERED = re.compile(r"-100([0-9]{5,15})(?:=(https://t\.me/\S+))?")
_INVITATION = re.compile(r"https://t\.me/(?:\+|joinchat/)\S+")


def channel_number(id_: int) -> int:
    """Telegram's own number of a channel, from its id as people see it: 1234567890 from -1001234567890."""
    return int(str(id_).removeprefix(ID_PREFIX)) if id_ else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredChannel:
    """Named by `username` or by `number`, never by both."""

    username: str = ""
    number: int = 0
    """Telegram's own, without the -100."""
    link: str = ""
    """Where people join, as the operator wrote it. Empty for a channel with a username."""

    @property
    def name(self) -> str:
        """@name, or the -100… id."""
        return f"@{self.username}" if self.username else f"{ID_PREFIX}{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingChannel:
    """A required channel that a user has not joined. `unsure`: whether they have cannot be seen at present."""

    title: str
    address: str
    """Where to join; empty where that is not known."""
    unsure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSight:
    """A channel as one bot sees it now."""

    channel: str
    """As it was written."""
    bot: str
    """@username."""
    title: str = ""
    """Empty where the bot cannot find it."""
    problem: str = ""
    """Why the bot cannot see who is a member, with the mend. Empty if it can."""


def read_channel(written: str) -> RequiredChannel:
    """Reads @name, https://t.me/name, -100… or -100…=https://t.me/+…. Raises ValueError that says what to write instead."""
    if match := _USERNAME.fullmatch(written):
        return RequiredChannel(username=match[1])
    if match := _NUMBERED.fullmatch(written):
        return RequiredChannel(number=int(match[1]), link=match[2] or "")
    if _INVITATION.fullmatch(written):
        raise ValueError(f"is an invitation, which does not tell the channel; write its id before it: -1001234567890={written}")
    raise ValueError(
        "is not a channel; write @name (up to 32 letters, digits and underscores), "
        "or for a private one -1001234567890=https://t.me/+invitation"
    )
