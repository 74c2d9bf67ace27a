"""`supervisor.py referrals …`: what operators decide about invitations. The work is done in `control/referrals.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from control.cli.answers import LARGEST_USER, AsJson, By, Limit, Number, operator, printed, when
from control.cli.records import Read, done

if TYPE_CHECKING:
    from domain.model.ids import UserId
    from storage.sql.invitations.invitations import Referral

GONE = "somebody who had their data deleted"


def referrals(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help="Look at invitations, and decide on them.", no_args_is_help=True, rich_markup_mode=None)
    _add_list(app, read)
    _add_acts(app, read)
    return app


def _add_list(app: typer.Typer, read: Read) -> None:
    @app.command("list")
    def list_(
        *,
        user: Annotated[
            int | None, typer.Option("--user", min=1, max=LARGEST_USER, help="Invitations of one person, by Telegram's id.")
        ] = None,
        held: Annotated[bool, typer.Option("--held", help="Only those that wait for you.")] = False,
        limit: Limit = 50,
        json: AsJson = False,
    ) -> None:
        """Show who came by whose invitation, the newest first."""
        from domain.model.ids import UserId

        inviter = None if user is None else UserId(user)
        found = done(read, lambda records: records.invitations.newest(limit, inviter=inviter, held=held))
        printed(found, json=json, lines=map(_line, found) if found else ["No invitations."])


def _add_acts(app: typer.Typer, read: Read) -> None:
    @app.command()
    def approve(number: Number, *, by: By = "", json: AsJson = False) -> None:
        """Reward the inviter as for any invitation. They are told.

        Exit code 1: it does not wait for a decision, and nothing was changed. 2: no such invitation.
        """
        from control import referrals as acts

        found = done(read, lambda records: acts.approve(records, number, operator(by)))
        text = "Approved. The inviter has had their data deleted: nobody is rewarded." if found.inviter < 0 else "Approved."
        printed(found, json=json, lines=[text])

    @app.command()
    def reject(number: Number, *, by: By = "", json: AsJson = False) -> None:
        """Give the inviter nothing for it, and no share of that person's payments.

        Exit code 1: it does not wait for a decision, and nothing was changed. 2: no such invitation.
        """
        from control import referrals as acts

        found = done(read, lambda records: acts.reject(records, number, operator(by)))
        printed(found, json=json, lines=["Rejected."])


def _line(found: Referral) -> str:
    at = found.counted_at if found.counted_at is not None else found.opened_at
    mark = "  ! waits" if found.state == "held" else f"  by {found.decided_by}" if found.decided_by else ""
    return f"{found.number}  {when(at)}  {found.state}  {_who(found.invited)} came by {_who(found.inviter)}{mark}"


def _who(user: UserId) -> str:
    return f"user {user}" if user > 0 else GONE
