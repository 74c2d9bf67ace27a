"""The panel without its process: an owner's client, and a supervisor, people, limits and records that do as a test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from quart import Quart
from quart.testing import QuartClient

from control.bots import BotDesk
from control.people import PanelPeople
from storage.sql.database import Database
from storage.sql.panel.notes import SqlNotes
from storage.sql.panel.records import PanelRecords
from tests.web.access import editor_on, opened, people_on, records_on
from tests.web.bots import HouseOfBots, desk_on
from tests.web.doubles import CountingLimits, FixedFigures, KeptInMemory, KnownPeople
from tests.web.machine import FewLines, LosableAudit, OneMachine
from tests.web.people import settled
from tests.web.supervisors import RecordingSupervisor, healthy_status
from tests.web.toy import Toys
from web.access.admission import Admission
from web.access.streams import Streams
from web.api.operation import Api
from web.app import Dependencies, create_app


@pytest.fixture
def supervisor() -> RecordingSupervisor:
    return RecordingSupervisor(healthy_status())


@pytest.fixture
def people() -> KnownPeople:
    return KnownPeople()


@pytest.fixture
def limits() -> CountingLimits:
    return CountingLimits()


@pytest.fixture
def records() -> FixedFigures:
    return FixedFigures()


@pytest.fixture
async def database(tmp_path) -> AsyncIterator[Database]:
    async with opened(tmp_path) as database:
        yield database


@pytest.fixture
async def town(database) -> PanelPeople:
    """Of two people: `tests.web.people`."""
    await settled(database)
    return people_on(database)


@pytest.fixture
def access(database) -> PanelRecords:
    return records_on(database)


@pytest.fixture
def house_of_bots() -> HouseOfBots:
    return HouseOfBots()


@pytest.fixture
def bots(database, house_of_bots) -> BotDesk:
    return desk_on(database, house_of_bots)


@pytest.fixture
def processes() -> OneMachine:
    return OneMachine()


@pytest.fixture
def logs() -> FewLines:
    return FewLines()


@pytest.fixture
def audit(database) -> LosableAudit:
    return LosableAudit(database)


@pytest.fixture
def deps(supervisor, people, limits, records, access, bots, processes, logs, audit, database) -> Dependencies:
    return Dependencies(
        supervisor=supervisor,
        signs=people,
        access=access,
        limits=limits,
        figures=records,
        people=people_on(database),
        accounts=people_on(database),
        notes=SqlNotes(database),
        configuration=editor_on(database),
        audit=audit,
        bots=bots,
        history=KeptInMemory(),
        processes=processes,
        logs=logs,
        refresh_seconds=0.001,
    )


@pytest.fixture
def app(deps: Dependencies) -> Quart:
    return create_app(deps)


@pytest.fixture
def client(app: Quart) -> QuartClient:
    """An owner's browser, on this machine."""
    return browser_of(app, "owner")


@pytest.fixture
def stranger(app: Quart) -> QuartClient:
    return app.test_client()


def browser_of(app: Quart, secret: str) -> QuartClient:
    client = app.test_client()
    client.set_cookie("localhost", "masquerade", secret)
    return client


@pytest.fixture
def toys() -> Toys:
    return Toys()


@pytest.fixture
def api(app, people, limits, toys) -> Api:
    """Of the toys alone, on the same application."""
    api = Api(app, Admission(people, limits), Streams(check_seconds=0.02))
    api.add(toys)
    return api


@pytest.fixture
def token(api) -> QuartClient:
    """A program with an owner's token."""
    return program_of(api.app, "owner")


def program_of(app: Quart, secret: str) -> QuartClient:
    class Program(QuartClient):
        async def open(self, *arguments, headers=None, **options):
            headers = {"Authorization": f"Bearer {secret}", **(headers or {})}
            return await super().open(*arguments, headers=headers, **options)

    return Program(app)
