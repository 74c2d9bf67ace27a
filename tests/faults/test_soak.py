"""The soak itself, on a rig without processes."""

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
from tests.faults.rig import Judgement
from tests.faults.soak import Soak


class QuietRig:
    """It is its own house and crowd."""

    log = "what the house logged"

    def __init__(self) -> None:
        self.house = self.crowd = self
        self.audit = Audit()

    async def until_healthy(self, within: float) -> None:
        pass

    async def judge(self) -> Judgement:
        return Judgement(verdict=self.audit.verdict(), limbo={}, unanswered={}, apart=[], credits=[], log=self.log)


class RigThatCannotBeCounted(QuietRig):
    async def judge(self) -> Judgement:
        raise psycopg.OperationalError("no connection")


async def calm(rig, outage):
    pass


async def loses_the_database(rig, outage):
    raise psycopg.OperationalError("the connection is lost\nand more")


async def takes_too_long(rig, outage):
    raise TimeoutError


async def loses_two_things(rig, outage):
    raise ExceptionGroup("both", [redis.exceptions.ConnectionError("away"), httpx.ReadError("cut")])


async def is_interrupted(rig, outage):
    raise asyncio.CancelledError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_any_error_of_a_scenario_is_its_failure_and_the_next_one_is_run(folder):
    run = Soak(QuietRig(), 60, 0)
    await run.run(iter([loses_the_database, takes_too_long, loses_two_things, calm]))
    assert run.failed == [
        "loses_the_database: OperationalError: the connection is lost",
        "takes_too_long: TimeoutError: ",
        "loses_two_things: ConnectionError: away",
        "loses_two_things: ReadError: cut",
    ]
    assert run.done.total() == 4
    assert (folder / "soak-failed.log").read_text() == QuietRig.log


async def test_a_crowd_that_cannot_be_counted_is_a_failure_too():
    run = Soak(RigThatCannotBeCounted(), 60, 0)
    await run.run(iter([calm, calm]))
    assert run.failed == ["calm: the crowd rests and is counted: OperationalError: no connection"] * 2


async def test_a_soak_without_failures_says_that_all_is_well(folder):
    run = Soak(QuietRig(), 60, 0)
    await run.run(iter([calm]))
    assert run.summary().endswith("all is well")
    assert not (folder / "soak-failed.log").exists()


async def test_an_interrupted_soak_still_prints_its_summary(monkeypatch, capsys):
    @asynccontextmanager
    async def quiet(folder, **_):
        yield QuietRig()

    monkeypatch.setattr(soak, "open_rig", quiet)
    monkeypatch.setattr(soak, "shuffled", lambda _: iter([calm, loses_the_database, is_interrupted]))
    options = Namespace(seed=1, workers=1, pairs=1, walkers=0, minutes=1, outage=0, scenario=[])
    with pytest.raises(asyncio.CancelledError):
        await soak.soak(options)
    assert capsys.readouterr().out.endswith(
        "calm: 1 times\nloses_the_database: 1 times\n0 said, 0 heard, 0 told of, 0 silent, 0 doubled, 0 reordered, 0 astray\n"
        "0 in limbo\nloses_the_database: OperationalError: the connection is lost\n"
    )
