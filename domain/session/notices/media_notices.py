"""The texts about pictures and protection: which id, arguments and buttons. The texts are in `transport/texts/locale/`."""

from __future__ import annotations

from domain.model.ids import ChatId
from domain.model.outgoing import Button, Notice, Rows
from domain.model.profile import MediaChoice


def pictures_question(chat: ChatId, language: str) -> Notice:
    return Notice(text="pictures-veiled", language=language, buttons=((Button("pictures-agree", data=f"show:{chat}"),),))


def pictures_agreed(language: str) -> Notice:
    return Notice(text="pictures-agreed", language=language)


def partner_protects(language: str) -> Notice:
    return Notice(text="partner-protects", language=language)


def protected(language: str, *, on: bool) -> Notice:
    if not on:
        return Notice(text="protect-off", language=language)
    return Notice(text="protect-on", language=language, buttons=((Button("protect-stop", data="protect:off"),),))


def choice_buttons(chosen: MediaChoice) -> Rows:
    """One for each way in which pictures may come; the chosen one has a mark."""
    return tuple(
        (Button(f"choose-pictures-{choice}", data=f"pictures:{choice}", arguments={"chosen": int(choice is chosen)}),)
        for choice in MediaChoice
    )
