"""`supervisor.py drain` and `resume`, and what becomes of a dead worker's bots, with tiny workers."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from control.supervisor.job_runner import Refused
from control.supervisor.operations.drain import named
from domain.status import BotStatus, ProcessState
from tests.control.operations import operation, operator, tiny
from tests.control.supervisors import Running, eventually

BOTS = (BotStatus(id=2, username="First_bot"), BotStatus(id=70001))


@pytest.mark.parametrize(("word", "bot"), [("2", 2), ("@first_BOT", 2), ("first_bot", 2), ("1", 2), ("70001", 70001)])
def test_a_bot_goes_by_its_id_username_or_number(word: str, bot: int) -> None:
    assert named(word, BOTS).id == bot


def test_an_unknown_bot_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(Refused, match=r"^there is no bot 3 here; there are 1 @First_bot, 2 bot 70001$"):
        named("3", BOTS)
    with pytest.raises(Refused, match="no worker tells of its bots now"):
        named("1", ())


async def states(running: Running) -> list[str]:
    return [f"{bot.username} {bot.state}" for bot in (await running.status()).bots]


async def test_a_drained_bot_stays_away_until_it_is_resumed(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "worker-2=works") as running:
        await running.says("STARTED")
        code, lines = await operator(running, "drain", "@first_bot")
        assert (code, await states(running)) == (0, ["first_bot drained"])
        assert lines == [
            "@first_bot finishes what is under way and is given back",
            "@first_bot stays away from here until: python supervisor.py resume @first_bot; looking who serves it now",
            "@first_bot is served by worker-9 on far/0",
        ]
        assert await operation(running, "drain", bot="1") == [
            "refused: @first_bot is drained already; worker-9 on far/0 serves it"
        ]
        await operation(running, "restart")
        assert await states(running) == ["first_bot drained"]
        code, lines = await operator(running, "resume", "1")
        assert (code, await states(running)) == (0, ["first_bot serving"])
        assert lines == ["@first_bot may be served here again", "@first_bot is served by worker-1"]
        assert await operation(running, "resume", bot="1") == ["refused: @first_bot has not been drained here; it is serving"]


async def test_a_resume_that_a_worker_could_not_do_is_asked_for_again(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "worker-2=works") as running:
        await running.says("STARTED")
        await operation(running, "drain", bot="1")
        (tmp_path / "refuse worker-2").touch()
        assert await operation(running, "resume", bot="1") == [
            "refused: worker-2: Redis cannot be reached; look at status, and resume it again if need be"
        ]
        assert await states(running) == ["first_bot serving"]
        (tmp_path / "refuse worker-2").unlink()
        assert (await operation(running, "resume", bot="1"))[-1] == "@first_bot is served by worker-1"
        assert await operation(running, "resume", bot="1") == ["refused: @first_bot has not been drained here; it is serving"]


async def test_a_worker_that_is_starting_hears_of_a_resume_once_it_is_ready(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "worker-2=works") as running:
        await running.says("STARTED")
        await operation(running, "drain", bot="1")
        (tmp_path / "wait").touch()
        os.kill((await running.one("worker-1")).pid, signal.SIGKILL)
        await running.becomes("worker-1", ProcessState.STARTING)
        resuming = asyncio.create_task(operation(running, "resume", bot="1"))
        await eventually(lambda: "asked to resume 1" in running.log())
        (tmp_path / "wait").unlink()
        assert (await resuming)[0] == "@first_bot may be served here again"
        await running.client.stop()
        await running.ends()  # only then is all in the log that was said
    assert running.log().count("may serve bot 1 again") == 2


async def test_a_worker_that_does_not_become_ready_has_not_been_told(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "worker-2=works", MASQUERADE_SUPERVISOR__START_SECONDS="1") as running:
        await asyncio.gather(*(running.becomes(worker, ProcessState.READY) for worker in ("worker-1", "worker-2")))
        (tmp_path / "wait").touch()
        os.kill((await running.one("worker-2")).pid, signal.SIGKILL)
        await running.becomes("worker-2", ProcessState.STARTING)
        [*_, refusal] = await operation(running, "drain", bot="1")
        assert refusal == ("refused: worker-2 is starting and has not been told; look at status, and drain it again if need be")


async def test_status_tells_of_workers_elsewhere(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        status = await running.status()
        _, page = await operator(running, "status")
    assert [(near.machine, near.worker) for near in status.elsewhere] == [("far", "worker-9")]
    assert any(line.split() == ["far/0", "worker-9", "none", "2", "s", "ago"] for line in page)


async def test_a_living_sibling_frees_the_bots_of_one_that_died(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "worker-2=works") as running:
        await running.says("STARTED")
        pid = (await running.one("worker-1")).pid
        os.kill(pid, signal.SIGKILL)
        await eventually(lambda: f"frees the leases of worker-1, process {pid}" in running.log())
        await operation(running, "scale", workers=1)
        assert "frees the leases of worker-2" not in running.log()
