"""Benchmarks: `python -m bench` runs all, `python -m bench NAME` one, `--json` prints one JSON object.

Figures are ratios within one run wherever machines may differ: what is compared takes turns, round by round, and medians count.

A bench is a module here with

- `NAME` and `ABOUT`, one line;
- `BARS: dict[str, Bar]`, what its figures must reach (may be empty);
- `run() -> Figures`, its figures by key; at most five minutes. It tells how it goes by `harness.say`.

`harness` holds what they share.
"""
