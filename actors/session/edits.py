"""Which edits are a person's, of something that the partner has or will get. All others are dropped before they cost anything.

Telegram also tells a change that no person made as an edit: a location that moves, a tick in a checklist, a vote, a score, a
preview that has loaded. Then the digest of what would be relayed is the same as before.
"""

from __future__ import annotations

from actors.session.data import SessionData
from domain.model.digest import digest_of
from domain.model.inbound import MessageEdited
from domain.session.holding import is_held
from domain.session.state import Chatting


def is_change(me: SessionData, edited: MessageEdited) -> bool:
    """Whether it changes what was last said in this chat by its message. Not so where the message was refused, was said outside
    of this chat, or is a command. What waits for its writer's answer is changed as well.
    """
    if me.session is None or not isinstance(me.session.place, Chatting):
        return False
    if is_held(me.session, edited.message):
        return True
    return me.relaying.tracker.is_change(edited.message, digest_of(edited.content, me.world.digest_key))


def take(me: SessionData, edited: MessageEdited) -> None:
    """Call this once it is handled: also of what is refused, the same again is no change."""
    me.relaying.tracker.says(edited.message, digest_of(edited.content, me.world.digest_key))
