"""The supervisor's long commands, without a supervisor."""

from __future__ import annotations

import asyncio

import pytest

from control.supervisor.job_runner import JOBS_KEPT, JobRunner, Refused, Say
from domain.processes import JobProgress


async def says_one_line(say: Say) -> None:
    say("worker-1 is ready")


async def never_ends(say: Say) -> None:
    say("worker-1 starts")
    await asyncio.Event().wait()


async def done(jobs: JobRunner) -> None:
    for _ in range(3):  # the job starts, ends, and is cleaned up
        await asyncio.sleep(0)
    assert not jobs.under_way


async def test_whoever_follows_a_command_hears_its_end_though_another_one_has_begun_since() -> None:
    jobs = JobRunner()
    first = jobs.begin("restart", says_one_line)
    await done(jobs)
    jobs.begin("restart worker-1, which uses too much memory", never_ends)
    assert await jobs.follow(first, 0) == JobProgress(lines=("worker-1 is ready",), over=True)
    await jobs.close()


async def test_a_command_that_was_broken_off_before_its_first_step_is_not_told_as_done() -> None:
    jobs = JobRunner()
    number = jobs.begin("restart", never_ends)
    await jobs.close()
    progress = await jobs.follow(number, 0)
    assert progress == JobProgress(over=True, failure="Masquerade is being stopped; restart was broken off")


async def test_what_a_command_raises_is_its_failure() -> None:
    async def refuses(_: Say) -> None:
        raise Refused("there is no process worker-9")

    async def breaks(_: Say) -> None:
        raise RuntimeError("what somebody wrote")

    jobs = JobRunner()
    refused = jobs.begin("restart worker-9", refuses)
    await done(jobs)
    broken = jobs.begin("restart", breaks)
    await done(jobs)
    assert (await jobs.follow(refused, 0)).failure == "there is no process worker-9"
    assert (await jobs.follow(broken, 0)).failure == "restart failed (RuntimeError); see logs/error.log"


async def test_only_the_last_commands_are_remembered() -> None:
    jobs = JobRunner()
    numbers = []
    for _ in range(JOBS_KEPT + 1):
        numbers.append(jobs.begin("restart", says_one_line))
        await done(jobs)
    forgotten, *kept = [await jobs.follow(number, 0) for number in numbers]
    assert forgotten.failure.endswith("look at: python supervisor.py status")
    assert all(progress == JobProgress(lines=("worker-1 is ready",), over=True) for progress in kept)


async def test_a_second_command_is_refused_with_the_step_of_the_first() -> None:
    jobs = JobRunner()
    jobs.begin("scale to 2 workers", never_ends)
    await asyncio.sleep(0)
    with pytest.raises(Refused, match="under way is scale to 2 workers: worker-1 starts"):
        jobs.begin("restart", says_one_line)
    await jobs.close()
