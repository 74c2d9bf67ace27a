"""One house for all tests of the panel's pages, and an owner's browser. `tests/browser/panel/checks.py` looks at a page."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from tests.browser.panel.checks import watched
from tests.system.conftest import shared_house
from tests.system.house import House

OWNER = 8_100_000_001
"""The id of the first person of a new sandbox."""


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """On SQLite and memory://, with one worker. Whoever has parted may meet again at once."""
    folder = tmp_path_factory.mktemp("panel")
    async with shared_house(folder, ADMIN_TELEGRAM_IDS=str(OWNER), MASQUERADE_MATCHING__RECENT_MINUTES="0") as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def owner(context: BrowserContext, house: House) -> AsyncIterator[BrowserContext]:
    """A browser that an owner has logged in with. What breaks the content security policy, or is an error on the console of any
    of its pages, fails the test.
    """
    with watched(context):
        page = await context.new_page()
        await page.goto(await house.login_link())
        await page.wait_for_url("**/admin/dashboard")
        await page.close()
        yield context


@pytest_asyncio.fixture(loop_scope="session")
async def panel(owner: BrowserContext, house: House) -> Page:
    """The owner's first page."""
    page = await owner.new_page()
    await page.goto(f"{house.panel_url}/admin/dashboard")
    return page
