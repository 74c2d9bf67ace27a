"""Somebody held by a person's decision cannot search, is told so, and can do everything else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from domain.configuration import Channels
from domain.matching.requests import Cancel
from domain.session.effects import Decide, Relay, Say
from domain.session.facts import ChannelsChecked, ProfileRefreshed, SearchTick
from domain.session.state import Searching
from tests.domain.stories import ADULT, CHATTING, IDLE, RULES, SEARCHING, cancel, command, said, step, texts

HELD = replace(ADULT, held=True)
CHANNELS = structs.replace(RULES, channels=Channels(required=("@news",)))


@pytest.mark.parametrize("rules", [RULES, CHANNELS], ids=["no channels", "channels"])
@pytest.mark.parametrize("name", ["find", "next"])
def test_a_search_is_refused_with_a_clear_text(name, rules):
    session, effects = step(replace(IDLE, profile=HELD), command(name), configuration=rules)
    assert texts(effects) == ["account-held"]
    assert not any(isinstance(effect, Decide) for effect in effects)
    assert session.place == IDLE.place


def test_a_hold_that_came_while_channels_were_checked_is_seen():
    _, effects = step(replace(IDLE, profile=HELD), ChannelsChecked(missing=(), searching=True))
    assert texts(effects) == ["account-held"]


@pytest.mark.parametrize("name", ["profile", "help", "privacy", "terms", "vip", "paysupport"])
def test_other_commands_are_not_refused(name):
    _, effects = step(replace(IDLE, profile=HELD), command(name))
    assert effects == step(IDLE, command(name))[1]


def test_a_chat_goes_on_but_the_next_one_is_refused():
    chatting = replace(CHATTING, profile=HELD)
    _, effects = step(chatting, said("hello"))
    assert [type(effect) for effect in effects] == [Relay]
    after, effects = step(chatting, command("next"))
    assert (texts(effects), after.place) == (["account-held"], CHATTING.place)


@pytest.mark.parametrize(
    ("before", "fact"),
    [(ADULT, ProfileRefreshed(profile=HELD)), (HELD, SearchTick(waited=5.0))],
    ids=["it is heard of", "the session was activated anew"],
)
def test_a_running_search_of_somebody_held_ends(before, fact):
    session, effects = step(replace(SEARCHING, profile=before), fact)
    assert (texts(effects), [each for each in effects if not isinstance(each, Say)]) == (["account-held"], [cancel(silent=True)])
    assert isinstance(session.place, Searching)
    assert isinstance(effects[1].request, Cancel)


def test_whoever_is_released_can_search_again():
    session, effects = step(replace(IDLE, profile=HELD), ProfileRefreshed(profile=ADULT))
    assert effects == []
    assert texts(step(session, command("find"))[1]) == []
    assert isinstance(step(session, command("find"))[1][0], Decide)
