"""The side of 18 that somebody has chosen stays."""

from __future__ import annotations

from math import inf

import pytest

from domain.model.ages import AgeRefusal, AgeRefused, judge
from domain.model.ids import UserId
from domain.model.profile import DAY, YEAR, Profile
from domain.model.profile_changes import SetAge, changed

NOW = 1_900_000_000.0
NEW = Profile(user=UserId(1))


def said(*ages: tuple[int, float], profile: Profile = NEW) -> Profile:
    """Who said these ages, each at its time."""
    for age, at in ages:
        change = judge(profile, age, at)
        assert isinstance(change, SetAge), change
        profile = changed(profile, change)
    return profile


@pytest.mark.parametrize("age", [13, 17, 18, 99])
def test_the_first_age_is_taken(age):
    assert judge(NEW, age, NOW) == SetAge(age=age, at=NOW)
    assert said((age, NOW)).adult is (age >= 18)


def test_a_slip_may_be_mended_at_once():
    assert said((52, NOW), (25, NOW + 60)).age == 25


def test_after_a_correction_the_next_may_come_30_days_later():
    corrected = said((52, NOW), (25, NOW + 60))
    again = NOW + 60 + 30 * DAY
    assert judge(corrected, 26, again - 1) == AgeRefused(why=AgeRefusal.TOO_SOON, until=again)
    assert said((26, again), profile=corrected).age == 26


def test_the_same_age_again_is_no_correction():
    same = said((25, NOW), (25, NOW + 60))
    assert same.age_changed == 0
    assert said((26, NOW + 61), (26, NOW + 62), profile=same).age == 26


@pytest.mark.parametrize("later", [0, 60, 30 * DAY, 10 * YEAR])
def test_an_adult_never_becomes_a_minor(later):
    assert judge(said((25, NOW)), 17, NOW + later) == AgeRefused(why=AgeRefusal.OTHER_SIDE, until=None)


@pytest.mark.parametrize(("age", "years"), [(17, 1), (15, 3), (13, 5)])
def test_a_minor_becomes_an_adult_when_the_years_have_passed(age, years):
    minor = said((age, NOW))
    birthday = NOW + years * YEAR
    assert judge(minor, 18, birthday - 1) == AgeRefused(why=AgeRefusal.OTHER_SIDE, until=birthday)
    grown = said((18, birthday), profile=minor)
    assert grown.adult
    assert judge(grown, 17, birthday + 60) == AgeRefused(why=AgeRefusal.OTHER_SIDE, until=None)


def test_saying_the_same_age_again_does_not_put_the_birthday_off():
    minor = said((17, NOW), (17, NOW + YEAR / 2))
    assert isinstance(judge(minor, 18, NOW + YEAR), SetAge)


def test_who_comes_again_after_the_profile_was_deleted_is_on_the_same_side():
    adult = Profile(user=UserId(1), adult=True, adult_from=0.0, age_changed=NOW)
    assert judge(adult, 17, NOW) == AgeRefused(why=AgeRefusal.OTHER_SIDE, until=None)
    assert judge(adult, 30, NOW + 60) == SetAge(age=30, at=NOW + 60)
    minor = Profile(user=UserId(1), adult=False, adult_from=NOW + YEAR)
    assert judge(minor, 18, NOW) == AgeRefused(why=AgeRefusal.OTHER_SIDE, until=NOW + YEAR)


def test_where_nobody_knows_when_the_age_was_given_the_side_stays():
    minor = Profile(user=UserId(1), age=17)
    assert minor.adult_from == inf
    assert judge(minor, 18, NOW) == AgeRefused(why=AgeRefusal.OTHER_SIDE, until=None)
    assert isinstance(judge(minor, 16, NOW), SetAge)
