"""The profile: /profile shows it, buttons edit it, and messages outside a chat answer its questions."""

from __future__ import annotations

from dataclasses import replace

from domain.model.ages import AgeRefused, judge
from domain.model.content import Text
from domain.model.inbound import ButtonPressed, CommandReceived, MessageReceived
from domain.model.outgoing import Menu
from domain.model.profile import Gender, Question
from domain.model.profile_changes import AskQuestion, ProfileChange, SetGender, changed
from domain.session.context import Context, Step
from domain.session.effects import ChangeProfile, Effect, Say
from domain.session.feature import Button, Command, Feature, Heading, Key
from domain.session.notices import notices
from domain.session.questions import question, question_now, welcome
from domain.session.replies import old_button, say, toast
from domain.session.state import Idle
from domain.session.typed import read_age


def _shown(context: Context, _command: CommandReceived) -> Step:
    card = notices.profile_card(context.profile, context.configuration.trust, editable=isinstance(context.place, Idle))
    return context.session, [Say(notice=card)]


def _message(context: Context, received: MessageReceived) -> Step:
    """An answer to a question, else a hint."""
    session, profile = context.session, context.session.profile
    if profile is None:
        return welcome(context, received.language)
    if profile.asked is Question.AGE:
        return _age_typed(context, received)
    if profile.asked is not None:
        return session, [question(context, profile.asked)]
    return session, [say(session, "menu-hint", Menu.MAIN)]


def _age_typed(context: Context, received: MessageReceived) -> Step:
    session, rules = context.session, context.configuration.profile
    age = read_age(received.content.text) if isinstance(received.content, Text) else None
    if age is None:
        return session, [say(session, "age-not-a-number", min=rules.min_age, max=rules.max_age)]
    if age < rules.min_age:
        return session, [say(session, "age-too-low", min=rules.min_age)]
    if age > rules.max_age:
        return session, [say(session, "age-too-high", max=rules.max_age)]
    verdict = judge(context.profile, age, context.now)
    if isinstance(verdict, AgeRefused):
        return _age_stays(context, verdict)
    return _change(context, verdict, say(session, "profile-saved", Menu.MAIN))


def _age_stays(context: Context, refused: AgeRefused) -> Step:
    """Whoever has an age keeps it, and the question is over. Somebody without one is still asked."""
    session = context.session
    told = Say(notice=notices.age_refused(refused, session.language, Menu.MAIN if context.profile.complete else None))
    if context.profile.age is None:
        return session, [told]
    return _change(context, AskQuestion(question=None), told)


def _gender_chosen(context: Context, pressed: ButtonPressed, gender: Gender) -> Step:
    session, profile = context.session, context.session.profile
    if profile is None or profile.asked is not Question.GENDER:
        return old_button(context, pressed)
    asked = Question.AGE if profile.age is None else None
    after = say(session, "profile-saved", Menu.MAIN) if asked is None else question_now(context, asked)
    return _change(context, SetGender(gender=gender, ask=asked), toast(session, pressed), after)


def _edit(context: Context, pressed: ButtonPressed, asked: Question) -> Step:
    session, profile = context.session, context.session.profile
    if profile is None or not profile.complete:
        return old_button(context, pressed)
    if not isinstance(context.place, Idle):
        return session, [toast(session, pressed, "edit-when-idle")]
    return _change(context, AskQuestion(question=asked), toast(session, pressed), question_now(context, asked))


def _change(context: Context, change: ProfileChange, *told: Effect) -> Step:
    session = replace(context.session, profile=changed(context.profile, change))
    return session, [ChangeProfile(change=change), *told]


def _gender(rest: str) -> Gender | None:
    return Gender(rest) if rest in set(Gender) else None


def _question(rest: str) -> Question | None:
    return Question(rest) if rest in set(Question) else None


FEATURE = Feature(
    name="profile",
    heading=Heading.PROFILE,
    commands=(Command(name="profile", handler=_shown, help="command-profile"),),
    buttons=(
        Button(prefix="gender", parse=_gender, handler=_gender_chosen),
        Button(prefix="edit", parse=_question, handler=_edit),
    ),
    keys=(Key(menu=Menu.MAIN, row=2, label="menu-profile", command="profile"),),
    messages={Idle: _message},
)
