"""The soak: all scenarios again and again, in random order, while a crowd talks.

    make soak                        half an hour
    SOAK_MINUTES=10 make soak        as long as you like
    python -m tests.faults.soak --help

The exit code is 1 if a message was lost without a notice to its sender, doubled, reordered or shown to a stranger, if anybody was
left in limbo, if a pair does not talk any more, or if a scenario failed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Iterator
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from tests.faults.machine_scenarios import MACHINE
from tests.faults.rig import LONG, Rig, Scenario, open_rig
from tests.faults.scenarios import POSTGRES, REDIS
from tests.faults.telegram_scenarios import TELEGRAM

SCENARIOS: tuple[Scenario, ...] = (*REDIS, *POSTGRES, *TELEGRAM, *MACHINE)
NAMES = {scenario.__name__: scenario for scenario in SCENARIOS}


class Soak:
    def __init__(self, rig: Rig, seconds: float, outage: float) -> None:
        self._rig = rig
        self._seconds = seconds
        self._outage = outage
        self._began = time.monotonic()
        self._scenario = ""
        self._limbo: dict[int, str] = {}
        self._known: set[str] = set()
        """Messages that an earlier scenario has reported."""
        self.done: Counter[str] = Counter()
        self.failed: list[str] = []

    async def run(self, scenarios: Iterator[Scenario]) -> None:
        """Until the time is up; the last scenario is finished."""
        for scenario in scenarios:
            if time.monotonic() - self._began > self._seconds:
                return
            self._scenario = scenario.__name__
            await self._run_one(scenario)

    async def _run_one(self, scenario: Scenario) -> None:
        before = len(self.failed)
        await self._try(scenario.__name__, self._run_scenario(scenario))
        await self._try(f"{scenario.__name__}: the crowd rests and is counted", self._judge())
        self.done[scenario.__name__] += 1
        if len(self.failed) > before:
            (Path.cwd() / "soak-failed.log").write_text(self._rig.house.log)

    async def _try(self, what: str, step: Awaitable[None]) -> None:
        """Note what goes wrong in the step, and go on."""
        self._scenario = what
        try:
            await step
        except* Exception as group:  # noqa: BLE001 - any error of a scenario is a result of the soak
            self._fail(*(f"{type(error).__name__}: {error}" for error in _leaves(group)))

    async def _run_scenario(self, scenario: Scenario) -> None:
        await scenario(self._rig, self._outage)
        await self._rig.house.until_healthy(120)

    async def _judge(self) -> None:
        judgement = await self._rig.judge()
        self._limbo = judgement.limbo
        if new := sorted(judgement.verdict.wrong - self._known):
            self._fail(f"{len(new)} more, such as {' '.join(new[:5])}: {judgement.verdict}")
        self._known |= judgement.verdict.wrong
        if self._limbo:
            self._fail(f"in limbo: {self._limbo}")
        self._fail(
            *judgement.credits,
            *judgement.apart,
            *(f"{user} got no answer to {asked}" for user, asked in judgement.unanswered.items()),
        )

    def _fail(self, *reasons: str) -> None:
        self.failed += [f"{self._scenario}: {reason.splitlines()[0][:300]}" for reason in reasons]

    def __rich__(self) -> Table:
        elapsed, verdict = time.monotonic() - self._began, self._rig.crowd.audit.verdict()
        table = Table(show_header=False, title="soak")
        rows: dict[str, object] = {
            "scenario": self._scenario,
            "elapsed": f"{elapsed / 60:.1f} of {self._seconds / 60:g} min, {self.done.total()} scenarios done",
            "messages": f"{verdict.said} said, {verdict.heard} crossed",
            "told of": len(verdict.told),
            "under way": len(verdict.silent),
            "doubled": len(verdict.doubled),
            "reordered": len(verdict.reordered),
            "astray": len(verdict.astray),
            "in limbo": len(self._limbo),
            "failed": "\n".join(self.failed[-5:]) or "nothing",
        }
        for name, value in rows.items():
            table.add_row(name, str(value))
        return table

    def summary(self) -> str:
        verdict = self._rig.crowd.audit.verdict()
        lines = [f"{name}: {times} times" for name, times in sorted(self.done.items())]
        return "\n".join([*lines, str(verdict), f"{len(self._limbo)} in limbo", *(self.failed or ["all is well"])])


def shuffled(scenarios: tuple[Scenario, ...]) -> Iterator[Scenario]:
    """Endless: each scenario once, then again in another order."""
    while True:
        yield from random.sample(scenarios, len(scenarios))


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


async def soak(options: argparse.Namespace) -> int:
    console = Console()
    chosen = tuple(NAMES[name] for name in options.scenario) or SCENARIOS
    console.print(f"seed {options.seed}; starting servers, a house with {options.workers} workers, {2 * options.pairs} people")
    with tempfile.TemporaryDirectory(prefix="masquerade-soak-") as folder:
        async with open_rig(
            Path(folder), pairs=options.pairs, walkers=options.walkers, pause=1.0, WORKERS=str(options.workers), **LONG
        ) as rig:
            run = Soak(rig, options.minutes * 60, options.outage)
            try:
                with Live(run, console=console, refresh_per_second=1):
                    await run.run(shuffled(chosen))
            finally:
                console.print(run.summary(), markup=False, soft_wrap=True)
            return int(bool(run.failed))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=float(os.environ.get("SOAK_MINUTES", "30")))
    parser.add_argument("--outage", type=float, default=30.0, help="seconds that an outage lasts")
    parser.add_argument("--pairs", type=int, default=10, help="pairs of people who talk")
    parser.add_argument("--walkers", type=int, default=4, help="people who search, meet and leave")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000), help="of the order")
    parser.add_argument("--scenario", action="append", default=[], choices=sorted(NAMES), help="only this one; may be repeated")
    options = parser.parse_args()
    random.seed(options.seed)
    return asyncio.run(soak(options))


if __name__ == "__main__":
    sys.exit(main())
