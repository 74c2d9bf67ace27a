"""Refusals of a command line that is written wrongly: exit code 2, the usage, and one line. They show no secret."""

from __future__ import annotations

from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from domain.redaction import redacted

USAGE_ERROR: Any = typer.BadParameter.__base__
"""The error of every wrong command line. Typer has no public name for it."""


class DiscreetGroup(TyperGroup):
    """Of what the operator wrote, a refusal shows nothing that looks like a secret."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except USAGE_ERROR as error:
            error.message = redacted(error.message)
            raise


def refuse(text: str) -> NoReturn:
    """Ends the command that runs now, with exit code 2 and its usage."""
    raise typer.BadParameter(text)
