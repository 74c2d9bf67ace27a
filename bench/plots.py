"""Draws diagrams of the results of `python -m bench --json`: `python -m bench.plots RESULTS.json docs/images`.

Needs matplotlib, which is not among the project's dependencies: `.venv/bin/pip install matplotlib`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

INK, PALE = "#5b4bdb", "#c9c4f4"
CROWDS = (0, 1_000, 100_000)


def matching(axes: Any, figures: dict[str, Any]) -> None:
    rates = [figures[f"find_{crowd}_per_s"] / figures["noop_per_s"] for crowd in CROWDS]
    axes.bar([f"{crowd:,}" for crowd in CROWDS], rates, color=INK, width=0.5)
    axes.axhline(0.25, color=PALE, linestyle="--", label="bar: 0.25")
    axes.set(
        title="A find costs the same whoever waits",
        xlabel="incompatible people waiting",
        ylabel="finds/s ÷ no-op scripts/s",
        ylim=(0, 1.3 * max(rates)),
    )
    axes.legend(frameon=False)


def actors(axes: Any, figures: dict[str, Any]) -> None:
    names = ("tell", "ask", "hop", "start")
    places = range(len(names))
    axes.bar(
        [place - 0.2 for place in places], [figures[f"{name}_per_s"] for name in names], width=0.4, color=INK, label="on the loop"
    )
    threads = [figures[f"thread_{name}_per_s"] for name in names]
    axes.bar([place + 0.2 for place in places], threads, width=0.4, color=PALE, label="on threads")
    axes.set(title="Actors on the event loop and on threads", ylabel="a second", yscale="log")
    axes.set_xticks(list(places), names)
    axes.legend(frameon=False)


DRAWN = {"matching": matching, "actors": actors}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.plots", description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    try:
        from matplotlib import pyplot as plt
    except ImportError:
        raise SystemExit("matplotlib is missing; run: .venv/bin/pip install matplotlib") from None
    results = json.loads(options.results.read_text())
    for name, draw in DRAWN.items():
        figure, axes = plt.subplots(figsize=(6, 3.4), layout="constrained")
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes, results[name])
        figure.savefig(options.folder / f"bench-{name}.png", dpi=120)


if __name__ == "__main__":
    main()
