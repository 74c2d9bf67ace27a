"""The answer to whether a message that waits is to be sent (`domain/session/holding.py`).

The buttons name the message. Whoever presses twice sends it once; where nothing waits any more, the press says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.model.ids import MessageId
from domain.model.inbound import ButtonPressed
from domain.session import holding
from domain.session.context import Context, Step
from domain.session.effects import Amend, Effect
from domain.session.feature import Button, Feature
from domain.session.holding import Concern, Held
from domain.session.notices import notices
from domain.session.replies import toast
from domain.session.screening import say_to_partner

NUMBER = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    send: bool
    concern: Concern
    message: MessageId


def _pressed(context: Context, pressed: ButtonPressed, choice: Choice) -> Step:
    session = context.session
    held = _held(context, choice)
    if held is None:
        text = "held-answered" if holding.is_answered(session, choice.concern) else "held-gone"
        return session, [toast(session, pressed, text)]
    session = holding.answer(session, held)
    text = "held-sent" if choice.send else "held-dropped"
    amended = Amend(message=pressed.message, notice=notices.plain(text, session.language))
    effects: list[Effect] = [toast(session, pressed), amended]
    for writing in held.writings if choice.send else ():
        session, more = say_to_partner(context.after(session), writing)
        effects += more
    return session, effects


def _held(context: Context, choice: Choice) -> Held | None:
    waiting = context.session.holding.held if context.session.holding is not None else ()
    return next((each for each in waiting if (each.concern, each.message) == (choice.concern, choice.message)), None)


def _choice(rest: str) -> Choice | None:
    what, _, named = rest.partition(":")
    concern, _, message = named.partition(":")
    if what not in {"send", "drop"} or concern not in set(Concern) or not NUMBER.fullmatch(message):
        return None
    return Choice(send=what == "send", concern=Concern(concern), message=MessageId(int(message)))


FEATURE = Feature(name="held", buttons=(Button(prefix="held", parse=_choice, handler=_pressed),))
