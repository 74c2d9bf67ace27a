"""The soak itself, on a street where nothing happens."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from contextlib import asynccontextmanager

import httpx
import psycopg
import pytest
import redis.exceptions

from bench.audit import Audit
from tests.faults import soak
from tests.faults.soak import Soak
from tests.faults.street import Judgement


class QuietStreet:
    """Its own house and its own crowd."""

    log = "what the house logged"

    def __init__(self) -> None:
        self.house = self.crowd = self
        self.audit = Audit()

    async def until_healthy(self, within: float) -> None:
        pass

    async def judged(self) -> Judgement:
        return Judgement(verdict=self.audit.verdict(), limbo={}, unanswered={}, apart=[], log=self.log)


class StreetThatCannotBeCounted(QuietStreet):
    async def judged(self) -> Judgement:
        raise psycopg.OperationalError("no connection")


async def calm(street, outage):
    pass


async def loses_the_database(street, outage):
    raise psycopg.OperationalError("the connection is lost\nand more")


async def takes_too_long(street, outage):
    raise TimeoutError


async def loses_two_things(street, outage):
    raise ExceptionGroup("both", [redis.exceptions.ConnectionError("away"), httpx.ReadError("cut")])


async def is_interrupted(street, outage):
    raise asyncio.CancelledError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_whatever_breaks_a_scenario_is_its_failure_and_the_next_one_is_run(folder):
    run = Soak(QuietStreet(), 60, 0)
    await run.run(iter([loses_the_database, takes_too_long, loses_two_things, calm]))
    assert run.failed == [
        "loses_the_database: OperationalError: the connection is lost",
        "takes_too_long: TimeoutError: ",
        "loses_two_things: ConnectionError: away",
        "loses_two_things: ReadError: cut",
    ]
    assert run.done.total() == 4
    assert (folder / "soak-failed.log").read_text() == QuietStreet.log


async def test_a_crowd_that_cannot_be_counted_is_a_failure_too():
    run = Soak(StreetThatCannotBeCounted(), 60, 0)
    await run.run(iter([calm, calm]))
    assert run.failed == ["calm: the crowd rests and is counted: OperationalError: no connection"] * 2


async def test_where_all_is_well_nothing_failed(folder):
    run = Soak(QuietStreet(), 60, 0)
    await run.run(iter([calm]))
    assert run.summary().endswith("all is well")
    assert not (folder / "soak-failed.log").exists()


async def test_the_summary_comes_also_where_the_soak_is_interrupted(monkeypatch, capsys):
    @asynccontextmanager
    async def quiet(folder, **_):
        yield QuietStreet()

    monkeypatch.setattr(soak, "open_street", quiet)
    monkeypatch.setattr(soak, "shuffled", lambda _: iter([calm, loses_the_database, is_interrupted]))
    options = Namespace(seed=1, workers=1, pairs=1, walkers=0, minutes=1, outage=0, scenario=[])
    with pytest.raises(asyncio.CancelledError):
        await soak.soak(options)
    assert capsys.readouterr().out.endswith(
        "calm: 1 times\nloses_the_database: 1 times\n0 said, 0 heard, 0 told of, 0 silent, 0 doubled, 0 reordered, 0 astray\n"
        "0 in limbo\nloses_the_database: OperationalError: the connection is lost\n"
    )
