"""Measures memory and relay of one worker process with fifty thousand people in chats."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
from statistics import median, quantiles

import uvloop

from bench.crowd import Crowd
from bench.harness import Bar, Figures, rss_kb, say

NAME = "sessions"
ABOUT = "memory and relay of a worker process with 50,000 live sessions in 25,000 chats"
BARS = {"rss_mb": Bar(at_most=512)}

SESSIONS = 50_000
MAPPED = 20
"""Messages in each chat whose ids both sessions know."""
ACTIVATING = 2
"""The first of these messages, one from each side, which activate the sessions."""
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


async def measure(sessions: int = SESSIONS) -> Figures:
    bare = rss_kb()
    crowd = Crowd(sessions)
    await crowd.start()
    chats, rates = sessions // 2, []
    await crowd.talk(chats * ACTIVATING)
    for number in range(ACTIVATING + 1, MAPPED + 1):
        rates.append(await crowd.talk(chats))
        say(f"message {number} of {MAPPED} in each chat: {rates[-1]:,.0f} messages/s")
    gc.collect()
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
    }


def percentile(rounds: list[list[float]], percent: int) -> float:
    """The percentile of each round, and of these the median."""
    return median(quantiles(took, n=100)[percent - 1] for took in rounds)


def main() -> None:
    import control.worker.composition  # noqa: F401 - what a worker loads, Kurigram among it

    gc.collect()
    gc.freeze()  # as a worker does
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measure())))


if __name__ == "__main__":
    main()
