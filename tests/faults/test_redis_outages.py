"""Redis goes away, comes back, and forgets, while a crowd talks."""

from __future__ import annotations

import pytest

from tests.faults.scenarios import REDIS
from tests.faults.street import Scenario, Street

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize("scenario", REDIS, ids=lambda scenario: scenario.__name__)
async def test_it_is_told_and_nothing_is_lost(street: Street, scenario: Scenario):
    judgement = await street.goes_through(scenario, 2.0)
    assert judgement.all_is_well, judgement
