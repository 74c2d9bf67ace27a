"""Outages, restarts and losses of data of Redis while a crowd talks."""

from __future__ import annotations

import pytest

from tests.faults.rig import Rig, Scenario
from tests.faults.scenarios import REDIS

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize("scenario", REDIS, ids=lambda scenario: scenario.__name__)
async def test_it_is_told_and_nothing_is_lost(rig: Rig, scenario: Scenario):
    judgement = await rig.run(scenario, 2.0)
    assert judgement.all_is_well, judgement
