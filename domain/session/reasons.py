"""Why Telegram does not take a message, in words for whoever wrote it: its name of the error → the id of a text."""

from __future__ import annotations

REASONS = {
    # what the partner allows
    "VOICE_MESSAGES_FORBIDDEN": "not-delivered-voice",
    "CHAT_SEND_VOICES_FORBIDDEN": "not-delivered-voice",
    "CHAT_SEND_ROUNDVIDEOS_FORBIDDEN": "not-delivered-voice",
    "PRIVACY_PREMIUM_REQUIRED": "not-delivered-privacy",
    "USER_PRIVACY_RESTRICTED": "not-delivered-privacy",
    "YOUR_PRIVACY_RESTRICTED": "not-delivered-privacy",
    "ALLOW_PAYMENT_REQUIRED*": "not-delivered-privacy",
    "PAYMENT_REQUIRED": "not-delivered-privacy",
    "STARS_PAYMENT_REQUIRED": "not-delivered-privacy",
    "CHAT_SEND_*": "not-delivered-kind",
    "CHAT_RESTRICTED": "not-delivered-kind",
    "CHAT_WRITE_FORBIDDEN": "not-delivered-kind",
    "CHAT_GUEST_SEND_FORBIDDEN": "not-delivered-kind",
    "NO_PICTURES": "not-delivered-no-pictures",
    "NOT_AGREED": "not-delivered-not-agreed",
    "PICTURE_HELD": "not-delivered-picture-held",
    # what Telegram allows the bot
    "PEER_FLOOD": "not-delivered-limited",
    "PREMIUM_ACCOUNT_REQUIRED": "not-delivered-premium",
    # texts
    "MESSAGE_TOO_LONG": "not-delivered-too-long",
    "INPUT_REQUEST_TOO_LONG": "not-delivered-too-long",
    "INPUT_TEXT_TOO_LONG": "not-delivered-too-long",
    "MEDIA_CAPTION_TOO_LONG": "not-delivered-caption-too-long",
    "MESSAGE_EMPTY": "not-delivered-empty",
    "INPUT_TEXT_EMPTY": "not-delivered-empty",
    "ENTITY_*": "not-delivered-formatting",
    "ENTITIES_*": "not-delivered-formatting",
    "WEBPAGE_*": "not-delivered-link",
    "URL_INVALID": "not-delivered-link",
    "EXTERNAL_URL_INVALID": "not-delivered-link",
    # files
    "FILE_TOO_BIG": "not-delivered-file-too-big",
    "FILE_NOT_CLEANED": "refuse-details-kind",
    "FILE_ELSEWHERE": "not-delivered-file-elsewhere",
    "FILE_REFERENCE_*": "not-delivered-file-gone",
    "FILEREF_UPGRADE_NEEDED": "not-delivered-file-gone",
    "FILE_ID_INVALID": "not-delivered-file-gone",
    "PHOTO_ID_INVALID": "not-delivered-file-gone",
    "MEDIA_EMPTY": "not-delivered-file-gone",
    "DOCUMENT_INVALID": "not-delivered-file-gone",
    "FILE_*": "not-delivered-file",
    "MEDIA_*": "not-delivered-file",
    "AUDIO_*": "not-delivered-file",
    "VIDEO_*": "not-delivered-file",
    "GIF_*": "not-delivered-file",
    "PHOTO_*": "not-delivered-photo",
    "IMAGE_PROCESS_FAILED": "not-delivered-photo",
    "STICKER*": "not-delivered-sticker",
    "MEDIA_GROUPED_INVALID": "not-delivered-album",
    "GROUPED_MEDIA_INVALID": "not-delivered-album",
    "MULTI_MEDIA_TOO_LONG": "not-delivered-album",
    "SLOWMODE_MULTI_MSGS_DISABLED": "not-delivered-album",
    # polls
    "POLL_*": "not-delivered-poll",
    "QUIZ_*": "not-delivered-poll",
    "OPTION_INVALID": "not-delivered-poll",
    "OPTIONS_TOO_MUCH": "not-delivered-poll",
    # edits
    "MESSAGE_EDIT_TIME_EXPIRED": "edit-too-late",
    "MESSAGE_TOO_OLD": "edit-too-late",
    "MEDIA_PREV_INVALID": "edit-other-kind",
    "MEDIA_NEW_INVALID": "edit-other-kind",
}
"""With a star: all names that begin so; the longest that fits counts. FILE_TOO_BIG, FILE_NOT_CLEANED, FILE_ELSEWHERE,
NO_PICTURES, NOT_AGREED and PICTURE_HELD are names of our own."""


def reason_of(error: str) -> str | None:
    """The id of a text; None for what the table does not know."""
    if error in REASONS:
        return REASONS[error]
    fitting = [name for name in REASONS if name.endswith("*") and error.startswith(name[:-1])]
    return REASONS[max(fitting, key=len)] if fitting else None
