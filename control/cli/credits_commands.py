"""`supervisor.py credits …`: what somebody has, and credits that an operator gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from control.cli.answers import AsJson, By, Limit, User, operator, printed, refuse, when
from control.cli.records import LONGEST_REASON, Read, done, words_of

if TYPE_CHECKING:
    from control.credits import Account

MOST = 100_000
"""Credits that are given at once: a slip of a finger gives no more."""


def commands(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help="Look at credits, and give some.", no_args_is_help=True, rich_markup_mode=None)
    _add_show(app, read)
    _add_give(app, read)
    return app


def _add_show(app: typer.Typer, read: Read) -> None:
    @app.command()
    def show(user: User, *, limit: Limit = 50, json: AsJson = False) -> None:
        """Show somebody's credits, and what came and went, the newest first. Exit code 2: no such person."""
        from control import credits as accounts
        from domain.model.ids import UserId

        account = done(read, lambda records: accounts.look(records, UserId(user), limit))
        printed(account, json=json, lines=_page(account))


def _add_give(app: typer.Typer, read: Read) -> None:
    @app.command()
    def give(
        user: User,
        amount: Annotated[int, typer.Argument(metavar="AMOUNT", min=1, max=MOST, help="Credits.", show_default=False)],
        *,
        reason: Annotated[str, typer.Option("--reason", help="Why, for the records.")],
        by: By = "",
        json: AsJson = False,
    ) -> None:
        """Give somebody credits. They are told how many. Exit code 2: refused, nothing was changed."""
        from control import credits as accounts
        from domain.model.ids import UserId

        why = words_of("--reason", reason, LONGEST_REASON)
        if not why:
            refuse("--reason: say why, for the records")
        balance = done(read, lambda records: accounts.give(records, UserId(user), amount, why, operator(by)))
        printed({"credits": balance}, json=json, lines=[f"Given {amount}: they have {balance} credits."])


def _page(account: Account) -> list[str]:
    entries = (
        f"  {when(entry.at)}  {entry.amount:+}  {entry.kind}{f': {entry.note}' if entry.note else ''}"
        for entry in account.history
    )
    return [f"{account.credits} credits", *entries]
