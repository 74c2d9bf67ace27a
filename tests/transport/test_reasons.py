"""The tables of refusals against the errors of the library: `domain/session/reasons.py`, `transport/calls/ornaments.py`."""

from __future__ import annotations

import pytest
from pyrogram.errors.exceptions.all import exceptions

from domain.model.outgoing import NotSent, Why
from domain.session.notices import notices
from domain.session.reasons import REASONS, reason_of
from transport.calls.methods import MESSAGE_GONE, UNGROUPED
from transport.calls.ornaments import REMOVALS
from transport.texts.catalogue import Texts

TELEGRAMS = {name for code, names in exceptions.items() if code != 303 for name in names if isinstance(name, str)}
OURS = {"FILE_TOO_BIG", "FILE_ELSEWHERE", "FILE_NOT_CLEANED", "NO_PICTURES", "NOT_AGREED", "PICTURE_HELD"}
TEXTS = Texts(strict=True)


def told(name: str, *, why: Why = Why.REFUSED, edit: bool = False) -> str | None:
    notice = notices.not_delivered(NotSent(why=why, detail=name), "en", edit=edit)
    return notice.text if notice is not None else None


@pytest.mark.parametrize("name", sorted(REASONS))
def test_every_reason_is_an_error_of_telegram_and_has_a_text(name: str):
    assert any(known.startswith(name[:-1]) if name.endswith("*") else known == name for known in TELEGRAMS | OURS)
    assert REASONS[name] in TEXTS


@pytest.mark.parametrize("names", [names for names, _ in REMOVALS], ids=lambda names: names.pattern)
def test_every_error_about_an_ornament_is_one_of_telegram(names):
    assert any(names.fullmatch(known) for known in TELEGRAMS) or "SPOILER" in names.pattern


def test_the_errors_that_are_answered_otherwise_are_errors_of_telegram():
    assert MESSAGE_GONE | UNGROUPED <= TELEGRAMS


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("VOICE_MESSAGES_FORBIDDEN", "not-delivered-voice"),
        ("PRIVACY_PREMIUM_REQUIRED", "not-delivered-privacy"),
        ("ALLOW_PAYMENT_REQUIRED_100", "not-delivered-privacy"),
        ("CHAT_SEND_PHOTOS_FORBIDDEN", "not-delivered-kind"),
        ("CHAT_SEND_VOICES_FORBIDDEN", "not-delivered-voice"),
        ("MESSAGE_TOO_LONG", "not-delivered-too-long"),
        ("MEDIA_CAPTION_TOO_LONG", "not-delivered-caption-too-long"),
        ("ENTITIES_TOO_LONG", "not-delivered-formatting"),
        ("MEDIA_EMPTY", "not-delivered-file-gone"),
        ("MEDIA_INVALID", "not-delivered-file"),
        ("FILE_REFERENCE_3_EXPIRED", "not-delivered-file-gone"),
        ("PHOTO_INVALID_DIMENSIONS", "not-delivered-photo"),
        ("STICKER_DOCUMENT_INVALID", "not-delivered-sticker"),
        ("STICKERSET_INVALID", "not-delivered-sticker"),
        ("POLL_OPTION_DUPLICATE", "not-delivered-poll"),
        ("PEER_FLOOD", "not-delivered-limited"),
        ("A_NAME_OF_NEXT_YEAR", "not-delivered-refused"),
        ("", "not-delivered-refused"),
    ],
)
def test_the_sender_is_told_why_in_words(name: str, text: str):
    assert told(name) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MESSAGE_EDIT_TIME_EXPIRED", "edit-too-late"),
        ("MEDIA_NEW_INVALID", "edit-other-kind"),
        ("MESSAGE_TOO_LONG", "not-delivered-too-long"),
        ("MESSAGE_AUTHOR_REQUIRED", "edit-not-mirrored"),
        ("NO_COUNTERPART", "edit-not-mirrored"),
    ],
)
def test_the_author_of_an_edit_is_told_why_in_words(name: str, text: str):
    assert told(name, edit=True) == text


@pytest.mark.parametrize("name", ["INPUT_USER_DEACTIVATED", "USER_IS_BLOCKED", "VOICE_MESSAGES_FORBIDDEN"])
def test_a_partner_who_is_gone_is_told_by_the_end_of_the_chat_only(name: str):
    assert told(name, why=Why.GONE) is None


def test_a_wait_and_a_silence_are_told_as_such_whatever_telegram_calls_them():
    assert told("MEDIA_EMPTY", why=Why.UNREACHABLE) == "not-delivered-unreachable"
    assert told("FILE_PART_INVALID", why=Why.FLOOD) == "not-delivered-flood"


def test_every_refusal_that_a_text_is_written_for_is_reached_by_some_name():
    assert {reason_of(name) for name in TELEGRAMS | OURS} - {None} == set(REASONS.values())
