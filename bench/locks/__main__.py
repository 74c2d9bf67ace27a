"""Runs the bench in a process of its own, or a smaller campaign: `python -m bench.locks --goal 100 --people 60`."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import uvloop

from bench.harness import Figures, say
from bench.locks.books import differences
from bench.locks.campaign import Campaign, Plan, campaign
from bench.locks.verdict import Told, Verdict
from bench.sessions import percentile

EXAMPLES = 8
PLAN = Plan(goal=2000, people=600, credits=12, seed=13, kills=6, restarts=2, wipes=1, fault_seconds=0.5)


async def measure(folder: Path, plan: Plan) -> Figures:
    async with campaign(plan, folder) as it:
        kept = await it.go_through()
        return await judge(it, kept)


async def judge(it: Campaign, kept: list[int]) -> Figures:
    """`kept`: who could not leave at the end."""
    books = await it.settled()
    verdict, diary = Verdict(books), it.diary
    trapped, escaped = verdict.trapped(diary), verdict.escaped(diary)
    told, unknown = verdict.told(diary)
    off = differences({person.phone.user.id: person.phone.purse.credits for person in it.people}, books)
    wrong = [*books.wrong(), *(f"{each} is no end of a lock" for each in unknown)]
    wrong += [f"{person.phone.user.id}: {oddity}" for person in it.people for oddity in person.phone.purse.oddities]
    calm = [each for each in told if not each.touches(it.outages)]
    purses = {person.phone.user.id: person.phone.purse for person in it.people}
    _explain("trapped", [(each, verdict.around(each)) for each in trapped])
    _explain("could not leave at the end", kept)
    _explain("escaped", escaped)
    _explain("credits", [(user, extra, str(purses[user]), books.of(user)) for user, extra in off.items()])
    _explain("wrong", wrong)
    _explain("told late", [(each, it.since_outage(each.until)) for each in calm if each.late > 1.0])
    return {
        "locks": sum(lock.was_set for lock in books.locks),
        "trapped": len({each.user for each in trapped} | set(kept)),
        "escaped": len(escaped),
        "lost_credits": -sum(difference for difference in off.values() if difference < 0),
        "made_credits": sum(difference for difference in off.values() if difference > 0),
        "wrong": len(wrong),
        "end_told_p99_ms": _percentile_ms(calm, 99),
        "end_told_p50_ms": _percentile_ms(calm, 50),
        "ends_told": len(calm),
        "p99_in_outages_ms": _percentile_ms([each for each in told if each.touches(it.outages)], 99),
        "told_in_outages": len(told) - len(calm),
        "voided": sum(lock.state == "void" for lock in books.locks),
        "refused": len(diary.kept),
        "given_back": sum(lock.back for lock in books.locks),
        "bought_credits": -books.accounts.get("sold", 0),
        "seed": it.plan.seed,
        "befell": {what: float(count) for what, count in it.done.items()},
    }


def _percentile_ms(told: list[Told], percent: int) -> float:
    return round(percentile([[each.late for each in told]], percent) * 1000, 1) if len(told) > 1 else 0.0


def _explain(what: str, found: Sequence[object]) -> None:
    if found:
        say(f"{what}: {len(found)}, such as {[*found[:EXAMPLES]]}")


def main() -> None:
    parser = argparse.ArgumentParser(description="A campaign of locks.")
    for name in ("goal", "people", "seed", "kills", "restarts", "wipes"):
        parser.add_argument(f"--{name}", type=int, default=getattr(PLAN, name))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="masquerade-bench-") as folder:
        print(json.dumps(uvloop.run(measure(Path(folder), replace(PLAN, **vars(options))))))


if __name__ == "__main__":
    main()
