"""Puts the missed updates that `updates.getDifference` returns into the order in which they are delivered. Pure.

A difference lists new messages apart from the other updates and without their places in the log. The places cannot be counted
back, because some have no update: those of messages deleted meanwhile, for example. So messages are ordered by id. An edit is
ordered by its time: after the message it changes, and after the messages written before the edit.
"""

from __future__ import annotations

from typing import Any

from pyrogram import raw

from transport.updates.reading import NUMBERED


def in_order(difference: Any) -> list[Any]:
    """The updates of a `Difference` or `DifferenceSlice`. Those of the other log (`qts`) and unnumbered ones come last."""
    others = difference.other_updates
    messages = _messages(difference)
    written = {message.id: message.date for message in messages}
    edits = [update for update in others if isinstance(update, NUMBERED) and not _is_message(update)]
    timeline: list[tuple[int, bool, Any]] = []  # (Unix seconds, whether it is an edit, update)
    latest = 0
    for message in messages:
        latest = max(latest, message.date or 0)
        timeline.append((latest, False, raw.types.UpdateNewMessage(message=message, pts=0, pts_count=0)))
    timeline += [(_edit_time(edit, written), True, edit) for edit in sorted(edits, key=lambda update: update.pts)]
    timeline.sort(key=lambda each: each[:2])  # stable: within a second, messages stay ordered by id and edits by place
    rest = [update for update in others if not isinstance(update, NUMBERED)]
    return [*(update for *_, update in timeline), *sorted(rest, key=lambda update: getattr(update, "qts", None) or 0)]


def _messages(difference: Any) -> list[Any]:
    """Each message once, oldest first."""
    listed = [*(update.message for update in difference.other_updates if _is_message(update)), *difference.new_messages]
    return list({message.id: message for message in sorted(listed, key=lambda each: each.id)}.values())


def _is_message(update: Any) -> bool:
    return isinstance(update, raw.types.UpdateNewMessage)


def _edit_time(update: Any, written: dict[int, int]) -> int:
    """When the message was edited, in Unix seconds, and not before it was written. 0 if the update is no edit."""
    message = getattr(update, "message", None)
    if message is None:
        return 0
    own = getattr(message, "edit_date", None) or getattr(message, "date", None) or 0
    return max(own, written.get(message.id, 0))
