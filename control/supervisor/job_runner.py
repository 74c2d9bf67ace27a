"""Runs the operator's long commands as jobs: one at a time, followed line by line by whoever asked.

*Invariant*: a job belongs to the supervisor. It goes on when the terminal that asked for it is closed. It ends when the
supervisor stops.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from domain.errors import MasqueradeError
from domain.processes import JobProgress, OperationUnderWay

FOLLOW_SECONDS = 2.0
"""`follow` waits so long for a new line."""
JOBS_KEPT = 16
"""The last jobs that can still be followed. A job that ended may be followed to its end while the next one runs."""

logger = logging.getLogger(__name__)
Say = Callable[[str], None]
"""Tells the operator one step, as one line."""
Work = Callable[[Say], Awaitable[None]]
"""What a job does. A `MasqueradeError` that it raises is told to the operator as the reason of the failure."""


class Refused(MasqueradeError):  # noqa: N818 - names the answer
    """An operation cannot be done. The text is one line and says what to do about it."""


class Job:
    """One command: its title, the lines it has said, and how it ended."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.lines: list[str] = []
        self.over = False
        self.failure = ""
        self.changed = asyncio.Event()
        """Replaced by a new event after each change."""

    def __str__(self) -> str:
        return f"{self.title}: {self.lines[-1]}" if self.lines else self.title

    async def run(self, work: Work) -> None:
        failure = ""
        try:
            await work(self.say)
        except MasqueradeError as error:
            failure = str(error)
            logger.warning("%s: %s", self.title, error)
        except Exception as error:
            failure = f"{self.title} failed ({type(error).__name__}); see logs/error.log"
            logger.exception("%s failed", self.title)
        self.end(failure)

    def say(self, line: str) -> None:
        logger.info("%s: %s", self.title, line)
        self.lines.append(line)
        self._tell()

    def end(self, failure: str = "") -> None:
        self.over, self.failure = True, failure
        self._tell()

    def progress(self, known: int) -> JobProgress:
        """`known` is the number of lines that the follower has seen."""
        return JobProgress(lines=tuple(self.lines[known:]), over=self.over, failure=self.failure)

    def _tell(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class JobRunner:
    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        """The last `JOBS_KEPT` jobs by number, the oldest first."""
        self._running: tuple[Job, asyncio.Task[None]] | None = None

    @property
    def under_way(self) -> str:
        """The running job and its last line; empty if no job runs."""
        return str(self._running[0]) if self._running else ""

    @property
    def operation(self) -> OperationUnderWay | None:
        """The running job."""
        if self._running is None:
            return None
        job = self._running[0]
        number = next(number for number, each in self._jobs.items() if each is job)
        return OperationUnderWay(number=number, title=job.title, last=job.lines[-1] if job.lines else "")

    def begin(self, title: str, work: Work) -> int:
        """Starts a job and returns its number, for `follow`. Raises `Refused` while another job runs."""
        if self._running:
            raise Refused(f"one thing at a time: under way is {self.under_way}; try again when that is over")
        logger.info("asked to %s", title)
        number, job = next(self._numbers), Job(title)
        self._jobs[number] = job
        if len(self._jobs) > JOBS_KEPT:
            del self._jobs[next(iter(self._jobs))]
        self._running = job, asyncio.create_task(self._run(job, work), name=title)
        return number

    async def follow(self, number: int, known: int) -> JobProgress:
        """Waits up to `FOLLOW_SECONDS` for a line beyond the first `known` ones, or for the end of the job."""
        job = self._jobs.get(number)
        if job is None:
            return JobProgress(over=True, failure="that command is long over; look at: python supervisor.py status")
        if not job.over and len(job.lines) <= known:
            with suppress(TimeoutError):
                await asyncio.wait_for(job.changed.wait(), FOLLOW_SECONDS)
        return job.progress(known)

    async def close(self) -> None:
        """Cancels the running job. Its followers learn that it was broken off."""
        if self._running is None:
            return
        job, task = self._running
        task.cancel()
        await asyncio.wait({task})
        self._running = None
        if not job.over:
            job.end(f"Masquerade is being stopped; {job.title} was broken off")
            logger.warning("%s", job.failure)

    async def _run(self, job: Job, work: Work) -> None:
        try:
            await job.run(work)
        finally:
            self._running = None
