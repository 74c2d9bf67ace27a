"""Locks chats while workers and stores are killed and Redis is wiped, and compares phones, locks and credits afterwards."""

from __future__ import annotations

import json
import subprocess
import sys

from bench.harness import Bar, Figures

NAME = "locks"
ABOUT = "2,000 locks of chats while workers and stores are killed, and the time until both are told that a lock is over"
BARS = {
    "locks": Bar(at_least=2000),
    "trapped": Bar(at_most=0),
    "escaped": Bar(at_most=0),
    "lost_credits": Bar(at_most=0),
    "made_credits": Bar(at_most=0),
    "wrong": Bar(at_most=0),
    "end_told_p99_ms": Bar(at_most=1000),
}
LONGEST = 600


def run() -> Figures:
    """Runs in a separate process, in which the sandbox runs too."""
    child = subprocess.run([sys.executable, "-m", "bench.locks"], check=True, stdout=subprocess.PIPE, text=True, timeout=LONGEST)
    figures: Figures = json.loads(child.stdout)
    return figures
