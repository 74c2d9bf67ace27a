"""One table says which role may do what."""

from __future__ import annotations

import pytest

from domain.panel.roles import ACTS, OPEN, STEP_UP, Role, may


def test_each_role_may_do_what_the_one_before_it_may():
    for lesser, greater in ((Role.VIEWER, Role.MODERATOR), (Role.MODERATOR, Role.OWNER)):
        assert all(may(greater, act) for act in ACTS if may(lesser, act))
        assert any(may(greater, act) and not may(lesser, act) for act in ACTS)


def test_an_owner_may_do_everything():
    assert all(may(Role.OWNER, act) for act in ACTS)


def test_a_viewer_sees_figures_but_no_people_and_changes_nothing_of_others():
    allowed = {act for act in ACTS if may(Role.VIEWER, act)}
    assert not any(act.startswith(("users.", "audit.", "admins.", "configuration.", "tokens.")) for act in allowed)
    assert {act for act in allowed if not act.endswith(".read")} == {"own_sessions.end"}


def test_only_owners_touch_money_bots_and_roles():
    assert not any(may(Role.MODERATOR, act) for act in STEP_UP)


def test_an_act_is_open_or_has_a_role():
    assert not OPEN & ACTS.keys()
    assert ACTS.keys() >= STEP_UP
    with pytest.raises(KeyError):
        may(Role.OWNER, "users.read_minds")
