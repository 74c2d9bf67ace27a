"""For several features: the questions for the profile, and the welcome before them."""

from __future__ import annotations

from dataclasses import replace

from domain.model.outgoing import Menu
from domain.model.profile import Profile, Question
from domain.model.profile_changes import Begin, changed
from domain.session import notices
from domain.session.context import Context, Step
from domain.session.effects import ChangeProfile, CheckChannels, Effect, Say
from domain.session.replies import say


def welcome(context: Context, language: str) -> Step:
    """Makes a profile for somebody new, welcomes them, and asks the first question."""
    begin = Begin(language=language)
    profile = changed(Profile(user=context.session.address.user), begin)
    session = replace(context.session, profile=profile)
    ask = question(context.after(session), Question.GENDER)
    return session, [ChangeProfile(change=begin), say(session, "welcome", Menu.NONE), ask]


def question(context: Context, asked: Question) -> Effect:
    """Asks a question. Before the first one, the required channels are checked."""
    if context.configuration.channels.required and context.profile.gender is None:
        return CheckChannels(searching=False)
    return question_now(context, asked)


def question_now(context: Context, asked: Question) -> Say:
    return Say(notice=notices.question(asked, context.session.language, context.configuration.profile))


def open_question(profile: Profile) -> Question:
    return profile.asked or Question.GENDER
