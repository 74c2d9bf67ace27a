"""One Chromium, one sandbox and one bot for all tests; a fresh profile with fresh people for each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser.machine import ARGUMENTS, SandboxProcess, find_browser
from tests.browser.phone import Phone, take
from tests.browser.puppet import Puppet
from tests.system.embedded.conftest import house  # noqa: F401 - a fixture

PATIENCE = 30_000
"""Milliseconds: a busy machine is slow, not wrong."""


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A profile at desktop width; an error on any of its pages fails the test."""
    errors: list[str] = []
    fresh = await browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    fresh.set_default_timeout(PATIENCE)
    fresh.on("weberror", lambda problem: errors.append(str(problem.error)))
    yield fresh
    await fresh.close()
    assert errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxProcess]:
    process = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    await process.start()
    yield process
    await process.stop()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def puppet(sandbox: SandboxProcess) -> AsyncIterator[Puppet]:
    """The sandbox's first bot."""
    async with Puppet(sandbox.tokens[0], server=sandbox.server, public_key=sandbox.public_key) as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="session")
async def anna(page: Page, sandbox: SandboxProcess, puppet: Puppet) -> Phone:
    """Anna's phone, one of a pair; the puppet has had her /start."""
    await page.goto(sandbox.phones_url)
    await page.get_by_role("button", name="Two people").click()
    phone = await take(page, "Anna")
    await phone.button("Start").click()
    await puppet.hears("/start")
    await expect(phone.bubble("/start")).to_be_visible()
    return phone
