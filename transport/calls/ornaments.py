"""Removes from a call what Telegram refuses although the message could go without it: an *ornament*. Pure.

Ornaments are the reply, its quote, the formatting, the effect, the preview of a link, the cover of a spoiler, the answer of a
quiz and the keyboard. A call is changed as Telegram's method, so its random ids stay. Each step removes at least one ornament:
a caller that goes on until there is nothing to remove comes to an end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from operator import is_
from typing import Any

from pyrogram import raw
from pyrogram.raw.core import TLObject

Remove = Callable[[Any], Any]
"""Returns a copy of the call without an ornament; the call itself if it has none of that kind."""

ENTITIES = ("types.MessageEntity", "types.InputMessageEntity")
"""How the names of all constructors for formatting begin."""


def without_refused(query: Any, error: str) -> Any | None:
    """The call without the ornament that Telegram's error names. None if it names none, or the call has none of that kind."""
    removals = next((removals for names, removals in REMOVALS if names.fullmatch(error)), ())
    return next((plainer for remove in removals if (plainer := remove(query)) is not query), None)


def _reply(query: Any) -> Any:
    return _changed(query, reply_to=None) if getattr(query, "reply_to", None) else query


def _quote(query: Any) -> Any:
    return _rebuilt(query, lambda part: _changed(part, **NO_QUOTE) if getattr(part, "quote_text", None) else part)


def _formatting(query: Any) -> Any:
    return _rebuilt(query, lambda part: _only(part, lambda item: not _is_entity(item)))


def _custom_emoji(query: Any) -> Any:
    emoji = raw.types.MessageEntityCustomEmoji
    return _rebuilt(query, lambda part: _only(part, lambda item: not isinstance(item, emoji)))


def _effect(query: Any) -> Any:
    return _changed(query, effect=None) if getattr(query, "effect", None) else query


def _preview(query: Any) -> Any:
    """A text with a preview of its own choice is media: without it, a text is left."""
    if isinstance(query, raw.functions.messages.SendMedia) and isinstance(query.media, raw.types.InputMediaWebPage):
        shared = set(query.__slots__) & set(raw.functions.messages.SendMessage.__slots__)
        fields = {name: getattr(query, name) for name in shared} | {"invert_media": None}
        return raw.functions.messages.SendMessage(**fields, no_webpage=True)
    has_file = not isinstance(getattr(query, "media", None), raw.types.InputMediaWebPage | None)
    if has_file or getattr(query, "no_webpage", True):
        return query
    without_media = {"media": None} if "media" in query.__slots__ else {}
    return _changed(query, no_webpage=True, invert_media=None, **without_media)


def _spoiler(query: Any) -> Any:
    return _rebuilt(query, lambda part: _changed(part, spoiler=None) if getattr(part, "spoiler", None) else part)


def _quiz(query: Any) -> Any:
    """Makes an ordinary poll of a quiz."""
    media = getattr(query, "media", None)
    if not isinstance(media, raw.types.InputMediaPoll) or not media.poll.quiz:
        return query
    poll = _changed(media.poll, quiz=None)
    return _changed(query, media=_changed(media, poll=poll, correct_answers=None, solution=None, solution_entities=None))


def _keyboard(query: Any) -> Any:
    return _changed(query, reply_markup=None) if getattr(query, "reply_markup", None) else query


NO_QUOTE = {"quote_text": None, "quote_entities": None, "quote_offset": None}

REMOVALS: tuple[tuple[re.Pattern[str], tuple[Remove, ...]], ...] = tuple(
    (re.compile(names), removals)
    for names, removals in (
        (r"QUOTE_\w+", (_quote, _reply)),
        (r"(REPLY_MARKUP|BUTTON)_\w+", (_keyboard,)),
        (r"REPLY_\w+|(MESSAGE|MSG)_ID_INVALID", (_reply,)),
        (r"DOCUMENT_INVALID|EMOJI_INVALID", (_custom_emoji,)),
        (r"PREMIUM_ACCOUNT_REQUIRED", (_custom_emoji, _effect)),
        (r"ENTIT(Y|IES)_\w+", (_formatting,)),
        (r"EFFECT_\w+", (_effect,)),
        (r"WEBPAGE_\w+|CHAT_SEND_WEBPAGE_FORBIDDEN|WC_CONVERT_URL_INVALID|URL_INVALID|MEDIA_EMPTY", (_preview,)),
        (r"MEDIA_INVALID", (_preview, _spoiler)),
        (r"\w*SPOILER\w*", (_spoiler,)),
        (r"(QUIZ|SOLUTION)_\w+", (_quiz,)),
    )
)
"""Names of errors, and what to do without, in this order. The first row that fits counts."""


def _changed(part: Any, **changes: Any) -> Any:
    changed = copy(part)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed


def _rebuilt(part: Any, change: Callable[[Any], Any]) -> Any:
    """Applies `change` to each object and each list in a call, the inner ones first. What does not change is not copied."""
    if isinstance(part, list):
        items = [_rebuilt(item, change) for item in part]
        return change(part if all(map(is_, items, part)) else type(part)(items))
    if isinstance(part, TLObject):
        fields = {name: getattr(part, name) for name in part.__slots__}
        changes = {name: new for name, old in fields.items() if (new := _rebuilt(old, change)) is not old}
        return change(_changed(part, **changes) if changes else part)
    return part


def _only(part: Any, keep: Callable[[Any], bool]) -> Any:
    if not isinstance(part, list) or all(map(keep, part)):
        return part
    return type(part)(filter(keep, part))


def _is_entity(item: Any) -> bool:
    return isinstance(item, TLObject) and item.QUALNAME.startswith(ENTITIES)
