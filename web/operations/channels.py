"""Tests a setting before it is saved, where that is possible: required channels, as the bots see them now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from domain.errors import Unavailable
from domain.model.channels import ChannelSight
from domain.ports.configuration import ConfigurationDesk
from domain.ports.supervisor import Supervisor
from web.api.operation import operation
from web.operations.configuration import RATE
from web.supervisor_status import SupervisorStatus

MOST_CHANNELS = 50

Channel = Annotated[str, Meta(min_length=1, max_length=200)]


class TestedSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Literal["channels.required"]
    value: Annotated[list[Channel], Meta(min_length=1, max_length=MOST_CHANNELS)]


class BotSight(msgspec.Struct, frozen=True, kw_only=True):
    bot: str
    """@username."""
    sees: bool
    """Whether it could see who is a member."""
    problem: str
    """Why not, with the mend."""


class TestedChannel(msgspec.Struct, frozen=True, kw_only=True):
    channel: str
    """As it was written."""
    title: str
    """Empty where no bot finds it."""
    sees: bool
    """Whether every bot could see who is a member."""
    bots: Sequence[BotSight]


class TestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[TestedChannel]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTest:
    desk: ConfigurationDesk
    supervisor: Supervisor
    status: SupervisorStatus

    @operation("POST", "/api/config/test", act="configuration.test", rate=RATE)
    async def test_config(self, body: TestedSetting) -> TestAnswer:
        """What each bot served on the panel's machine sees of each channel. Nothing is saved."""
        await self.desk.preview({body.key: body.value}, versions={})  # refuses what a save would refuse
        await self.status.status()  # a supervisor that hangs is told within seconds
        sights = await self.supervisor.see_channels(body.value)
        if not sights:
            raise Unavailable("No bot is served on this machine now, so none can look at the channels.")
        return TestAnswer(items=[_tested(channel, sights) for channel in body.value])


def _tested(channel: str, sights: Sequence[ChannelSight]) -> TestedChannel:
    seen = sorted((sight for sight in sights if sight.channel == channel), key=lambda sight: sight.bot)
    return TestedChannel(
        channel=channel,
        title=next((sight.title for sight in seen if sight.title), ""),
        sees=not any(sight.problem for sight in seen),
        bots=[BotSight(bot=sight.bot, sees=not sight.problem, problem=sight.problem) for sight in seen],
    )
