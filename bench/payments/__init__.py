"""Sells for Stars while workers, PostgreSQL and Redis are killed and Telegram is at fault, and compares all books afterwards.
Then measures how fast pre-checkout queries are answered.
"""

from __future__ import annotations

import json
import subprocess
import sys

from bench.harness import Bar, Figures

NAME = "payments"
ABOUT = "500 payments in Stars while workers and stores are killed, and the time until a pre-checkout query is answered"
BARS = {
    "paid": Bar(at_least=500),
    "lost": Bar(at_most=0),
    "double": Bar(at_most=0),
    "difference_nanos": Bar(at_most=0),
    "precheckout_p99_ms": Bar(at_most=500),
}
LONGEST = 600


def run() -> Figures:
    """Runs in a separate process."""
    child = subprocess.run(
        [sys.executable, "-m", "bench.payments"], check=True, stdout=subprocess.PIPE, text=True, timeout=LONGEST
    )
    figures: Figures = json.loads(child.stdout)
    return figures
