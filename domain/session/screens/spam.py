"""Looks for adverts in the first messages of a side in a chat, and for showers of pictures. What somebody says later in a chat
costs one comparison of numbers.

Nothing is asked of a store unless a text comes a second time, or has a contact by somebody who is not known for long. Then it
waits for the answer, and goes on from `features/trust/spam.py`.
"""

from __future__ import annotations

from dataclasses import replace

from domain.model.content import MediaKind, Text, media_of
from domain.model.ids import UserId
from domain.session import findings
from domain.session.context import Context
from domain.session.effects import LookIntoText, Say
from domain.session.notices import spam_notices
from domain.session.screens.screen import Changed, Stopped, Writing, relay_of
from domain.session.state import Chatting
from domain.trust.spam import rules
from domain.trust.spam import watch as watching
from domain.trust.spam.contacts import hash_of
from domain.trust.spam.memory import HOUR, SaidBefore, said_again
from domain.trust.spam.normal_form import Reading, read
from domain.trust.spam.sketches import SHORTEST, sketch
from domain.trust.spam.watch import Watch

SHORTEST_READ = 4
"""Characters of a text: no shorter one has a contact."""
PICTURES = frozenset({MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.ANIMATION, MediaKind.VIDEO_NOTE})


def screen(context: Context, writing: Writing) -> Changed | Stopped | None:
    place = context.place
    assert isinstance(place, Chatting)
    is_text = isinstance(writing.content, Text)
    if place.said >= findings.WATCHED and is_text:
        return None
    if not is_text and not writing.edit and (stopped := _pictures(context, writing)) is not None:
        if isinstance(stopped, Stopped):
            return stopped
        context = context.after(stopped.session)
    if place.said >= findings.WATCHED:
        return None if context.session.spam is None else Changed(session=context.session, writing=writing)
    session = replace(context.session, place=replace(place, said=place.said + 1))
    text = findings.text_of(writing.content)
    if len(text) < SHORTEST_READ:
        return Changed(session=session, writing=writing)
    return _read(context.after(session), writing, read(text), place.said + 1)


def _read(context: Context, writing: Writing, reading: Reading, number: int) -> Changed | Stopped:
    """`number`: of the message on its side of the chat."""
    session, now = context.session, context.now
    relay = relay_of(context, writing)
    watch, said = _remembered(findings.watched(session), reading, relay.to.user, now)
    if reading.hooks and not writing.edit:
        watch = watching.with_hit(watch, relay.chat, number, now)
    if watch is not findings.watched(session):
        session = replace(session, spam=watch)
    again = said is not None and said.partners(now, HOUR) > 1
    if not again and not (reading.hooks and findings.matters(watch, now)):
        return Changed(session=session, writing=writing)
    ask = LookIntoText(relay=relay, said=said, contacts=reading.contacts, hooked=bool(reading.hooks))
    return Stopped(session=session, effects=(ask,))


def _remembered(watch: Watch, reading: Reading, partner: UserId, now: float) -> tuple[Watch, SaidBefore | None]:
    if len(reading.form) < SHORTEST:
        return watch, None
    contacts = tuple(sorted(map(hash_of, reading.contacts)))
    new = SaidBefore(sketch=sketch(reading.form), told=((partner, now),), hooked=bool(reading.hooks), contacts=contacts)
    remembered, said = said_again(watch.said, new)
    return replace(watch, said=remembered), said


def _pictures(context: Context, writing: Writing) -> Changed | Stopped | None:
    """Also in long chats, because pictures are rare. None where there are none."""
    count = sum(media.kind in PICTURES for media in media_of(writing.content))
    if not count:
        return None
    session, now = context.session, context.now
    watch = findings.watched(session)
    if 0 < watch.no_pictures_until - now <= rules.PICTURE_SECONDS:
        notice = spam_notices.no_pictures(watch.no_pictures_until - now, session.language)
        return Stopped(session=session, effects=(Say(notice=notice),))
    watch, verdict = watching.with_pictures(watch, relay_of(context, writing).to.user, count, now)
    session = replace(session, spam=watch)
    if verdict is None:
        return Changed(session=session, writing=writing)
    notice = spam_notices.no_pictures(rules.PICTURE_SECONDS, session.language)
    return Stopped(session=session, effects=(Say(notice=notice), *findings.told(verdict, f"{rules.PICTURES} pictures")))
