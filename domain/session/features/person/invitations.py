"""/invite shows the link by which others come, its picture, and what came of it. A button makes a new one.

What an invitation brings is booked when whoever came by it completes the profile (`domain/invitations/counting.py`).
"""

from __future__ import annotations

from domain.configuration import Configuration
from domain.invitations import codes
from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.outgoing import Menu
from domain.session.context import Context, Step
from domain.session.effects import LookUpInvitation, Say, ShowQr
from domain.session.facts import InvitationLooked
from domain.session.feature import Button, Command, Feature, Heading, Key, Passes, no_argument
from domain.session.notices import invite_notices as notices
from domain.session.replies import menu_of, old_button, say, toast

OFF = "invite-off"


def _is_offered(configuration: Configuration) -> bool:
    return configuration.features.referrals


def _invite(context: Context, _command: CommandReceived) -> Step:
    if not _is_offered(context.configuration):
        return context.session, [say(context.session, OFF, menu_of(context.session))]
    return context.session, [LookUpInvitation()]


def _renew_pressed(context: Context, pressed: ButtonPressed, _none: object) -> Step:
    session, profile = context.session, context.session.profile
    if profile is None or not profile.complete:
        return old_button(context, pressed)
    if not _is_offered(context.configuration):
        return session, [toast(session, pressed, OFF)]
    return session, [toast(session, pressed), LookUpInvitation(renew=True)]


def _looked(context: Context, looked: InvitationLooked) -> Step:
    session = context.session
    bot = context.bot_names.get(session.address.bot)
    if not bot:
        return session, [say(session, "try-again")]
    link = codes.link(bot, looked.invitation.code)
    notice = notices.invitation(looked.invitation, link, context.configuration.referrals, session.language)
    return session, [Say(notice=notice), ShowQr(text=link)]


FEATURE = Feature(
    name="invitations",
    heading=Heading.SHOP,
    commands=(Command(name="invite", handler=_invite, help="command-invite", passes=frozenset({Passes.ELSEWHERE})),),
    buttons=(Button(prefix="invite", parse=no_argument, handler=_renew_pressed),),
    keys=(Key(menu=Menu.MAIN, row=2, label="menu-invite", command="invite", offered=_is_offered),),
    facts={InvitationLooked: _looked},
)
