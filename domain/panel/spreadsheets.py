"""Cells of CSV files, which people open in spreadsheets."""

from __future__ import annotations

FORMULA = frozenset("=+-@\t\r")


def safe(cell: str) -> str:
    """A cell that begins like a formula gets an apostrophe, so that a spreadsheet shows it and does not run it."""
    return f"'{cell}" if cell[:1] in FORMULA else cell
