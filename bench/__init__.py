"""Benchmarks: `python -m bench` runs all, `python -m bench NAME` one, `--json` prints one JSON object.

Where machines differ, a figure is a ratio within one run: the cases are measured in turn, round by round, and the median counts.

A bench is a module here with

- `NAME` and `ABOUT`, one line each;
- `BARS: dict[str, Bar]`, which its figures must reach (may be empty);
- `run() -> Figures`, which takes at most five minutes and reports progress by `harness.say`.

`harness` has what they share.
"""
