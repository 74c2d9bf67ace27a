"""Runs benches and prints their figures: `python -m bench [NAME] [--json]`."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import time
from types import ModuleType
from typing import Any

import bench
from bench.harness import Bar, Figures, machine, say


def benches() -> dict[str, ModuleType]:
    modules = (
        importlib.import_module(f"bench.{found.name}")
        for found in pkgutil.iter_modules(bench.__path__)
        if found.name != "__main__"
    )
    return {module.NAME: module for module in modules if hasattr(module, "NAME")}


def measure(module: ModuleType) -> Figures:
    say(f"{module.NAME}: {module.ABOUT}")
    began = time.monotonic()
    figures: Figures = module.run()
    return {"bench": module.NAME, **figures, "seconds": round(time.monotonic() - began, 1), "machine": machine()}


def report(figures: Figures, bars: dict[str, Bar]) -> bool:
    """Print the figures. Returns whether all bars were reached. A figure that is missing has missed its bar."""
    reached = True
    for key, figure in figures.items():
        line = f"  {key:<22} {shown(figure)}"
        if (bar := bars.get(key)) is not None and isinstance(figure, int | float):
            met = bar.met_by(figure)
            reached = reached and met
            line += f"  ({bar}: {'reached' if met else 'MISSED'})"
        print(line)
    for key in [key for key in bars if not isinstance(figures.get(key), int | float)]:
        reached = False
        print(f"  {key:<22} no figure  ({bars[key]}: MISSED)")
    return reached


def shown(figure: float | str | dict[str, float]) -> str:
    if isinstance(figure, dict):
        return ", ".join(f"{kind} {value:,.6g}" for kind, value in figure.items())
    return figure if isinstance(figure, str) else format(figure, ",.6g")


def chosen(known: dict[str, ModuleType], name: str | None) -> dict[str, Any]:
    if name is None:
        return known
    if name not in known:
        raise SystemExit(f"There is no bench {name!r}; there are: {', '.join(known)}")
    return {name: known[name]}


def main() -> int:
    known = benches()
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="; ".join(f"{m.NAME}: {m.ABOUT}" for m in known.values())
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help=f"one of {', '.join(known)}; all where it is left out")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args()
    modules = chosen(known, options.name)
    results = {name: measure(module) for name, module in modules.items()}
    if options.json:
        print(json.dumps(results[options.name] if options.name else results))
        return 0
    reached = [report(results[name], modules[name].BARS) for name in results]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
