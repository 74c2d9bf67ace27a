"""How reports, people and appeals are shown in the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from math import inf
from typing import Any

from control.cli.answers import until, when
from domain.model.ban import Ban
from domain.ports.moderation import Booked, ReviewItem, Standing
from domain.ports.people import Known
from domain.ports.review import Appeal, Audited
from domain.trust.reports import Said
from domain.trust.standing import told

FOR_EVER = "for ever"


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeReport:
    report: Booked
    evidence: Sequence[Said] | None
    """None where it is kept no more."""


def plain(what: Any) -> Any:
    """For JSON, which has no infinity: a ban for good ends "for ever"."""
    if is_dataclass(what) and not isinstance(what, type):
        return plain(asdict(what))
    if isinstance(what, dict):
        return {name: plain(value) for name, value in what.items()}
    if isinstance(what, list | tuple):
        return [plain(each) for each in what]
    return FOR_EVER if what == inf else what


def ban(made: Ban) -> str:
    why = f"{made.reason or 'no reason'}: {made.note}" if made.note else made.reason or "no reason"
    return f"{until(made.until)} by {made.by or 'nobody known'} ({why})"


def printable(text: str) -> str:
    """What somebody wrote moves no cursor of the operator's terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


# --- reports


def report(booked: Booked) -> str:
    marks = f"  {booked.verdict} by {booked.decided_by}" if booked.decided_by else "  ! open"
    who = f"user {booked.reported.user} by {booked.reporter.user}"
    return f"{booked.number}  {when(booked.at)}  {booked.reason}  {who}  weight {booked.weight:.2f}{marks}"


def whole_report(whole: WholeReport) -> Iterator[str]:
    booked = whole.report
    yield report(booked)
    yield f"  chat {booked.chat}, reported at bot {booked.reporter.bot}; counts {booked.counts:.2f} of {booked.weight:.2f}"
    if booked.evidence_until is not None:
        yield f"  what was said is kept until {when(booked.evidence_until)}"
    if not whole.evidence:
        yield "  Nothing of what was said is kept."
        return
    for said in whole.evidence:
        yield f"  {when(said.at)}  {'reporter' if said.by_reporter else 'reported'}{_said(said)}"
        for earlier in said.earlier:
            yield f"      before: {printable(earlier)}"


def _said(said: Said) -> str:
    parts = (said.media and f"[{said.media}]", printable(said.text))
    return f"{' (marked)' if said.marked else ''}: {' '.join(part for part in parts if part)}"


def item(found: ReviewItem) -> str:
    report_ = f"  report {found.report}" if found.report is not None else ""
    times = f"  {found.times} times" if found.times > 1 else ""
    detail = f": {found.detail}" if found.detail else ""
    urgent = "  ! urgent" if found.first else ""
    return f"{found.number}  {when(found.at)}  user {found.who.user}  {found.rule}{detail}{report_}{times}{urgent}"


# --- people


def person(known: Known) -> Iterator[str]:
    profile = known.person
    yield f"user {known.user}"
    if profile is None:
        yield "  no profile"
    else:
        who = (profile.gender or "no gender", str(profile.age or "no age"), profile.language)
        yield f"  {', '.join(who)}; here since {when(profile.since)}"
    yield f"  VIP until {when(known.vip_until)}" if known.vip_until else "  never VIP"
    if known.ban is not None:
        yield f"  banned {ban(known.ban)} since {when(known.ban.since)}"
    yield from _standing(known.standing)
    yield f"  partners say: {told(known.votes)}"
    yield f"  bots: {', '.join(map(str, known.bots)) or 'none'}"
    for each in known.appeals:
        yield f"  appeal {appeal(each)}"
    for act in known.acts:
        yield f"  {audited(act)}"


def _standing(standing: Standing) -> Iterator[str]:
    if standing.held_since is not None:
        yield f"  held since {when(standing.held_since)}: {standing.held_for}"
    yield f"  score {standing.score:.2f}, level {standing.level}; {standing.reports} reports of this person count"
    yield f"  own reports: {standing.upheld} upheld, {standing.rejected} rejected"


def audited(act: Audited) -> str:
    return f"{when(act.at)}  {act.act} by {act.who} ({act.source or 'unknown'})"


# --- appeals


def appeal(found: Appeal) -> str:
    marks = f"{found.verdict} by {found.answered_by}" if found.answered_at is not None else "! waits"
    return f"{found.number}  {when(found.opened_at)}  user {found.address.user}  {marks}"


def whole_appeal(found: Appeal) -> Iterator[str]:
    yield appeal(found)
    yield f"  banned {ban(found.ban)} since {when(found.ban.since)}"
    yield f"  says: {printable(found.text)}"
    if found.answered_at is not None:
        yield f"  answered {when(found.answered_at)}: {found.answer or 'without words'}"
