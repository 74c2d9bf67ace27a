"""The live section `locks`: what a lock costs, who may lock, for how long."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from domain.sections import Count, Section

LONGEST = 1440
"""Minutes of one lock, at most."""
MOST_DURATIONS = 6
"""More buttons than this nobody reads."""


class Duration(Section, frozen=True):
    """What is sold: a lock of so many minutes for so many credits."""

    minutes: Annotated[int, Meta(ge=1, le=LONGEST)]
    credits: Annotated[int, Meta(ge=1, le=100_000)]


class Locks(Section, frozen=True):
    durations: Annotated[
        tuple[Duration, ...],
        Meta(title="durations", description="The locks that are sold, in this order: minutes and credits."),
    ] = (
        Duration(minutes=5, credits=5),
        Duration(minutes=10, credits=9),
        Duration(minutes=15, credits=12),
    )
    minors: Annotated[
        bool,
        Meta(title="minors", description="Minors may lock their chats too, and so be locked in."),
    ] = False
    longest_minutes: Annotated[
        Count,
        Meta(
            title="longest",
            description="How many minutes a lock may have left when it is made or extended.",
            extra={"unit": "minutes"},
        ),
    ] = 60
