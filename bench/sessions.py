"""Measures memory and relay of one worker process with a hundred thousand people in chats."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
from statistics import median, quantiles
from time import thread_time

import uvloop

from bench.crowd import Crowd
from bench.harness import Bar, Figures, rss_kb, say
from control.worker import garbage

NAME = "sessions"
ABOUT = "memory and relay of a worker process with 100,000 live sessions in 50,000 chats"
BARS = {"rss_mb": Bar(at_most=512), "kb_per_session": Bar(at_most=4), "p99_ms": Bar(at_most=20)}

SESSIONS = 100_000
ACTIVATING = 2
"""Messages in each chat, one from each side, which activate the sessions. They know 18 pairs from before."""
TALKING = 2
"""Messages in each chat after that, as fast as possible."""
ROUNDS = 5
ROUND_SECONDS = 3.0
"""Seconds of a latency round, at half of the throughput. The result is the median of the rounds, and the slowest message."""
LONGEST = 290


def run() -> Figures:
    """Runs in a separate process that imports what a worker imports."""
    child = subprocess.run(
        [sys.executable, "-m", "bench.sessions"], check=True, stdout=subprocess.PIPE, text=True, timeout=LONGEST
    )
    figures: Figures = json.loads(child.stdout)
    return figures


class Pauses:
    """What each full search for garbage took, in seconds of CPU: on a busy machine others run in the midst of it."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self._began = 0.0
        gc.callbacks.append(self._watch)

    def _watch(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] != garbage.OLDEST:
            return
        if phase == "start":
            self._began = thread_time()
        else:
            self.took.append(thread_time() - self._began)


async def measure(sessions: int = SESSIONS) -> Figures:
    bare = rss_kb()
    pauses = Pauses()
    crowd = Crowd(sessions)
    await crowd.start()
    chats, rates = sessions // 2, []
    await crowd.talk(chats * ACTIVATING)
    for number in range(TALKING):
        rates.append(await crowd.talk(chats))
        say(f"message {number + 1} of {TALKING} in each chat: {rates[-1]:,.0f} messages/s")
    full = rss_kb()
    rate = median(rates) / 2
    rounds = [await crowd.talk_at(rate, ROUND_SECONDS) for _ in range(ROUNDS)]
    await crowd.stop()
    return {
        "sessions": sessions,
        "rss_mb": round(full / 1024, 1),
        "bare_mb": round(bare / 1024, 1),
        "kb_per_session": round((full - bare) / sessions, 2),
        "relay_per_s": round(median(rates)),
        "p50_ms": round(percentile(rounds, 50) * 1000, 2),
        "p99_ms": round(percentile(rounds, 99) * 1000, 2),
        "slowest_ms": round(max(map(max, rounds)) * 1000, 2),
        "searches_ms": round(max(pauses.took, default=0.0) * 1000, 2),
    }


def percentile(rounds: list[list[float]], percent: int) -> float:
    """The percentile of each round, and of these the median."""
    return median(quantiles(took, n=100)[percent - 1] for took in rounds)


def main() -> None:
    import control.worker.composition  # noqa: F401 - what a worker loads, Kurigram among it

    with garbage.kept_short(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measure())))


if __name__ == "__main__":
    main()
