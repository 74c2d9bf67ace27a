"""The overview page in a real browser, on a supervisor that does as it is told."""

from __future__ import annotations

import asyncio
import socket

import pytest
import pytest_asyncio
from hypercorn.asyncio import serve
from hypercorn.config import Config
from playwright.async_api import expect

from domain.errors import Unavailable
from domain.status import ProcessState
from storage.sql.database import Database
from storage.sql.panel.notes import SqlNotes
from storage.sql.review.audit import SqlAudit
from tests.web.access import editor_on, opened, people_on, records_on
from tests.web.bots import HouseOfBots, desk_on
from tests.web.doubles import CountingLimits, FixedFigures, KeptInMemory, KnownPeople
from tests.web.machine import machine
from tests.web.supervisors import RecordingSupervisor, healthy_status, process
from web.app import Dependencies, create_app

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


class Panel:
    """Starts again on the port that it had."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.supervisor = RecordingSupervisor(healthy_status())
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        config = Config()
        config.bind = [f"127.0.0.1:{self.port}"]
        config.graceful_timeout = 0.1
        self._deps = Dependencies(
            supervisor=self.supervisor,
            signs=KnownPeople(),
            access=records_on(self._database),
            limits=CountingLimits(),
            figures=FixedFigures(),
            people=people_on(self._database),
            accounts=people_on(self._database),
            notes=SqlNotes(self._database),
            configuration=editor_on(self._database),
            bots=desk_on(self._database, HouseOfBots()),
            audit=SqlAudit(self._database),
            history=KeptInMemory(),
            **machine(),
            refresh_seconds=0.05,
        )
        app = create_app(self._deps)
        self._serving = asyncio.create_task(serve(app, config, shutdown_trigger=self._deps.stopping.wait))
        async with asyncio.timeout(10):
            await self._answers()

    async def _answers(self) -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                await writer.wait_closed()
                return

    async def stop(self) -> None:
        self._deps.stopping.set()
        await self._serving


@pytest_asyncio.fixture(loop_scope="session")
async def panel(tmp_path):
    async with opened(tmp_path) as database:
        started = Panel(database)
        await started.start()
        yield started
        await started.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def overview(page, panel):
    await page.context.add_cookies([{"name": "masquerade", "value": "owner", "url": panel.url}])
    await page.goto(panel.url)
    await expect(page.get_by_text("All is well")).to_be_visible()
    return page


def figure(page, title):
    return page.locator(".figures > div").filter(has=page.get_by_text(title, exact=True))


async def test_it_changes_by_itself(overview, panel):
    await expect(figure(overview, "Waiting").locator(".value")).to_have_text("3")
    panel.supervisor.answer = healthy_status(figures={"waiting": 12345.0})
    await expect(figure(overview, "Waiting").locator(".value")).to_have_text("12,345")


async def test_a_crashed_process_is_named_with_its_mend_and_among_what_happened(overview, panel):
    crashed = process("worker-1", ProcessState.BACKOFF, last_error="<b>boom</b>", restarts=3)
    panel.supervisor.answer = healthy_status(processes=(crashed,), figures={})
    await expect(overview.get_by_text("Something is wrong")).to_be_visible()
    await expect(overview.get_by_role("list", name="Problems")).to_contain_text("worker-1 crashed and comes back: <b>boom</b>")
    await expect(overview.get_by_role("region", name="Last hour")).to_contain_text("worker-1 crashed: <b>boom</b>")
    await expect(figure(overview, "Waiting").locator(".value")).to_have_text("\u2013")


async def test_what_the_operator_does_is_shown(overview, panel):
    panel.supervisor.answer = healthy_status(under_way="restart: worker-1 starts")
    await expect(overview.get_by_text("restart: worker-1 starts")).to_be_visible()


async def test_while_the_supervisor_is_away_it_says_so_and_goes_on_after(overview, panel):
    panel.supervisor.answer = Unavailable("No supervisor listens.")
    await expect(overview.get_by_role("status")).to_have_text("Reconnecting…")
    await expect(overview.get_by_role("alert")).to_contain_text("No supervisor listens.")
    await expect(overview.get_by_role("alert")).to_contain_text("As of ")
    await expect(figure(overview, "Chats").locator(".value")).to_have_text("1")
    panel.supervisor.answer = healthy_status(version="0.2.0")
    await expect(overview.get_by_text("version 0.2.0")).to_be_visible()
    await expect(overview.get_by_role("alert")).to_be_hidden()


async def test_while_the_panel_itself_is_away_it_says_so_and_comes_back(overview, panel):
    await panel.stop()
    await expect(overview.get_by_role("status")).to_have_text("Reconnecting…")
    await panel.start()
    await expect(overview.get_by_role("status")).to_have_text("All is well")


async def test_at_phone_width_nothing_sticks_out(overview):
    await overview.set_viewport_size({"width": 390, "height": 844})
    assert await overview.evaluate("document.documentElement.scrollWidth") == 390
