"""Stops what Telegram would refuse, and what is never relayed: commands, wherever they stand, and contents of certain kinds."""

from __future__ import annotations

from domain.model.content import Content, Text, Uncopyable, captions_of
from domain.model.outgoing import Notice
from domain.session.context import Context
from domain.session.effects import Say
from domain.session.notices import notices
from domain.session.screens.screen import LONGEST_CAPTION, LONGEST_TEXT, Stopped, Writing
from domain.session.typed import read_command, utf16_length


def screen(context: Context, writing: Writing) -> Stopped | None:
    refusal = _refusal(writing.content, context.session.language)
    return None if refusal is None else Stopped(session=context.session, effects=(Say(notice=refusal),))


def _refusal(content: Content, language: str) -> Notice | None:
    """Why this content cannot be relayed; None where it can.

    Commands are not relayed, wherever they stand: as a caption, forwarded, or in an edit. There they are not carried out either.
    """
    if isinstance(content, Uncopyable):
        return notices.refused(content, language)
    texts = (content,) if isinstance(content, Text) else captions_of(content)
    if any(read_command(text) is not None for text in texts):
        return notices.plain("refuse-command", language)
    if isinstance(content, Text) and utf16_length(content.text) > LONGEST_TEXT:
        return notices.plain("not-delivered-too-long", language)
    if any(utf16_length(caption.text) > LONGEST_CAPTION for caption in captions_of(content)):
        return notices.plain("not-delivered-caption-too-long", language)
    return None
