"""What was missed, as `updates.getDifference` tells it → the updates as they would have come. Pure.

A difference gives its messages without their places in the log. They are given the highest places that the other updates leave
free, in the order of their ids: where messages were deleted meanwhile, one may be taken for newer than it is and its effects
done again (they are idempotent), but none is taken for older and passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from pyrogram import raw

from transport.updates import NUMBERED


def in_order(difference: Any, *, after: int, upto: int) -> list[Any]:
    """The updates of a `Difference` or `DifferenceSlice` between two heads of the log; those without a place come last."""
    numbered = [update for update in difference.other_updates if isinstance(update, NUMBERED)]
    others = [update for update in difference.other_updates if not isinstance(update, NUMBERED)]
    messages = sorted(difference.new_messages, key=lambda message: message.id)
    free = _free_places(numbered, after, upto, len(messages))
    numbered += [
        raw.types.UpdateNewMessage(message=message, pts=place, pts_count=1) for message, place in zip(messages, free, strict=True)
    ]
    return [*sorted(numbered, key=lambda update: update.pts), *others]


def _free_places(numbered: list[Any], after: int, upto: int, wanted: int) -> list[int]:
    """Rising; the lowest is repeated where the log has fewer places than messages."""
    covered = {place for update in numbered for place in range(update.pts - update.pts_count + 1, update.pts + 1)}
    falling: Iterator[int] = (place for place in range(upto, after, -1) if place not in covered)
    places = list(islice(falling, wanted))
    lowest = places[-1] if places else after
    padded = chain(places, [lowest] * (wanted - len(places)))
    return sorted(padded)
