"""The texts of the bot: which id, arguments and keyboard. The texts themselves are in `transport/texts/locale/`."""

from __future__ import annotations

from domain.configuration import ProfileRules
from domain.model.ages import AgeRefusal, AgeRefused
from domain.model.channels import MissingChannel
from domain.model.chat import ChatEnd
from domain.model.content import Uncopyable
from domain.model.dates import day
from domain.model.inbound import ButtonPressed
from domain.model.outgoing import AnswerPress, Button, Menu, Notice, NotSent, Rows, Why
from domain.model.profile import DAY, Card, Gender, MediaChoice, Profile, Question
from domain.session.notices.media_notices import choice_buttons
from domain.session.reasons import reason_of
from domain.trust.rules import Trust

GENDER_BUTTONS: Rows = (tuple(Button(f"gender-{gender}", data=f"gender:{gender}") for gender in Gender),)
EDIT_BUTTONS: Rows = ((Button("edit-gender", data="edit:gender"), Button("edit-age", data="edit:age")),)

_END_TEXTS = {
    ChatEnd.STOPPED: "partner-left",
    ChatEnd.NEXT: "partner-next",
    ChatEnd.GONE: "partner-gone",
    ChatEnd.BANNED: "partner-gone",
    ChatEnd.BLOCKED: "partner-gone",
    ChatEnd.REPORTED: "partner-gone",
    ChatEnd.IDLE: "chat-ended-idle",
    ChatEnd.LOST: "chat-ended-lost",
    ChatEnd.OPERATOR: "chat-ended-operator",
}

CROWD_STEPS = (100, 20, 5)

_AGE_TEXTS = {AgeRefusal.TOO_SOON: "age-too-soon", AgeRefusal.OTHER_SIDE: "age-other-side"}

_FAILURE_TEXTS = {
    Why.FLOOD: "not-delivered-flood",
    Why.REFUSED: "not-delivered-refused",
    Why.UNREACHABLE: "not-delivered-unreachable",
}

_EDIT_TEXTS = dict.fromkeys(_FAILURE_TEXTS, "edit-not-mirrored")


def plain(text: str, language: str, menu: Menu | None = None, **arguments: str | int) -> Notice:
    return Notice(text=text, language=language, menu=menu, arguments=arguments)


def terms(language: str) -> Notice:
    return Notice(text="terms", language=language, buttons=((Button("terms-accept", data="terms"),),))


def question(asked: Question, language: str, rules: ProfileRules) -> Notice:
    if asked is Question.GENDER:
        return Notice(text="ask-gender", language=language, buttons=GENDER_BUTTONS)
    return Notice(text="ask-age", language=language, arguments={"min": rules.min_age, "max": rules.max_age})


def age_refused(refused: AgeRefused, language: str, menu: Menu | None) -> Notice:
    """Tells the first day on which the age may be changed so, if there is one."""
    text = _AGE_TEXTS[refused.why]
    if refused.until is None:
        return Notice(text=f"{text}-for-good", language=language, menu=menu)
    return Notice(text=text, language=language, menu=menu, arguments={"date": day(refused.until + DAY)})


def profile_card(profile: Profile, rules: Trust, *, editable: bool) -> Notice:
    """Minors choose nothing about pictures where they cannot send any."""
    assert profile.gender is not None
    choice = profile.media or MediaChoice(rules.media)
    chooses = not profile.minor or rules.minors_media == "all"
    return Notice(
        text="profile-card",
        language=profile.language,
        arguments={
            "gender": str(profile.gender),
            "age": profile.age or 0,
            "pictures": str(choice) if chooses else "minor",
            "protected": int(profile.protected),
        },
        buttons=(*(EDIT_BUTTONS if editable else ()), *(choice_buttons(choice) if chooses else ())),
    )


def partner_found(card: Card, language: str) -> Notice:
    return Notice(
        text="matched",
        language=language,
        arguments={"gender": str(card.gender), "band": int(card.band), "vip": int(card.vip)},
        menu=Menu.CHATTING,
    )


def search_progress(waited: float, others: int, language: str) -> Notice:
    minutes, seconds = divmod(round(waited), 60)
    return Notice(
        text="searching-progress",
        language=language,
        arguments={"minutes": minutes, "seconds": seconds, "others": in_steps(others)},
        buttons=((Button("menu-cancel", data="cancel"),),),
    )


def time_left(seconds: float) -> dict[str, str | int]:
    minutes, rest = divmod(round(seconds), 60)
    return {"minutes": minutes, "seconds": rest}


def in_steps(others: int) -> int:
    """100, 20 or 5 for more than that, 1 for a few, 0 for none: a small number would tell who it is."""
    return next((step for step in CROWD_STEPS if others > step), min(others, 1))


def widen_question(language: str) -> Notice:
    return Notice(text="widen-question", language=language, buttons=((Button("widen", data="widen"),),))


def chat_ended(why: ChatEnd, language: str, menu: Menu) -> Notice:
    return Notice(text=_END_TEXTS[why], language=language, menu=menu)


def elsewhere(language: str, *, chatting: bool, username: str, locked: float = 0.0) -> Notice:
    """`locked`: seconds for which the user cannot leave that chat."""
    text = ("locked-elsewhere" if locked else "chatting-elsewhere") if chatting else "searching-elsewhere"
    return Notice(
        text=text if username else f"{text}-unnamed",
        language=language,
        arguments={**time_left(locked), **({"bot": username} if username else {})},
        buttons=((Button("go-to-bot", url=f"https://t.me/{username}"),),) if username else (),
    )


def join_channels(missing: tuple[MissingChannel, ...], language: str) -> Notice:
    """A button for each channel that has an address, and *I joined* under them."""
    joins = tuple(
        (Button("join-channel", url=channel.address, arguments={"title": channel.title}),)
        for channel in missing
        if channel.address
    )
    return Notice(
        text="join-channels-unsure" if any(channel.unsure for channel in missing) else "join-channels",
        language=language,
        buttons=(*joins, (Button("joined", data="joined"),)),
    )


def not_joined(missing: tuple[MissingChannel, ...], press: ButtonPressed, language: str) -> AnswerPress:
    """The answer to *I joined* where channels are still missing."""
    unsure = any(channel.unsure for channel in missing)
    text = "membership-unsure" if unsure else "still-not-member"
    return AnswerPress(query=press.query, text=text, arguments={"count": len(missing)}, language=language, alert=True)


def not_delivered(failure: NotSent, language: str, *, edit: bool = False) -> Notice | None:
    """None where the sender is told otherwise (the chat ended), or by another process (this one stops)."""
    reason = reason_of(failure.detail) if failure.why is Why.REFUSED else None
    text = reason or (_EDIT_TEXTS if edit else _FAILURE_TEXTS).get(failure.why)
    return Notice(text=text, language=language, arguments={"seconds": round(failure.retry_after)}) if text else None


def refused(content: Uncopyable, language: str) -> Notice:
    return Notice(text=content.reason, language=language)
