"""The live section `referrals`: what an invitation is worth, and when a person looks at it first."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from domain.sections import Count, Minutes, Section


class Referrals(Section, frozen=True):
    vip_days: Annotated[
        Annotated[int, Meta(ge=0, le=365)],
        Meta(
            title="VIP for an invitation",
            description="Days of VIP for whoever invited somebody who completed the profile; 0: none.",
            extra={"unit": "days"},
        ),
    ] = 3
    credits: Annotated[
        Annotated[int, Meta(ge=0, le=10_000)],
        Meta(
            title="credits for an invitation",
            description="Credits for whoever invited somebody who completed the profile; 0: none.",
            extra={"unit": "credits"},
        ),
    ] = 5
    commission_percent: Annotated[
        Annotated[int, Meta(ge=0, le=100)],
        Meta(
            title="commission",
            description="Credits for whoever invited somebody, for each 100 Stars that this person pays; 0: none.",
            extra={"unit": "percent"},
        ),
    ] = 5
    daily_cap: Annotated[
        Annotated[int, Meta(ge=0, le=10_000)],
        Meta(
            title="rewards a day",
            description="How many invitations of one person are rewarded in 24 hours. Later ones count without a reward.",
            extra={"unit": "invitations"},
        ),
    ] = 20
    burst_people: Annotated[
        Count,
        Meta(
            title="too many at once",
            description="When more people than this come by one person's invitations in that time, a person looks at them first.",
            extra={"unit": "invitations"},
        ),
    ] = 10
    burst_minutes: Annotated[
        Minutes,
        Meta(title="at once", description="The time in which they are counted."),
    ] = 60.0
