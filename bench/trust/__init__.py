"""A simulated year of reports with a fixed seed: how many decent people are banned, how many of the bad ones are caught, and how
the ladder compares with the table in docs/trust.md.
"""

from __future__ import annotations

from statistics import median

from bench.harness import Bar, Figures, say
from bench.trust.simulation import Kind, Life, lives, share_of
from domain.trust.ladder import Step

NAME = "trust"
ABOUT = "a simulated year of reports: the share of decent people who are banned, and of bad ones who are caught"
BARS = {
    "decent_banned_share": Bar(at_most=0.01),
    "decent_all_year_share": Bar(at_most=0.025),
    "bad_caught_share": Bar(at_least=0.95),
}

PEOPLE = 2_000
"""Of each kind."""
TOWN = tuple(Kind(name=f"decent, {chats} a day", share=0.005, chats=chats, days=365, stay=60) for chats in (5, 20, 60))
"""Decent people, a year long. They stay for 60 days on average."""
ALL_YEAR = tuple(Kind(name=f"decent all year, {chats} a day", share=0.005, chats=chats, days=365) for chats in (5, 20, 60))
BAD = tuple(Kind(name=f"reported by {share:.0%}", share=share, chats=20, days=10) for share in (0.15, 0.30))
"""Caught is whoever is banned for 24 hours within 10 days."""
TABLE = (
    Kind(name="0.5%", share=0.005, chats=20, days=30),
    Kind(name="1%", share=0.01, chats=20, days=30),
    Kind(name="5%", share=0.05, chats=20, days=10),
    Kind(name="5%, never halved", share=0.05, chats=20, days=10, halved=1.0),
    Kind(name="15%", share=0.15, chats=20, days=30),
    Kind(name="30%", share=0.30, chats=20, days=30),
)
"""By the share of chats that lead to a report."""


def run() -> Figures:
    return {**simulated(PEOPLE)}


def simulated(people: int) -> Figures:
    figures: Figures = {
        "decent_banned_share": _share(TOWN, Step.HOUR, people),
        "decent_all_year_share": _share(ALL_YEAR, Step.HOUR, people),
        "bad_caught_share": _share(BAD, Step.DAY, people),
    }
    for kind in TABLE:
        figures[kind.name] = _row(lives(kind, people))
        say(f"{kind.name}: done")
    return figures


def _share(kinds: tuple[Kind, ...], step: Step, people: int) -> float:
    return share_of(step, [life for kind in kinds for life in lives(kind, people)])


def _row(people: list[Life]) -> dict[str, float]:
    """The share that reaches each step, and after how many chats."""
    row: dict[str, float] = {}
    for step in Step:
        name = step.name.lower()
        row[name] = share_of(step, people)
        taken = [life.steps[step] for life in people if step in life.steps]
        if taken:
            row[f"{name}_chat"] = float(median(taken))
    return row
