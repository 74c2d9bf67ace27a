"""Channels that people must have joined (M2): how an operator writes one, and what is known of one that a user is not in."""

from __future__ import annotations

import re
from dataclasses import dataclass

MARK = "-100"
"""Stands before a channel's number in the ids that people see."""

_USERNAME = re.compile(r"(?:@|https://t\.me/)([A-Za-z][A-Za-z0-9_]{3,31})/?")
_NUMBERED = re.compile(r"-100([0-9]{5,15})(?:=(https://t\.me/\S+))?")
_INVITATION = re.compile(r"https://t\.me/(?:\+|joinchat/)\S+")


def channel_number(id_: int) -> int:
    """Of a channel's id as people see it: -1001234567890 is 1234567890."""
    return int(str(id_).removeprefix(MARK)) if id_ else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredChannel:
    """Named by `username` or by `number`, never by both."""

    username: str = ""
    number: int = 0
    """Telegram's own, without the mark."""
    link: str = ""
    """Where people join, as the operator wrote it; a channel with a username needs none."""

    @property
    def name(self) -> str:
        """@name, or the -100… id."""
        return f"@{self.username}" if self.username else f"{MARK}{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingChannel:
    """A required channel that a user is not in, or (`unsure`) of which nobody can say at present."""

    title: str
    address: str
    """Where to join; empty where nobody knows."""
    unsure: bool = False


def read_channel(written: str) -> RequiredChannel:
    """@name, https://t.me/name, -100… or -100…=https://t.me/+…; raises ValueError that says what to write instead."""
    if match := _USERNAME.fullmatch(written):
        return RequiredChannel(username=match[1])
    if match := _NUMBERED.fullmatch(written):
        return RequiredChannel(number=int(match[1]), link=match[2] or "")
    if _INVITATION.fullmatch(written):
        raise ValueError(f"is an invitation, which does not tell the channel; write its id before it: -1001234567890={written}")
    raise ValueError(
        "is not a channel; write @name (4 to 32 letters, digits and underscores), "
        "or for a private one -1001234567890=https://t.me/+invitation"
    )
