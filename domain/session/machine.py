"""The session machine. It runs the guards, and looks up the handler of a fact.

`Machine.step(context, fact)` returns the next session and the effects to carry out, in order. It never waits, and nothing that a
user can send makes it fail. `FEATURES` below lists all that the bot can do. `transitions.py` has the state table. The rules in
prose:

*Profile.* Somebody new is asked for a gender (buttons), then for an age (typed). Until both are known, other messages and
commands are answered with the open question. The profile can be edited later, but not while searching or chatting.

*Idle → Searching → Chatting → Idle.* /find, and /next outside a chat, asks the pool, which finds a partner or lets the user wait,
in one decision. Whoever already searches or chats is told so, and nothing changes. A chat begins with the pool's answer or with
the event `Matched`: the chat is recorded, then the partner's card is shown. It ends by the user's own /stop or /next, by the
event `ChatEnded`, or when a message cannot be sent because the partner is gone.

*Required channels* are checked at /start, before the first question, and before each search, also one that /next begins. Whoever
has not joined all of them keeps their state and is shown where to join.

*One bot at a time.* A person searches or chats at one bot at most. At other bots they are shown that bot.

*Human check.* Whoever looks like a program is shown six pictures before the first search, and presses the one that is named. So
is whoever has said one text to many partners.

*Messages* are relayed while chatting, as the screens leave them (`screening.py`), some once their writer has agreed
(`holding.py`). Otherwise they are answered with a hint, or taken as what was asked for (/paysupport, /appeal). Commands are never
relayed, known or not; `typed.py` says what a command is.

*Parting for good.* /report and /block ask by buttons, about the partner of the present chat or of the last one. A press ends the
chat, whatever else holds, and the two never meet again (`parting.py`).

*Searches begin only by messages*, never by buttons. A message has a number, by which the pool recognises it when it is delivered
again after a crash.

*Repeated updates.* An update before the last one that the pool decided is skipped. The last one is not decided again. Where it
was a command, its result is recorded and told once more (`repeats.py`). Where it was a message that found the partner gone, an
event tells of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from domain.matching.requests import Fenced
from domain.model.inbound import ButtonPressed, CommandReceived, MessageReceived
from domain.session.context import Context, Step
from domain.session.facts import Decided, Fact, Hidden
from domain.session.feature import ALWAYS, STRICT, Awaited, Button, Command, Feature, Link, Passes
from domain.session.features.chat import channels, chatting, names, rating, returning, searching, topics, wishes
from domain.session.features.operator import login
from domain.session.features.person import account, invitations, onboarding, personal, profile
from domain.session.features.person import help as help_
from domain.session.features.shop import locks, packs, premium, support, vouchers
from domain.session.features.trust import appeals, block, held, human, pictures, report, spam
from domain.session.guards import ADMISSION, CHECKS, COMMAND_CHECKS, Guarded, Verdict, not_banned
from domain.session.replies import old_button, unknown_command
from domain.session.state import Chatting, in_chat

FEATURES: tuple[Feature, ...] = (
    # to meet and to talk
    onboarding.FEATURE,
    channels.FEATURE,
    human.FEATURE,
    searching.FEATURE,
    chatting.FEATURE,
    held.FEATURE,
    spam.FEATURE,
    topics.FEATURE,
    names.FEATURE,
    returning.FEATURE,
    rating.FEATURE,
    # to be safe from a partner
    report.FEATURE,
    block.FEATURE,
    # oneself
    profile.FEATURE,
    pictures.FEATURE,
    # what is paid for
    locks.FEATURE,
    premium.FEATURE,
    packs.FEATURE,
    wishes.FEATURE,
    vouchers.FEATURE,
    invitations.FEATURE,
    support.FEATURE,
    # one's data, one's account, and what else there is to read
    personal.FEATURE,
    account.FEATURE,
    appeals.FEATURE,
    help_.FEATURE,
    # for operators
    login.FEATURE,
)
"""In the order of the bot's list of commands, and of the keys within a row of the reply keyboard."""

START = "start"
"""The command that links to the bot send, with an argument."""

OF_ITS_STATE = ALWAYS - {Passes.BAN}
"""For ordinary messages. Their handler is chosen by the state, so no guard has to check the state."""

Handler = Callable[[Context, Any], Step]


