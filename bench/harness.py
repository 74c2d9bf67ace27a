"""Helpers of the benches: cases in turn, medians, memory of a new process, the machine, progress."""

from __future__ import annotations

import gc
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Figures = dict[str, float | str | dict[str, float]]
"""Figures by key. A dictionary as value has figures of the same sort, by kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a figure must reach. Exactly one of the two is set."""

    at_least: float | None = None
    at_most: float | None = None

    def met_by(self, figure: float) -> bool:
        return (self.at_least is None or figure >= self.at_least) and (self.at_most is None or figure <= self.at_most)

    def __str__(self) -> str:
        return f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"


def say(text: str) -> None:
    """Report progress on standard error."""
    print(text, file=sys.stderr, flush=True)


class Series:
    """The figures of each case, round by round."""

    def __init__(self, figures: Mapping[str, list[float]]) -> None:
        self._figures = figures

    def median(self, case: str) -> float:
        return median(self._figures[case])

    def ratio(self, case: str, other: str) -> float:
        """The median of the ratios of the rounds. A disturbance of a round affects both cases alike."""
        return median(one / two for one, two in zip(self._figures[case], self._figures[other], strict=True))


def take_turns(cases: Mapping[str, Callable[[], float]], *, rounds: int) -> Series:
    """Run each case once per round. A case returns its figure; it should take about a tenth of a second."""
    figures: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(1, rounds + 1):
        for name, case in cases.items():
            gc.collect()
            figures[name].append(case())
        say(f"round {number} of {rounds}: " + ", ".join(f"{name} {values[-1]:,.0f}" for name, values in figures.items()))
    return Series(figures)


def in_child(module: str, function: str, *arguments: float | str) -> float:
    """Call a function of a module in a new process, whose memory contains nothing else. Returns its result."""
    code = f"import json, sys, {module}; print(json.dumps({module}.{function}(*json.loads(sys.argv[1]))))"
    answer = subprocess.run(
        [sys.executable, "-c", code, json.dumps(arguments)], check=True, stdout=subprocess.PIPE, text=True, timeout=120
    )
    return float(answer.stdout)


def rss_kb() -> float:
    """Resident memory of this process in kB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def machine() -> str:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()}"
