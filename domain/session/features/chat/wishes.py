"""Wishes of VIPs: which genders and age bands they want to meet. They rest while VIP is over, and come back with it.

Minors have none, and are told so: they meet minors, whoever they are.
"""

from __future__ import annotations

from dataclasses import replace

from domain.matching.requests import UpdateSearch
from domain.model.inbound import ButtonPressed
from domain.model.profile import ADULT_BANDS, EVERY_GENDER, AgeBand, Gender, Wishes
from domain.model.profile_changes import SetWishes, changed
from domain.session import seeking
from domain.session.context import Context, Step
from domain.session.effects import Amend, ChangeProfile, Decide, Effect, Say
from domain.session.feature import Button, Feature, no_argument
from domain.session.notices import shop_notices
from domain.session.replies import old_button, toast
from domain.session.search import seeker
from domain.session.state import Searching

Wish = Gender | AgeBand | None
"""What is switched on or off; None for anybody."""


def _shown(context: Context, pressed: ButtonPressed, _none: object) -> Step:
    if not _may_wish(context):
        return _no_wishes(context, pressed)
    session = context.session
    notice = shop_notices.wishes(context.profile.wishes, session.language)
    return session, [toast(session, pressed), Say(notice=notice)]


def _pressed(context: Context, pressed: ButtonPressed, wish: tuple[Wish]) -> Step:
    """A search that is going on goes on with the new wishes."""
    if not _may_wish(context):
        return _no_wishes(context, pressed)
    wishes = _switched(context.profile.wishes, wish[0])
    change = SetWishes(wishes=wishes)
    session = replace(context.session, profile=changed(context.profile, change))
    notice = shop_notices.wishes(wishes, session.language)
    effects: list[Effect] = [
        ChangeProfile(change=change),
        toast(session, pressed),
        Amend(message=pressed.message, notice=notice),
    ]
    if isinstance(context.place, Searching):
        effects.append(Decide(request=UpdateSearch(seeker=seeker(context.after(session)), silent=True)))
    return session, effects


def _no_wishes(context: Context, pressed: ButtonPressed) -> Step:
    profile = context.session.profile
    if profile is not None and profile.minor:
        return context.session, [toast(context.session, pressed, "wishes-minor")]
    return old_button(context, pressed)


def _may_wish(context: Context) -> bool:
    profile = context.session.profile
    return (
        profile is not None
        and profile.complete
        and bool(profile.adult)
        and context.configuration.features.vip
        and seeking.is_vip(profile, context.now)
    )


def _switched(wishes: Wishes, wish: Wish) -> Wishes:
    """The last one that is switched off makes it anybody again: nobody can wish for no one."""
    match wish:
        case Gender():
            return replace(wishes, genders=(wishes.genders ^ {wish}) or EVERY_GENDER)
        case AgeBand():
            return replace(wishes, bands=((wishes.bands & ADULT_BANDS) ^ {wish}) or frozenset(AgeBand))
        case None:
            return Wishes()


def _wish(rest: str) -> tuple[Wish] | None:
    kind, _, value = rest.partition(":")
    if kind == "any":
        return (None,)
    if kind == "gender" and value in set(Gender):
        return (Gender(value),)
    if kind == "band" and value in {str(int(band)) for band in ADULT_BANDS}:
        return (AgeBand(int(value)),)
    return None


FEATURE = Feature(
    name="wishes",
    buttons=(
        Button(prefix="wishes", parse=no_argument, handler=_shown),
        Button(prefix="wish", parse=_wish, handler=_pressed),
    ),
)
