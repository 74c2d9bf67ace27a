"""Benchmarks: `python -m bench NAME`. Figures are ratios within one run wherever machines may differ."""
