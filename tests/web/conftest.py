"""The panel without its process: an owner's client, and a supervisor, people, limits and records that do as a test wants."""

from __future__ import annotations

import pytest
from quart import Quart
from quart.testing import QuartClient

from tests.web.doubles import CountingLimits, FixedFigures, KnownPeople
from tests.web.supervisors import RecordingSupervisor, healthy_status
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
def deps(supervisor, people, limits, records) -> Dependencies:
    return Dependencies(supervisor=supervisor, signs=people, limits=limits, figures=records, refresh_seconds=0.001)


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
