"""`supervisor.py reports …`, `users …` and `appeals …`: what operators decide about people. The work is done in
`control/moderation.py`; the pages are in `control/cli/moderation_pages.py`.
"""

from __future__ import annotations

import sys
from math import inf, isfinite
from typing import TYPE_CHECKING, Annotated

import typer

from control.cli.answers import LARGEST_USER, AsJson, By, Limit, Number, User, operator, printed, refuse
from control.cli.records import LONGEST_REASON, Read, done, words_of

if TYPE_CHECKING:
    from control.moderation import Records

LONGEST_HOURS = 100 * 8766.0
LONGEST_ANSWER = 1000
"""Characters, so that it fits into one message."""

Answer = Annotated[str, typer.Option("--answer", help="Your own words, which the person reads.")]


def reports(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help="Look at reports, and decide on them.", no_args_is_help=True, rich_markup_mode=None)
    _add_report_looks(app, read)
    _add_report_acts(app, read)
    return app


def _add_report_looks(app: typer.Typer, read: Read) -> None:
    @app.command("list")
    def list_(
        *,
        user: Annotated[
            int | None, typer.Option("--user", min=1, max=LARGEST_USER, help="Reports of one person, by Telegram's id.")
        ] = None,
        limit: Limit = 50,
        json: AsJson = False,
    ) -> None:
        """Show the reports, the newest first."""
        from control.cli import moderation_pages as pages
        from domain.model.ids import UserId

        person = None if user is None else UserId(user)
        found = done(read, lambda records: records.review.reports(user=person, limit=limit))
        printed(found, json=json, lines=map(pages.report, found) if found else ["No reports."])

    @app.command()
    def show(number: Number, *, by: By = "", json: AsJson = False) -> None:
        """Show one report, with what was said where that is still kept. That you read it is in the audit."""
        from control import moderation
        from control.cli import moderation_pages as pages

        async def look(records: Records) -> pages.WholeReport:
            found = await moderation.find_report(records, number)
            return pages.WholeReport(report=found, evidence=await moderation.evidence(records, number, operator(by)))

        whole = done(read, look)
        printed(whole, json=json, lines=pages.whole_report(whole))

    @app.command()
    def review(*, limit: Limit = 50, json: AsJson = False) -> None:
        """Show the review list: what a person has to look at, the urgent first, then the oldest."""
        from control.cli import moderation_pages as pages

        found = done(read, lambda records: records.review.items(limit=limit))
        printed(found, json=json, lines=map(pages.item, found) if found else ["Nothing to look at."])


def _add_report_acts(app: typer.Typer, read: Read) -> None:
    @app.command()
    def uphold(
        number: Number,
        *,
        permanent: Annotated[bool, typer.Option("--permanent", help="Also ban the reported person for good.")] = False,
        by: By = "",
        json: AsJson = False,
    ) -> None:
        """Decide that a report was right. A ban that it led to stays as it is.

        Exit code 1: it was decided before, and nothing was changed. 2: no such report.
        """
        from control import moderation

        decision = done(read, lambda records: moderation.uphold(records, number, operator(by), permanent=permanent))
        printed(decision, json=json, lines=["Upheld, and banned for good." if permanent else "Upheld."])

    @app.command()
    def reject(number: Number, *, by: By = "", json: AsJson = False) -> None:
        """Decide that a report was wrong. It counts no more, and a hold that it led to ends; for a ban, see `users unban`.

        Exit code 1: it was decided before, and nothing was changed. 2: no such report.
        """
        from control import moderation

        decision = done(read, lambda records: moderation.reject(records, number, operator(by)))
        printed(decision, json=json, lines=["Rejected."])

    @app.command()
    def close(number: Number, *, by: By = "", json: AsJson = False) -> None:
        """Take an item off the review list; N is the number that `review` shows.

        Exit code 2: no such item, or somebody is held by it. Release them, or ban them for good first.
        """
        from control import moderation

        item = done(read, lambda records: moderation.close(records, number, operator(by)))
        printed(item, json=json, lines=[f"Closed by {item.closed_by}."])


def users(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help="Look at people, ban them, give them VIP.", no_args_is_help=True, rich_markup_mode=None)
    _add_user_look(app, read)
    _add_bans(app, read)
    _add_grant(app, read)
    return app


def _add_user_look(app: typer.Typer, read: Read) -> None:
    @app.command()
    def show(user: User, *, json: AsJson = False) -> None:
        """Show what is recorded of somebody: profile, VIP, ban, reports, appeals, what operators did. Never what they wrote."""
        from control import moderation
        from control.cli import moderation_pages as pages
        from domain.model.ids import UserId

        known = done(read, lambda records: moderation.look(records, UserId(user)))
        printed(pages.plain(known), json=json, lines=pages.person(known))


