"""`supervisor.py payments …` and `supervisor.py promo …`: looks at payments, refunds them, makes promo codes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from control.cli.answers import REFUSED, AsJson, By, myself, printed, when
from control.streams import say

if TYPE_CHECKING:
    from control.settings.loading import Loaded
    from domain.ports.payments import Paid, RefundRequest, Ticket
    from storage.sql.payments.records import PaymentRecords

T = TypeVar("T")
Read = Callable[[], "Loaded"]

UNDER_WAY = 1
"""The exit code of a refund that is not carried out yet, or that Telegram refused."""
DONE = {"refunded", "refunded before"}

Charge = Annotated[str, typer.Argument(metavar="CHARGE", help="The payment's id, as `list` shows it.", show_default=False)]


def payments(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help="Look at payments in Stars, and refund them.", no_args_is_help=True, rich_markup_mode=None)
    _add_looks(app, read)
    _add_acts(app, read)
    return app


def _add_looks(app: typer.Typer, read: Read) -> None:
    @app.command("list")
    def list_(
        *,
        user: Annotated[int | None, typer.Option("--user", help="Those of one person, by Telegram's id.")] = None,
        limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many, the newest first.")] = 50,
        json: AsJson = False,
    ) -> None:
        """Show the payments, the newest first."""
        from domain.model.ids import UserId

        person = None if user is None else UserId(user)
        found = _done(read, lambda records: records.ledger.payments(user=person, limit=limit))
        printed(found, json=json, lines=[_line(paid) for paid in found] or ["No payments."])

    @app.command()
    def show(charge: Charge, *, json: AsJson = False) -> None:
        """Show one payment."""
        from control.payments import find_payment

        paid = _done(read, lambda records: find_payment(records, charge))
        printed(paid, json=json, lines=_page(paid))

    @app.command()
    def tickets(
        *,
        limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many, the newest first.")] = 50,
        json: AsJson = False,
    ) -> None:
        """Show the questions about payments that people sent by /paysupport, the newest first."""
        found = _done(read, lambda records: records.tickets.newest(limit))
        printed(found, json=json, lines=[_question(ticket) for ticket in found] or ["No questions."])


def _add_acts(app: typer.Typer, read: Read) -> None:
    @app.command()
    def refund(
        charge: Charge,
        *,
        reason: Annotated[str, typer.Option("--reason", help="Why, for the records.")],
        by: By = "",
        wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait until it is carried out.")] = 30.0,
        json: AsJson = False,
    ) -> None:
        """Give a payment's Stars back, and take back what was not used of what it bought.

        Exit code 0: refunded, now or before. 1: not carried out yet, or Telegram refused it. 2: no such payment.
        """
        from control.payments import refund as ask

        if not reason.strip():
            sys.stderr.write("--reason: say why, for the records\n")
            raise typer.Exit(REFUSED)
        request = _done(read, lambda records: ask(records, charge, reason=reason.strip(), by=by or myself(), within=wait))
        printed(request, json=json, lines=[_outcome(request)])
        if request.outcome not in DONE:
            raise typer.Exit(UNDER_WAY)

    @app.command()
    def settle(charge: Charge) -> None:
        """Note that a flagged payment, or a refused refund, needs nothing more: `status` stops naming it."""
        from control.payments import settle as note

        _done(read, lambda records: note(records, charge))
        say("Settled.")


def promo(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help="Make codes that grant VIP (/promo CODE).", no_args_is_help=True, rich_markup_mode=None)

    @app.callback()
    def _group() -> None:
        """Keeps `make` a command of its own, although it is the only one."""

    @app.command()
    def make(
        code: Annotated[str, typer.Argument(metavar="CODE", help="4 to 64 letters, digits, - and _.", show_default=False)],
        *,
        days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Days of VIP.")],
        uses: Annotated[int, typer.Option("--uses", min=1, help="How many people may use it.")] = 1,
        until: Annotated[str, typer.Option("--until", help="The last day, such as 2031-05-17 (UTC).")],
        by: By = "",
    ) -> None:
        """Make a promo code. Each person can use it once."""
        written, end = code.strip().upper(), _end_of(until)
        if not 4 <= len(written) <= 64 or not all(sign.isalnum() or sign in "-_" for sign in written):
            sys.stderr.write(f"{code}: a code has 4 to 64 letters, digits, - and _\n")
            raise typer.Exit(REFUSED)
        made = _done(read, lambda records: records.grants.make_promo(written, days, uses, end, by or myself()))
        if not made:
            sys.stderr.write(f"{written}: there is such a code already; choose another\n")
            raise typer.Exit(REFUSED)
        say(f"{written}: {days} days of VIP for {uses} people until {until}.")

    return app


def _end_of(day: str) -> float:
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp() + 86_400
    except ValueError as error:
        sys.stderr.write(f"--until: {day} is no day; write it like 2031-05-17\n")
        raise typer.Exit(REFUSED) from error


def _done(read: Read, work: Callable[[PaymentRecords], Awaitable[T]]) -> T:
    """Ends the program with exit code 2 where there is no such payment. Other errors are raised."""
    from control.payments import NoSuchPayment, payment_records
    from control.supervisor.lock import make_private

    loaded = read()
    make_private(Path(loaded.settings.data))

    async def opened() -> T:
        async with payment_records(loaded.settings) as records:
            return await work(records)

    try:
        return asyncio.run(opened())
    except NoSuchPayment as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(REFUSED) from error


def _line(paid: Paid) -> str:
    what = f"{paid.kind} {paid.plan}" if paid.kind else "nothing known"
    marks = "".join(f"  ! {mark}" for mark in (paid.flag, "refunded" if paid.refunded_at else "") if mark)
    return f"{when(paid.at)}  {_stars(paid)} ⭐  user {paid.user}  {what}  {paid.charge}{marks}"


def _question(ticket: Ticket) -> str:
    waits = "" if ticket.told_at is not None else "  ! waits"
    who = f"bot {ticket.address.bot}, user {ticket.address.user}"
    return f"{ticket.number}  {when(ticket.opened_at)}  {who}{waits}: {ticket.text}"


def _page(paid: Paid) -> list[str]:
    lines = [_line(paid), f"  bot {paid.bot}, order {paid.order or 'unknown'}"]
    if paid.refunded_at:
        who = f" by {paid.refund_by}" if paid.refund_by else ""
        lines.append(f"  refunded {when(paid.refunded_at)}{who}: {paid.refund_reason or 'no reason given'}")
    return lines


def _outcome(request: RefundRequest) -> str:
    if not request.outcome:
        return "It is asked for. The worker that serves the bot carries it out as soon as it runs and Telegram answers."
    return f"{request.outcome[0].upper()}{request.outcome[1:]}."


def _stars(paid: Paid) -> str:
    return f"{paid.amount / 1_000_000_000:g}"
