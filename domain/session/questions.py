"""For several features: the questions for the profile, and the welcome before them."""

from __future__ import annotations

from dataclasses import replace

from domain.model.outgoing import Menu
from domain.model.profile import Profile, Question
from domain.model.profile_changes import Begin, changed
from domain.session.context import Context, Step
from domain.session.effects import ChangeProfile, CheckChannels, Effect, Say
from domain.session.notices import notices
from domain.session.replies import say, takes_nobody


def welcome(context: Context, language: str, invited_by: str = "") -> Step:
    """Makes a profile for somebody new. They are welcomed once the records have it: who was banned before a deletion still is.
    `invited_by`: the code of an invitation. A bot that takes no new people names others instead.
    """
    if context.closed_here:
        return context.session, [takes_nobody(context, language)]
    begin = Begin(language=language, invited_by=invited_by)
    profile = changed(Profile(user=context.session.address.user), begin)
    return replace(context.session, profile=profile), [ChangeProfile(change=begin)]


def greeting(context: Context) -> list[Effect]:
    """The welcome and the first question."""
    return [say(context.session, "welcome", Menu.NONE), question(context, open_question(context.profile))]


def question(context: Context, asked: Question) -> Effect:
    """Asks a question. Before the first one, the required channels are checked."""
    if context.configuration.channels.required and context.profile.gender is None:
        return CheckChannels(searching=False)
    return question_now(context, asked)


def question_now(context: Context, asked: Question) -> Say:
    return Say(notice=notices.question(asked, context.session.language, context.configuration.profile))


def open_question(profile: Profile) -> Question:
    return profile.asked or Question.GENDER
