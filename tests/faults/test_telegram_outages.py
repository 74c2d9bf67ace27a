"""Faults of Telegram while a crowd talks."""

from __future__ import annotations

import pytest

from tests.faults.telegram_scenarios import TELEGRAM
from tests.faults.testbed import Scenario, Testbed

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize("scenario", TELEGRAM, ids=lambda scenario: scenario.__name__)
async def test_it_is_told_and_nothing_is_lost(testbed: Testbed, scenario: Scenario):
    judgement = await testbed.run(scenario, 2.0)
    assert judgement.all_is_well, judgement
