"""The panel without its process, and a supervisor that answers as a test wants."""

from __future__ import annotations

import pytest
from quart import Quart

from tests.web.supervisors import RecordingSupervisor, healthy_status
from web.app import Dependencies, create_app


@pytest.fixture
def supervisor() -> RecordingSupervisor:
    return RecordingSupervisor(healthy_status())


@pytest.fixture
def deps(supervisor: RecordingSupervisor) -> Dependencies:
    return Dependencies(supervisor=supervisor, refresh_seconds=0.001)


@pytest.fixture
def app(deps: Dependencies) -> Quart:
    return create_app(deps)


@pytest.fixture
def client(app: Quart):
    return app.test_client()
