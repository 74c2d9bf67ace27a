"""/appeal: what somebody says against their ban, once for each ban. A person answers it.

The text is the command's argument, or the next message. One that is too long is not kept: it can be sent again, shorter.
"""

from __future__ import annotations

from dataclasses import replace

from domain.model.content import Text
from domain.model.inbound import CommandReceived, MessageReceived
from domain.session.context import Context, Step
from domain.session.effects import Appeal, Say
from domain.session.facts import Appealed
from domain.session.feature import ALWAYS, Awaited, Command, Feature, Heading
from domain.session.notices import ban_notices
from domain.session.notices.notices import plain
from domain.session.replies import say
from domain.session.state import Asked, Chatting, Session
from domain.trust.appeals import LONGEST, NotAppealed, refusal

NAME = "appeals"


def _appeal(context: Context, command: CommandReceived) -> Step:
    """What the profile already refuses is not asked of the records."""
    session, text, profile = context.session, command.argument.strip(), context.session.profile
    refused = refusal(profile.ban if profile is not None else None, context.now)
    if refused is not None:
        return _refused(context, refused)
    if text:
        return _sent(context, text)
    if isinstance(context.place, Chatting):
        return session, [say(session, "appeal-how", longest=LONGEST)]
    return session, [Appeal()]


def _written(context: Context, received: MessageReceived) -> Step:
    text = received.content.text.strip() if isinstance(received.content, Text) else ""
    if not text:
        return context.session, [say(context.session, "appeal-text-only")]
    return _sent(context, text)


def _sent(context: Context, text: str) -> Step:
    session = context.session
    if len(text) > LONGEST:
        return _asks(context), [say(session, "appeal-too-long", longest=LONGEST, length=len(text))]
    return replace(session, asked=None), [Appeal(text=text)]


def _appealed(context: Context, appealed: Appealed) -> Step:
    session = context.session
    if appealed.refused is not None:
        return _refused(context, appealed.refused)
    if not appealed.text:
        return _asks(context), [say(session, "appeal-ask", longest=LONGEST)]
    return session, [say(session, "appeal-received")]


def _asks(context: Context) -> Session:
    if isinstance(context.place, Chatting):
        return context.session
    return replace(context.session, asked=Asked(NAME, context.now))


def _refused(context: Context, refused: NotAppealed) -> Step:
    session, profile = context.session, context.session.profile
    until = profile.banned_until if profile is not None else 0.0
    return session, [Say(notice=plain(refused, session.language, None, **ban_notices.end(until)))]


FEATURE = Feature(
    name=NAME,
    heading=Heading.SAFETY,
    commands=(Command(name="appeal", handler=_appeal, help="command-appeal", passes=ALWAYS),),
    awaited=Awaited(handler=_written),
    facts={Appealed: _appealed},
)
