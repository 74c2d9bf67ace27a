"""A profile as the pool sees it (`Seeker`), and as a partner sees it (`Card`)."""

from __future__ import annotations

from domain.matching.requests import Seeker
from domain.model.ids import Address
from domain.model.profile import AgeBand, Card, Profile, Wishes

ANY_SCOPE = "*"


def seeker(profile: Profile, address: Address, *, now: float, cross_bot: bool) -> Seeker:
    """Only VIPs may narrow their wishes (M7). The pool itself keeps minors apart (M4). `now` is Unix seconds."""
    if profile.gender is None or profile.age is None:
        raise ValueError("only a complete profile can search")
    vip = is_vip(profile, now)
    return Seeker(
        address=address,
        gender=profile.gender,
        band=AgeBand.of(profile.age),
        vip=vip,
        wishes=profile.wishes if vip else Wishes(),
        scope=ANY_SCOPE if cross_bot else str(address.bot),
    )


def card(profile: Profile, *, now: float) -> Card:
    if profile.gender is None or profile.age is None:
        raise ValueError("only a complete profile has a card")
    return Card(gender=profile.gender, band=AgeBand.of(profile.age), vip=is_vip(profile, now))


def is_vip(profile: Profile, now: float) -> bool:
    return profile.vip_until > now
