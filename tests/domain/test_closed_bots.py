"""Bots that take no new people, and bots that are removed: who is told what, and what goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.model.chat import ChatEnd
from domain.model.ids import BotId
from domain.session.context import Context
from domain.session.effects import Decide, Say
from domain.session.facts import BotRemoved
from domain.session.state import Session
from tests.domain.stories import (
    CHATTING,
    IDLE,
    MACHINE,
    ME,
    NOW,
    RULES,
    SEARCHING,
    cancel,
    command,
    find,
    leave,
    of,
    said,
    texts,
)

NAMES = {ME.bot: "closed_bot", BotId(91): "open_bot", BotId(92): "another_bot", BotId(93): "drained_bot"}
CLOSED = frozenset({ME.bot, BotId(93)})
NEW = replace(IDLE, profile=None)


def step(session: Session, fact, closed: frozenset[BotId] = CLOSED):
    context = Context(session=session, now=NOW, configuration=RULES, bot_names=NAMES, closed=closed)
    return MACHINE.step(context, fact)


@pytest.mark.parametrize(("session", "fact"), [(NEW, command("start")), (NEW, said("hello")), (IDLE, command("find"))])
def test_whoever_is_new_or_searches_is_shown_the_open_bots(session, fact):
    after, effects = step(session, fact)
    assert after.profile == session.profile
    [told] = of(Say, effects)
    assert (told.notice.text, told.notice.arguments["bots"]) == ("bot-closed", "@another_bot, @open_bot")
    assert of(Decide, effects) == []


def test_where_no_other_bot_is_open_none_is_named():
    [told] = of(Say, step(NEW, command("start"), frozenset(NAMES))[1])
    assert told.notice.arguments["bots"] == "none"


def test_a_chat_goes_on_and_next_does_not_end_it():
    assert texts(step(CHATTING, command("next"))[1]) == ["bot-closed"]
    assert texts(step(CHATTING, said("hello"))[1]) == []
    assert step(CHATTING, command("stop"))[1] == [leave(ChatEnd.STOPPED)]


def test_another_bot_that_is_closed_changes_nothing_here():
    assert find() in step(IDLE, command("find"), frozenset({BotId(93)}))[1]


@pytest.mark.parametrize(
    ("session", "text", "ending"),
    [
        (CHATTING, "bot-removed-chat", leave(ChatEnd.LOST, silent=True)),
        (SEARCHING, "bot-removed-search", cancel(silent=True)),
    ],
)
def test_a_removed_bot_ends_what_goes_on_there_and_says_where_to_go(session, text, ending):
    told, ended = step(session, BotRemoved())[1]
    assert (told.notice.text, told.notice.arguments["bots"]) == (text, "@another_bot, @open_bot")
    assert ended == ending


def test_whoever_does_nothing_there_is_not_disturbed():
    assert step(IDLE, BotRemoved())[1] == []
