"""Changes of a profile, each with one intent. The records carry out each by a statement that writes only what it changes.

So a session with a stale profile cannot overwrite a field that it does not mean to change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from domain.model.profile import Gender, MediaChoice, Profile, Question, Wishes, adult_from, is_adult


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Make a profile for somebody new, with the question for the gender. An existing profile stays as it is."""

    language: str
    invited_by: str = ""
    """The code of the invitation by which they came, whoever's it is; empty where there is none. It counts once the profile is
    complete, unless they are known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion:
    """Note which question the person is to answer; None: no question any more."""

    question: Question | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetGender:
    gender: Gender
    ask: Question | None
    """What is asked next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAge:
    """Also ends the question. `domain.model.ages.judge` makes it. The records refuse it where it crosses 18 all the same."""

    age: int
    at: float
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWishes:
    wishes: Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMedia:
    media: MediaChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProtected:
    protected: bool


ProfileChange = Begin | AskQuestion | SetGender | SetAge | SetWishes | SetMedia | SetProtected


def changed(profile: Profile, change: ProfileChange) -> Profile:
    """The profile as it is after the change."""
    match change:
        case Begin(language=language):
            return replace(profile, language=language, asked=Question.GENDER)
        case AskQuestion(question=question):
            return replace(profile, asked=question)
        case SetGender(gender=gender, ask=ask):
            return replace(profile, gender=gender, asked=ask)
        case SetAge():
            return _aged(profile, change)
        case SetWishes(wishes=wishes):
            return replace(profile, wishes=wishes)
        case SetMedia(media=media):
            return replace(profile, media=media)
        case SetProtected(protected=protected):
            return replace(profile, protected=protected)
    assert_never(change)


def _aged(profile: Profile, change: SetAge) -> Profile:
    """Neither the first age nor the same age again counts as a correction."""
    age, at = change.age, change.at
    if age == profile.age:
        return replace(profile, asked=None)
    first = profile.adult is None and profile.age is None
    return replace(
        profile,
        age=age,
        asked=None,
        adult=is_adult(age),
        adult_from=adult_from(age, at),
        age_changed=profile.age_changed if first else at,
    )
