"""For several features and screens: what follows from a verdict of the rules against spam, besides the message itself."""

from __future__ import annotations

from dataclasses import replace

from domain.model.content import Content, Text, captions_of
from domain.model.ids import ChatId
from domain.session.context import Context, Step
from domain.session.effects import Effect, NoteHit, TellFinding
from domain.session.state import Chatting, Session
from domain.trust.findings import Finding
from domain.trust.spam import watch as watching
from domain.trust.spam.normal_form import read
from domain.trust.spam.rules import Rule, Verdict
from domain.trust.spam.watch import NOTHING, Watch

HITS = frozenset({Rule.SAME_ADVERT, Rule.SHARED_CONTACT, Rule.HIT_AND_RUN})
"""Rules after which a report by the partner counts double."""
WATCHED = 5
"""Messages and edits of a side in a chat, from its beginning, whose texts are read."""


def matters(watch: Watch, now: float) -> bool:
    """Whether a contact of this user may have to be held: not of somebody who is known for long. The chats of the others grow, so
    their standing is read anew each time.
    """
    standing = watch.standing
    return standing is None or standing.is_young(now) or standing.is_newcomer(now, 0.0)


def may_be_a_newcomers(context: Context, content: Content) -> bool:
    """Whether it has a contact that is held if the user is a newcomer. Their standing says so, once it is read."""
    place, trust = context.place, context.configuration.trust
    if trust.newcomer_links != "hold" or not isinstance(place, Chatting) or place.said >= WATCHED:
        return False
    return matters(watched(context.session), context.now) and bool(read(text_of(content)).hooks)


def text_of(content: Content) -> str:
    """With the addresses of its links."""
    texts = (content,) if isinstance(content, Text) else captions_of(content)
    links = (entity.value for text in texts for entity in text.entities if entity.kind == "text_url")
    return " ".join([*(text.text for text in texts if text.text), *links])


def told(verdict: Verdict, detail: str) -> list[Effect]:
    """The moderation hears of each. `detail`: numbers, never a text."""
    finding = Finding(rule=verdict.rule, detail=detail, ban_hours=verdict.ban_hours, review=verdict.review)
    hit: list[Effect] = [NoteHit(hours=verdict.ban_hours)] if verdict.rule in HITS else []
    return [*hit, TellFinding(finding=finding)]


def watched(session: Session) -> Watch:
    return session.spam or NOTHING


def after(watch: Watch, verdict: Verdict, now: float) -> Watch:
    """What is remembered of a verdict."""
    if verdict.slow:
        watch = watching.slowed(watch, now)
    return replace(watch, check_since=now, human=False) if verdict.check else watch


def left(context: Context, chat: ChatId) -> Step:
    """The user has left that chat: was it hit and run?"""
    session = context.session
    if session.spam is None:
        return session, []
    watch, verdict = watching.with_end(session.spam, chat, context.now)
    return replace(session, spam=watch), told(verdict, "") if verdict is not None else []
