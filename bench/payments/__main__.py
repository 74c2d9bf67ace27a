"""Runs the bench in a process of its own, or a smaller campaign: `python -m bench.payments --goal 50`."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from dataclasses import replace
from pathlib import Path

from bench.harness import Figures
from bench.payments import precheckout
from bench.payments.campaign import Plan, campaign
from domain.payments.updates import NANO

PLAN = Plan(
    goal=520,
    seed=11,
    singles=16,
    givers=8,
    savers=8,
    couples=6,
    subscribers=16,
    months=8,
    kills=6,
    restarts=2,
    refunds=6,
    fault_seconds=0.7,
)


async def measure(folder: Path, plan: Plan) -> Figures:
    async with campaign(plan, folder) as it:
        await it.go_through()
        verdict = await it.judge()
        done = {what: float(count) for what, count in it.done.items()}
        renewals = it.till.renewed
    return {
        "paid": verdict.paid,
        "renewals": renewals,
        "lost": len(verdict.lost),
        "double": len(verdict.double),
        "ledger_stars": verdict.ledger / NANO,
        "sandbox_stars": verdict.telegram / NANO,
        "difference_nanos": abs(verdict.ledger - verdict.telegram),
        "seed": plan.seed,
        "befell": done,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="A campaign of payments, then the time until a query is answered.")
    parser.add_argument("--goal", type=int, default=PLAN.goal)
    parser.add_argument("--seed", type=int, default=PLAN.seed)
    options = parser.parse_args()
    plan = replace(PLAN, goal=options.goal, seed=options.seed)
    with tempfile.TemporaryDirectory(prefix="masquerade-bench-") as folder:
        figures = asyncio.run(measure(Path(folder), plan))
        figures |= precheckout.measured(Path(folder) / "precheckout")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