def _add_bans(app: typer.Typer, read: Read) -> None:
    @app.command()
    def ban(
        user: User,
        *,
        hours: Annotated[
            float | None, typer.Option("--hours", help="For how long. Left out: for good, with --permanent.")
        ] = None,
        permanent: Annotated[bool, typer.Option("--permanent", help="For good. Without it and --hours you are asked.")] = False,
        reason: Annotated[
            str,
            typer.Option("--reason", help="Why: ads, insult, sexual, fraud, threat, under_age, spam, or your own words."),
        ],
        by: By = "",
        json: AsJson = False,
    ) -> None:
        """Ban somebody: ends their search or chat within seconds. They read until when, why, and how to appeal.

        Replaces an earlier ban. Also of somebody who has never been here. Exit code 2: refused, nothing was changed.
        """
        from control import moderation
        from control.cli import moderation_pages as pages
        from domain.model.ids import UserId

        lasts = _lasting(hours, permanent=permanent)
        why = words_of("--reason", reason, LONGEST_REASON)
        if not why:
            refuse("--reason: say why; the person reads it")
        made = done(read, lambda records: moderation.ban(records, UserId(user), lasts, why, operator(by)))
        printed(pages.plain(made), json=json, lines=[f"Banned {pages.ban(made)}."])

    @app.command()
    def unban(user: User, *, by: By = "", json: AsJson = False) -> None:
        """Lift a ban, and a hold. Undecided reports of the person are rejected. They are told where they can be written to."""
        from control import moderation
        from domain.model.ids import UserId

        lifted = done(read, lambda records: moderation.unban(records, UserId(user), operator(by)))
        text = "Lifted." if lifted else "There is no ban and no hold; nothing was changed."
        printed({"lifted": lifted}, json=json, lines=[text])

    @app.command()
    def release(user: User, *, by: By = "", json: AsJson = False) -> None:
        """End a hold alone: the person may search again, and is told so. Reports and bans stay as they are."""
        from control import moderation
        from domain.model.ids import UserId

        released = done(read, lambda records: moderation.release(records, UserId(user), operator(by)))
        text = "Released." if released else "Nobody holds this person; nothing was changed."
        printed({"released": released}, json=json, lines=[text])


def _add_grant(app: typer.Typer, read: Read) -> None:
    @app.command()
    def grant(
        user: User,
        *,
        days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Days of VIP.")],
        by: By = "",
        json: AsJson = False,
    ) -> None:
        """Give somebody days of VIP, on top of what they have. They are told. Exit code 2: no such person."""
        from control import moderation
        from control.cli.answers import when
        from domain.model.ids import UserId

        until = done(read, lambda records: moderation.grant(records, UserId(user), days, operator(by)))
        printed({"vip_until": until}, json=json, lines=[f"Granted {days} days: VIP until {when(until)}."])


def appeals(read: Read) -> typer.Typer:
    """`read` reads the settings."""
    app = typer.Typer(help="Look at appeals against bans, and answer them.", no_args_is_help=True, rich_markup_mode=None)
    _add_appeal_looks(app, read)
    _add_answers(app, read)
    return app


def _add_appeal_looks(app: typer.Typer, read: Read) -> None:
    @app.command("list")
    def list_(
        *,
        waiting: Annotated[bool, typer.Option("--waiting", help="Only those without an answer.")] = False,
        limit: Limit = 50,
        json: AsJson = False,
    ) -> None:
        """Show the appeals, the newest first."""
        from control.cli import moderation_pages as pages

        found = done(read, lambda records: records.appeals.newest(limit, waiting=waiting))
        printed(pages.plain(found), json=json, lines=map(pages.appeal, found) if found else ["No appeals."])

    @app.command()
    def show(number: Number, *, json: AsJson = False) -> None:
        """Show one appeal: the ban, what the person says, and the answer."""
        from control import moderation
        from control.cli import moderation_pages as pages

        found = done(read, lambda records: moderation.find_appeal(records, number))
        printed(pages.plain(found), json=json, lines=pages.whole_appeal(found))


def _add_answers(app: typer.Typer, read: Read) -> None:
    @app.command()
    def accept(number: Number, *, answer: Answer = "", by: By = "", json: AsJson = False) -> None:
        """Lift the ban: undecided reports of the person are rejected, and the score is cleared. The person reads the answer.

        Exit code 1: it was answered before, and nothing was changed. 2: no such appeal.
        """
        _answered(read, number, "accepted", answer, by, json=json)

    @app.command()
    def reject(number: Number, *, answer: Answer = "", by: By = "", json: AsJson = False) -> None:
        """Leave the ban as it is. The person reads the answer.

        Exit code 1: it was answered before, and nothing was changed. 2: no such appeal.
        """
        _answered(read, number, "rejected", answer, by, json=json)


def _answered(read: Read, number: int, verdict: str, answer: str, by: str, *, json: bool) -> None:
    from control import moderation
    from control.cli import moderation_pages as pages

    words = words_of("--answer", answer, LONGEST_ANSWER)
    found = done(read, lambda records: moderation.answer(records, number, verdict, words, operator(by)))
    printed(pages.plain(found), json=json, lines=[f"{verdict[0].upper()}{verdict[1:]}. The person is told."])


def _lasting(hours: float | None, *, permanent: bool) -> float:
    """Hours; infinity for good, which is asked for where it was not said."""
    if permanent and hours is not None:
        refuse("--permanent and --hours contradict each other; leave one out")
    if hours is not None:
        if not isfinite(hours) or not 0 < hours <= LONGEST_HOURS:
            refuse(f"--hours: {hours:g} is not between 0 and {LONGEST_HOURS:g}; for good is --permanent")
        return hours
    if not permanent and not (sys.stdin.isatty() and typer.confirm("Ban for good?")):
        refuse("say for how long: --hours N, or --permanent; nothing was changed")
    return inf
