"""Each page of the menu, in both themes and at both widths."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from tests.browser.panel.checks import accessible, fits
from tests.system.house import House
from web.pages.menu import ENTRIES

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


@pytest.mark.parametrize("path", [entry.path for entry in ENTRIES])
async def test_a_page_of_the_menu_is_accessible_and_fits_a_phone(panel: Page, house: House, path: str):
    await panel.goto(f"{house.panel_url}{path}")
    await panel.wait_for_load_state("load")
    await accessible(panel)
    await fits(panel)
