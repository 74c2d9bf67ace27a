"""A session knows what to do with every message, and a worker who carries out every effect."""

from __future__ import annotations

from typing import get_args

from actors.messages import SessionMessage
from actors.runtime.actor import Actor
from actors.session.actor import SessionActor
from domain.session.effects import Effect
from tests.actors.house import a_house
from tests.virtual_time import in_virtual_time


def test_every_message_has_a_handler():
    assert set(SessionActor.HANDLERS) == set(get_args(SessionMessage))


@in_virtual_time
async def test_every_effect_has_one():
    async with a_house() as house:
        anna = await house.searching()
        effects = anna.session._actor.world.effects
        assert [effect for effect in get_args(Effect) if effect not in effects] == []


@in_virtual_time
async def test_all_sessions_of_a_worker_share_what_carries_effects_out():
    async with a_house() as house:
        anna, boris = await house.chatting()
        assert anna.session._actor.world.effects is boris.session._actor.world.effects


def test_a_session_inherits_from_the_runtime_alone():
    assert SessionActor.__bases__ == (Actor[SessionMessage].__origin__,)
