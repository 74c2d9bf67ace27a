"""Required channels: whoever has not joined all of them is shown where to join. Button *I joined* checks again."""

from __future__ import annotations

from domain.model.inbound import ButtonPressed
from domain.model.outgoing import Menu
from domain.session.context import Context, Step
from domain.session.effects import Amend, Answer, CheckChannels, Effect, Say
from domain.session.facts import ChannelsChecked
from domain.session.feature import Button, Feature, no_argument
from domain.session.notices import notices
from domain.session.questions import open_question, question_now
from domain.session.replies import menu_of, old_button, say, toast
from domain.session.search import search_now
from domain.session.state import Idle, Session


def _joined(context: Context, pressed: ButtonPressed, _none: object) -> Step:
    """Also where no channel is required any more, while the profile is not complete: the question comes after the check."""
    profile = context.session.profile
    if profile is None or (profile.complete and not context.configuration.channels.required):
        return old_button(context, pressed)
    return context.session, [CheckChannels(searching=False, pressed=pressed)]


def _checked(context: Context, checked: ChannelsChecked) -> Step:
    session = context.session
    if checked.missing:
        return session, _to_join(session, checked)
    if checked.searching:
        return search_now(context)
    thanks = _thanked(session, checked)
    if session.profile is not None and not session.profile.complete:
        return session, [*thanks, question_now(context, open_question(session.profile))]
    if checked.pressed is None:
        return session, [say(session, "welcome-back", menu_of(session))]
    return session, [*thanks, say(session, "menu-hint", Menu.MAIN)] if isinstance(session.place, Idle) else thanks


def _to_join(session: Session, checked: ChannelsChecked) -> list[Effect]:
    """For a press of *I joined*, edits its message to show the channels that are still missing."""
    notice, pressed = notices.join_channels(checked.missing, session.language), checked.pressed
    if pressed is None:
        return [Say(notice=notice)]
    answer = notices.not_joined(checked.missing, pressed, session.language)
    return [Answer(press=answer), Amend(message=pressed.message, notice=notice)]


def _thanked(session: Session, checked: ChannelsChecked) -> list[Effect]:
    pressed = checked.pressed
    if pressed is None:
        return []
    return [toast(session, pressed), Amend(message=pressed.message, notice=notices.plain("channels-joined", session.language))]


FEATURE = Feature(
    name="channels",
    buttons=(Button(prefix="joined", parse=no_argument, handler=_joined),),
    facts={ChannelsChecked: _checked},
)
