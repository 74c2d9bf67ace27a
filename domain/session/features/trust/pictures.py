"""What a user has chosen about pictures: how those of partners come, shown and changed under /profile; that a partner's are shown
openly from now on; and /protect, by which their own messages cannot be forwarded.

Each press and command says what is to be, not what is to change: heard twice, it is the same.
"""

from __future__ import annotations

from dataclasses import replace

from domain.model.ids import ChatId
from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.profile import MediaChoice
from domain.model.profile_changes import SetMedia, SetProtected, changed
from domain.session import showing
from domain.session.context import Context, Step
from domain.session.effects import Amend, ChangeProfile, Say
from domain.session.feature import Button, Command, Feature, Heading, Passes, chat_id
from domain.session.notices import media_notices, notices
from domain.session.replies import old_button, toast
from domain.session.state import Idle, in_chat


def _chosen(context: Context, pressed: ButtonPressed, choice: MediaChoice) -> Step:
    profile = context.session.profile
    if profile is None or not profile.complete:
        return old_button(context, pressed)
    change = SetMedia(media=choice)
    session = replace(context.session, profile=changed(profile, change))
    context = context.after(session)
    card = notices.profile_card(context.profile, context.configuration.trust, editable=isinstance(context.place, Idle))
    return session, [ChangeProfile(change=change), toast(session, pressed), Amend(message=pressed.message, notice=card)]


def _agreed(context: Context, pressed: ButtonPressed, chat: ChatId) -> Step:
    session = context.session
    if not in_chat(session, chat):
        return old_button(context, pressed)
    told = Amend(message=pressed.message, notice=media_notices.pictures_agreed(session.language))
    return showing.agreed(session), [toast(session, pressed), told]


def _protect(context: Context, command: CommandReceived) -> Step:
    on = command.argument.strip().lower() != "off"
    return _protected(context, on=on)


def _protect_pressed(context: Context, pressed: ButtonPressed, _none: object) -> Step:
    if context.session.profile is None:
        return old_button(context, pressed)
    session, effects = _protected(context, on=False)
    return session, [toast(session, pressed), *effects]


def _protected(context: Context, *, on: bool) -> Step:
    change = SetProtected(protected=on)
    session = replace(context.session, profile=changed(context.profile, change))
    return session, [ChangeProfile(change=change), Say(notice=media_notices.protected(session.language, on=on))]


def _choice(rest: str) -> MediaChoice | None:
    return MediaChoice(rest) if rest in set(MediaChoice) else None


def _off(rest: str) -> bool | None:
    return True if rest == "off" else None


FEATURE = Feature(
    name="pictures",
    heading=Heading.PROFILE,
    commands=(Command(name="protect", handler=_protect, help="command-protect", passes=frozenset({Passes.ELSEWHERE})),),
    buttons=(
        Button(prefix="pictures", parse=_choice, handler=_chosen),
        Button(prefix="show", parse=chat_id, handler=_agreed),
        Button(prefix="protect", parse=_off, handler=_protect_pressed),
    ),
)
