"""How what the partner says is shown to the user: by what the user has chosen about pictures, and whether they were told of it.

- *open*: as it was sent.
- *veiled*: covered by a spoiler, until the user agrees in this chat to see all that the partner sends. They are asked with the
  first picture of the chat. What cannot be covered, such as a video note, is not shown before.
- *none*: not shown, and the partner reads why.

A link has a preview only where pictures are shown openly. A picture that is sent as a file is a picture: covered where apps can
do that, and not shown to those who want none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.model.content import Album, Content, Media, MediaKind, Text, is_picture, media_of
from domain.model.events import RelayedMessage
from domain.model.ids import ChatId
from domain.model.profile import MediaChoice
from domain.session.effects import Say
from domain.session.notices import media_notices as notices
from domain.session.state import AT_FIRST, Chatting, Session, Viewing, in_chat

NO_PICTURES, NOT_AGREED = "NO_PICTURES", "NOT_AGREED"
"""Why it is not shown, as in `domain.session.reasons`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    session: Session
    content: Content
    refusal: str = ""
    """Why it is not shown at all."""
    told: tuple[Say, ...] = ()
    """What the user reads with it, once a chat."""


def is_plain(carried: RelayedMessage) -> bool:
    """Nearly all that is said: it is shown as it is, whatever the user has chosen."""
    content = carried.content
    return type(content) is Text and not content.entities and not carried.protected


def shown(session: Session, carried: RelayedMessage, default: MediaChoice) -> Shown:
    """`default`: for somebody who has not chosen."""
    viewing = _viewing(session, carried.chat)
    choice = (session.profile.media if session.profile is not None else None) or default
    if choice is MediaChoice.VEILED and viewing.agreed:
        choice = MediaChoice.OPEN
    as_chosen = _as_chosen(session, carried, choice)
    if as_chosen.refusal or not carried.protected or viewing.protection_told or not in_chat(session, carried.chat):
        return as_chosen
    told = Say(notice=notices.partner_protects(session.language), key=f"chat:{carried.chat}:{session.address.user}:protected")
    session = _with_viewing(as_chosen.session, replace(_viewing(as_chosen.session, carried.chat), protection_told=True))
    return replace(as_chosen, session=session, told=(*as_chosen.told, told))


def agreed(session: Session) -> Session:
    """From now on all that the partner of this chat sends is shown."""
    assert isinstance(session.place, Chatting)
    return _with_viewing(session, replace(session.place.viewing, agreed=True))


def _as_chosen(session: Session, carried: RelayedMessage, choice: MediaChoice) -> Shown:
    content = carried.content
    pictures = [media for media in media_of(content) if _is_picture(media)]
    if choice is MediaChoice.OPEN:
        return Shown(session=session, content=content)
    if not pictures:
        return Shown(session=session, content=_without_preview(content))
    if choice is MediaChoice.NONE:
        return Shown(session=session, content=content, refusal=NO_PICTURES)
    session, told = _asked(session, carried)
    if any(media.kind is MediaKind.VIDEO_NOTE for media in pictures):
        return Shown(session=session, content=content, refusal=NOT_AGREED, told=told)
    return Shown(session=session, content=_covered(content), told=told)


def _asked(session: Session, carried: RelayedMessage) -> tuple[Session, tuple[Say, ...]]:
    """Once a chat. A session that was passivated asks again with the next picture."""
    viewing = _viewing(session, carried.chat)
    if viewing.asked or not in_chat(session, carried.chat):
        return session, ()
    key = f"chat:{carried.chat}:{session.address.user}:pictures:{carried.message}"
    question = Say(notice=notices.pictures_question(carried.chat, session.language), key=key)
    return _with_viewing(session, replace(viewing, asked=True)), (question,)


def _viewing(session: Session, chat: ChatId) -> Viewing:
    place = session.place
    return place.viewing if isinstance(place, Chatting) and place.chat.id == chat else AT_FIRST


def _with_viewing(session: Session, viewing: Viewing) -> Session:
    assert isinstance(session.place, Chatting)
    return replace(session, place=replace(session.place, viewing=viewing))


def _is_picture(media: Media) -> bool:
    """A sticker is none that somebody could want covered."""
    return media.kind is not MediaKind.STICKER and is_picture(media)


def _covered(content: Content) -> Content:
    match content:
        case Media():
            return replace(content, spoiler=True) if _is_picture(content) else content
        case Album(items=items):
            return replace(content, items=tuple(replace(each, spoiler=True) if _is_picture(each) else each for each in items))
        case _:
            return content


def _without_preview(content: Content) -> Content:
    """Telegram makes previews of what it marks as an address."""
    if not isinstance(content, Text) or not any(entity.kind in {"url", "text_url"} for entity in content.entities):
        return content
    return replace(content, no_preview=True)
