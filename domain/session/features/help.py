"""/help, /privacy and /terms. Anybody may read them: also banned people, and people who have not joined the required channels."""

from __future__ import annotations

from domain.model.inbound import CommandReceived
from domain.model.outgoing import Menu
from domain.session import notices
from domain.session.context import Context, Step
from domain.session.effects import Say
from domain.session.feature import ALWAYS, Command, Feature, Key


def _read(context: Context, command: CommandReceived) -> Step:
    profile = context.session.profile
    language = profile.language if profile is not None else command.language
    return context.session, [Say(notice=notices.plain(command.name, language))]


FEATURE = Feature(
    name="help",
    commands=(
        Command(name="privacy", handler=_read, help="command-privacy", passes=ALWAYS),
        Command(name="terms", handler=_read, help="command-terms", passes=ALWAYS),
        Command(name="help", handler=_read, help="command-help", passes=ALWAYS),
    ),
    keys=(Key(menu=Menu.MAIN, row=2, label="menu-help", command="help"),),
)
