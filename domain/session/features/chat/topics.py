"""/topic asks for a question to talk about. A chat that is silent gets one by itself. Both members get the same."""

from __future__ import annotations

from domain.matching.requests import Paired
from domain.matching.talk import AskTopic
from domain.model.events import TopicGiven
from domain.model.inbound import CommandReceived
from domain.session.context import Context, Step
from domain.session.effects import Decide
from domain.session.facts import Decided
from domain.session.feature import Command, Feature
from domain.session.replies import menu_of, say
from domain.session.state import Chatting, in_chat

TOPICS = 30
"""Questions in the catalogue: topic-1 to topic-30."""


def _topic(context: Context, _command: CommandReceived) -> Step:
    session, place = context.session, context.place
    if not isinstance(place, Chatting):
        return session, [say(session, "not-in-chat", menu_of(session))]
    return session, [Decide(request=AskTopic(address=session.address, chat=place.chat.id))]


def _asked(context: Context, decided: Decided[AskTopic]) -> Step:
    """The question itself comes by the event. Where the chat is over meanwhile, its end is told."""
    session, answer = context.session, decided.answer
    if isinstance(answer, Paired) and answer.chat.id == decided.request.chat and not answer.fresh:
        return session, [say(session, "topic-too-soon")]
    return session, []


def _given(context: Context, given: TopicGiven) -> Step:
    session = context.session
    if not in_chat(session, given.chat):
        return session, []
    return session, [say(session, f"topic-{given.number % TOPICS + 1}")]


FEATURE = Feature(
    name="topics",
    commands=(Command(name="topic", handler=_topic, help="command-topic"),),
    facts={TopicGiven: _given},
    decisions={AskTopic: _asked},
)
