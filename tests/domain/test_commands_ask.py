"""A command in a partner's text can be pressed by mistake: no command destroys anything by itself, it asks by a button."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.session.effects import Decide
from domain.session.machine import FEATURES
from tests.domain.stories import NOW, RULES, command, step
from tests.domain.test_transitions import sessions

DESTROYS = re.compile(r"(Delete|Erase|Forget|Wipe|Remove|Purge|Block|Report|Cancel(Vip|Subscription))\w*")
"""Names of effects and requests that take something away from somebody for good."""
COMMANDS = [each for feature in FEATURES for each in feature.commands]


def destroys(effect: Any) -> bool:
    what = effect.request if isinstance(effect, Decide) else effect
    return DESTROYS.fullmatch(type(what).__name__) is not None


@pytest.mark.parametrize("name", [each.name for each in COMMANDS])
def test_no_command_destroys_anything_by_itself(name: str):
    for session in sessions():
        _, effects = step(session, command(name), NOW, RULES)
        assert [effect for effect in effects if destroys(effect)] == []


def test_what_destroys_is_told_by_its_name():
    class DeleteEverything:
        pass

    assert destroys(DeleteEverything())
    assert destroys(Decide(request=type("Block", (), {})()))
