"""An operator's terminal, with Anna and Boris in the records, once on each database."""

from __future__ import annotations

import pytest

from tests.control.cli.office import ANNA, Office


@pytest.fixture(params=["sqlite", "postgres"])
def office(request, tmp_path, monkeypatch):
    monkeypatch.setenv("MASQUERADE_FOLDER", str(tmp_path))
    monkeypatch.setenv("DATA", str(tmp_path / "var"))
    if request.param == "postgres":
        uri = request.getfixturevalue("postgres_uri")
        monkeypatch.setenv("POSTGRES_URI", uri)
    else:
        uri = f"sqlite:{tmp_path}/records.db"
        monkeypatch.setenv("MASQUERADE_STORES__SQLITE_PATH", str(tmp_path / "records.db"))
    (tmp_path / "var").mkdir(mode=0o700)
    office = Office(tmp_path, uri)
    office.begins()
    return office


@pytest.fixture
def anna() -> str:
    return str(ANNA.user)
