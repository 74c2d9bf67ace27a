"""Features declare themselves: each thing has one owner, and what people read comes from the declarations."""

from __future__ import annotations

from typing import get_args

import pytest
from msgspec import structs

from domain.configuration import Features
from domain.matching import requests as pool
from domain.matching.locks import LockChat
from domain.matching.rules import DECISIONS
from domain.model.inbound import ButtonPressed, CommandReceived, MessageReceived
from domain.model.outgoing import Menu
from domain.session.facts import Decided, Fact, Hidden
from domain.session.feature import Button, Command, Feature, Key, no_argument
from domain.session.features.person import account
from domain.session.machine import FEATURES, Machine
from domain.session.replies import old_button, unknown_command
from domain.session.state import Idle, Place
from domain.session.vocabulary import vocabulary
from tests.domain.stories import CHATTING, RULES, command, step, texts

LOOKED_UP_APART = {MessageReceived, CommandReceived, ButtonPressed, Hidden}
"""By the state, by the name, by the prefix; what is hidden by what it is without that. `Decided` by the request."""


def press(context, update, _value):
    return old_button(context, update)


def test_every_fact_has_one_owner():
    facts = {getattr(each, "__origin__", each) for each in get_args(Fact)} - LOOKED_UP_APART - {Decided}
    assert sorted((owned for feature in FEATURES for owned in feature.facts), key=str) == sorted(facts, key=str)


def test_a_message_has_one_owner_in_every_state():
    assert sorted((state for feature in FEATURES for state in feature.messages), key=str) == sorted(get_args(Place), key=str)


def test_every_decision_of_the_pool_has_one_owner():
    decisions = [each for feature in FEATURES for each in feature.decisions]
    assert sorted([*decisions, LockChat], key=str) == sorted(DECISIONS, key=str), "a lock is LockActor's to ask for"


def test_commands_and_buttons_have_one_owner():
    names = [each.name for feature in FEATURES for each in feature.commands]
    prefixes = [each.prefix for feature in FEATURES for each in feature.buttons]
    assert len(set(names)) == len(names)
    assert len(set(prefixes)) == len(prefixes)


@pytest.mark.parametrize(
    ("feature", "complaint"),
    [
        (Feature(name="toy", commands=(Command(name="find", handler=unknown_command),)), r"'find' .* searching and toy"),
        (Feature(name="toy", buttons=(Button(prefix="edit", parse=no_argument, handler=press),)), r"'edit' .* profile and toy"),
        (Feature(name="toy", facts={pool.Find: unknown_command, **account.FEATURE.facts}), r"Stands .* account and toy"),
        (Feature(name="toy", messages={Idle: unknown_command}), r"Idle .* profile and toy"),
        (Feature(name="toy", decisions={pool.Leave: unknown_command}), r"Leave .* chatting and toy"),
    ],
    ids=["command", "button", "fact", "message", "decision"],
)
def test_two_owners_are_refused_with_both_names(feature: Feature, complaint: str):
    with pytest.raises(ValueError, match=complaint):
        Machine((*FEATURES, feature))


def test_the_keyboards_are_made_of_the_features_keys():
    assert {menu: vocabulary().menu(menu, RULES) for menu in Menu if menu is not Menu.NONE} == {
        Menu.MAIN: (("menu-find", "menu-vip"), ("menu-profile", "menu-invite", "menu-help")),
        Menu.SEARCHING: (("menu-cancel",),),
        Menu.CHATTING: (("menu-next", "menu-stop"), ("menu-report", "menu-lock")),
    }
    assert vocabulary().labels["menu-stop"] == "stop"


def test_keys_of_what_is_switched_off_leave_the_keyboards_and_are_answered_where_somebody_still_has_them():
    off = structs.replace(RULES, features=Features(lock_chat=False, referrals=False, vip=False))
    assert vocabulary().menu(Menu.MAIN, off) == (("menu-find",), ("menu-profile", "menu-help"))
    assert vocabulary().menu(Menu.CHATTING, off) == (("menu-next", "menu-stop"), ("menu-report",))
    assert [texts(step(CHATTING, command(name), configuration=off)[1]) for name in ("lock", "invite", "vip")] == [
        ["lock-off"],
        ["invite-off"],
        ["pay-off"],
    ]


def test_a_key_stands_for_a_command_of_its_own_feature():
    stray = Feature(name="toy", keys=(Key(menu=Menu.MAIN, row=3, label="menu-toy", command="find"),))
    with pytest.raises(ValueError, match="toy has a key for /find"):
        vocabulary((*FEATURES, stray))


def test_each_command_of_the_help_stands_under_one_heading():
    under = [each.name for commands in vocabulary().headings.values() for each in commands]
    assert sorted(under) == sorted(each.name for each in vocabulary().commands)
    assert all(vocabulary().headings.values())


def test_the_help_lists_what_one_can_do():
    assert [each.name for each in vocabulary().commands] == [
        "find",
        "next",
        "stop",
        "topic",
        "names",
        "report",
        "block",
        "blocks",
        "profile",
        "protect",
        "lock",
        "vip",
        "credits",
        "promo",
        "invite",
        "paysupport",
        "privacy",
        "export",
        "delete_me",
        "appeal",
        "terms",
        "help",
    ]
