"""The live section `credits`: what is sold in packs."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from domain.sections import Description, PlanId, Section, Title


class Pack(Section, frozen=True, omit_defaults=True):
    """So many credits for so many Stars."""

    id: PlanId
    credits: Annotated[int, Meta(ge=1, le=100_000)]
    stars: Annotated[int, Meta(ge=1, le=10_000)]
    title: dict[str, Title] = msgspec.field(default_factory=dict)
    description: dict[str, Description] = msgspec.field(default_factory=dict)
    """Language → words on the invoice. Languages without words of their own have those of the catalogue."""

    @property
    def quantity(self) -> int:
        return self.credits

    @property
    def monthly(self) -> bool:
        return False


class Credits(Section, frozen=True):
    packs: Annotated[
        tuple[Pack, ...],
        Meta(title="packs", description="Credits that are sold, in this order: id, credits, stars."),
    ] = (
        Pack(id="small", credits=10, stars=50),
        Pack(id="medium", credits=25, stars=110),
        Pack(id="large", credits=60, stars=240),
    )