class Machine:
    """Raises ValueError, with both names, where two features own the same command, button, fact, decision or message."""

    def __init__(self, features: Sequence[Feature] = FEATURES) -> None:
        self._commands: Mapping[str, Command] = _owned(features, lambda it: {each.name: each for each in it.commands})
        self._links: Mapping[str, Link] = _owned(features, lambda it: {each.prefix: each for each in it.links})
        self._buttons: Mapping[str, Button[Any]] = _owned(features, lambda it: {each.prefix: each for each in it.buttons})
        self._messages: Mapping[type, Handler] = _owned(features, lambda it: it.messages)
        self._awaited = {feature.name: feature.awaited for feature in features if feature.awaited is not None}
        self._facts: Mapping[type, Handler] = _owned(features, lambda it: it.facts)
        self._decisions: Mapping[type, Handler] = _owned(features, lambda it: it.decisions)

    def step(self, context: Context, fact: Fact) -> Step:
        session, refusal = self.admit(context, fact)
        if refusal is not None:
            return session, refusal
        return self.proceed(context if session is context.session else context.after(session), fact)

    def admit(self, context: Context, fact: Fact) -> Verdict:
        """The first half of a step. Whatever is stopped here needs no request to the pool."""
        if not isinstance(fact, Guarded):
            return context.session, None
        passes, _ = self._owner(context, fact)
        for guard in ADMISSION:
            session, refusal = guard(context, fact, passes)
            if refusal is not None:
                return session, refusal
            if session is not context.session:
                context = context.after(session)
        return context.session, None

    def proceed(self, context: Context, fact: Fact) -> Step:
        """The second half, after `admit`. The session in `context` is up to date with the pool by now."""
        if isinstance(fact, Hidden):
            return self._proceed_hidden(context, fact.command)
        passes, handler = self._owner(context, fact)
        if isinstance(fact, Guarded):
            for guard in CHECKS:
                session, refusal = guard(context, fact, passes)
                if refusal is not None:
                    return session, refusal
        if isinstance(fact, CommandReceived):
            for check in COMMAND_CHECKS:
                session, refusal = check(context, fact, passes)
                if refusal is not None:
                    return session, refusal
        return _only_of_this_chat(handler(_heard_something_else(context, fact), fact))

    def _proceed_hidden(self, context: Context, command: CommandReceived) -> Step:
        """`admit` has let it pass, for those who may send it."""
        plain = replace(command, argument="") if command.name == START else replace(command, name="")
        passes, _ = self._owner(context, plain)
        session, refusal = not_banned(context, plain, passes)
        return (session, refusal) if refusal is not None else self.proceed(context, plain)

    def _owner(self, context: Context, fact: Fact) -> tuple[frozenset[Passes], Handler]:
        match fact:
            case MessageReceived():
                awaited = self._awaited_now(context)
                if awaited is not None:
                    return ALWAYS, awaited.handler
                return OF_ITS_STATE, self._messages[type(context.place)]
            case CommandReceived():
                return self._command(context, fact)
            case ButtonPressed():
                return self._button(fact)
            case Decided(request=request, answer=answer):
                return STRICT, _nothing if isinstance(answer, Fenced) else self._decisions[type(request)]
            case _:
                return STRICT, self._facts[type(fact)]

    def _awaited_now(self, context: Context) -> Awaited | None:
        asked = context.session.asked
        awaited = self._awaited.get(asked.feature) if asked is not None else None
        if asked is None or awaited is None or isinstance(context.place, Chatting):
            return None
        return awaited if 0 <= context.now - asked.at < awaited.within else None

    def _command(self, context: Context, commanded: CommandReceived) -> tuple[frozenset[Passes], Handler]:
        if commanded.name == START:
            for prefix, link in self._links.items():
                if commanded.argument.startswith(prefix):
                    return link.passes, link.handler
        command = self._commands.get(commanded.name)
        if command is None:
            return STRICT, unknown_command
        decided_before = commanded.pts == context.session.last_pts
        return command.passes, command.repeat if decided_before else command.handler

    def _button(self, pressed: ButtonPressed) -> tuple[frozenset[Passes], Handler]:
        prefix, _, rest = pressed.data.partition(":")
        button = self._buttons.get(prefix)
        value = button.parse(rest) if button is not None else None
        if button is None or value is None:
            return STRICT, old_button
        return button.passes, partial(_with_value, button, value)


def _with_value(button: Button[Any], value: Any, context: Context, pressed: ButtonPressed) -> Step:
    return button.handler(context, pressed, value)


def _heard_something_else(context: Context, fact: Fact) -> Context:
    """Whatever the user does after being asked for a message, other than writing outside a chat, ends the asking."""
    session = context.session
    written = isinstance(fact, MessageReceived) and not isinstance(context.place, Chatting)
    if session.asked is None or not isinstance(fact, Guarded) or written:
        return context
    return context.after(replace(session, asked=None))


def _only_of_this_chat(step: Step) -> Step:
    """What waited to be sent in a chat is forgotten with it."""
    session, effects = step
    if session.holding is None or in_chat(session, session.holding.chat):
        return step
    return replace(session, holding=None), effects


def _nothing(context: Context, _fact: Fact) -> Step:
    """The bot is served by another process now, which handles the update again."""
    return context.session, []


def _owned(features: Sequence[Feature], table_of: Callable[[Feature], Mapping[Any, Any]]) -> dict[Any, Any]:
    """The tables of all features as one. Raises ValueError where two features own the same key."""
    owners: dict[Any, str] = {}
    whole: dict[Any, Any] = {}
    for feature in features:
        for key, value in table_of(feature).items():
            if key in owners:
                what = key.__name__ if isinstance(key, type) else repr(key)
                raise ValueError(f"{what} has two owners: the features {owners[key]} and {feature.name}")
            owners[key], whole[key] = feature.name, value
    return whole
