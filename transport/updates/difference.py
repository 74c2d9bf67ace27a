"""What was missed, as `updates.getDifference` tells it → the updates in the order in which they are handed on. Pure.

A difference gives its messages apart from the other updates, and without their places in the log; places that no update fills
are common (messages deleted meanwhile). So messages go by their ids, and an edit goes by its time: behind the message that it
changes, and behind what was written by then.
"""

from __future__ import annotations

from typing import Any

from pyrogram import raw

from transport.updates.reading import NUMBERED


def in_order(difference: Any) -> list[Any]:
    """The updates of a `Difference` or `DifferenceSlice`; those of the other log (`qts`) and those without a number come last."""
    others = difference.other_updates
    messages = _messages(difference)
    written = {message.id: message.date for message in messages}
    edits = [update for update in others if isinstance(update, NUMBERED) and not _is_message(update)]
    line: list[tuple[int, bool, Any]] = []
    latest = 0
    for message in messages:
        latest = max(latest, message.date or 0)
        line.append((latest, False, raw.types.UpdateNewMessage(message=message, pts=0, pts_count=0)))
    line += [(_changed(edit, written), True, edit) for edit in sorted(edits, key=lambda update: update.pts)]
    line.sort(key=lambda each: each[:2])  # stable: ids and places keep their order within a second
    rest = [update for update in others if not isinstance(update, NUMBERED)]
    return [*(update for *_, update in line), *sorted(rest, key=lambda update: getattr(update, "qts", None) or 0)]


def _messages(difference: Any) -> list[Any]:
    """Each once, oldest first."""
    told = [update.message for update in difference.other_updates if _is_message(update)]
    return list({message.id: message for message in sorted([*told, *difference.new_messages], key=lambda each: each.id)}.values())


def _is_message(update: Any) -> bool:
    return isinstance(update, raw.types.UpdateNewMessage)


def _changed(update: Any, written: dict[int, int]) -> int:
    """When a message was changed, in Unix seconds, and never before it was written; 0 for what is no edit."""
    message = getattr(update, "message", None)
    if message is None:
        return 0
    own = getattr(message, "edit_date", None) or getattr(message, "date", None) or 0
    return max(own, written.get(message.id, 0))
