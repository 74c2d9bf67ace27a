"""Nobody gets to the other side of 18 by editing the profile."""

from __future__ import annotations

from dataclasses import replace

from domain.model.profile import DAY, Profile, Question
from domain.model.profile_changes import AskQuestion, SetAge
from domain.session.effects import ChangeProfile, Say
from domain.session.state import Idle, Session
from tests.domain.stories import ADULT, IDLE, ME, NOW, of, said, step, texts


def editing(profile: Profile) -> Session:
    return replace(IDLE, profile=replace(profile, asked=Question.AGE))


def ages_saved(effects: list) -> list[int]:
    return [each.change.age for each in of(ChangeProfile, effects) if isinstance(each.change, SetAge)]


def test_an_adult_does_not_become_a_minor():
    session, effects = step(editing(ADULT), said("15"))
    assert texts(effects) == ["age-other-side-for-good"]
    assert session.profile == ADULT
    assert of(ChangeProfile, effects) == [ChangeProfile(change=AskQuestion(question=None))]
    assert session.place == Idle()


def test_a_minor_becomes_an_adult_by_time_only_and_is_told_when():
    session, _ = step(replace(IDLE, profile=replace(ADULT, age=None, asked=Question.AGE)), said("17"))
    session = replace(session, profile=replace(session.profile, asked=Question.AGE))
    _, effects = step(session, said("18"))
    assert texts(effects) == ["age-other-side"]
    assert of(Say, effects)[0].notice.arguments == {"date": "1971-01-13"}
    assert ages_saved(effects) == []
    _, effects = step(session, said("18"), NOW + 366 * DAY)
    assert ages_saved(effects) == [18]


def test_an_age_is_corrected_once_in_thirty_days():
    session, effects = step(editing(ADULT), said("26"))
    assert ages_saved(effects) == [26]
    again = replace(session, profile=replace(session.profile, asked=Question.AGE))
    _, effects = step(again, said("27"), NOW + DAY)
    assert texts(effects) == ["age-too-soon"]
    _, effects = step(again, said("27"), NOW + 30 * DAY)
    assert ages_saved(effects) == [27]


def test_somebody_who_comes_again_stays_on_their_side_and_is_asked_on():
    """Their profile was deleted; the side of 18 was not."""
    anew = Session(address=ME, profile=replace(ADULT, age=None, adult=True, asked=Question.AGE))
    session, effects = step(anew, said("15"))
    assert texts(effects) == ["age-other-side-for-good"]
    assert session.profile.asked is Question.AGE
    assert ages_saved(step(session, said("33"))[1]) == [33]
