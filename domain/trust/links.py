"""Links in what people write, and hidden ones written out: `here` that leads elsewhere becomes `here (address)`. Pure."""

from __future__ import annotations

from dataclasses import replace

from domain.model.content import Content, Entity, Poll, Text, captions_of, with_media

HIDDEN = "text_url"
KINDS = frozenset({"url", HIDDEN})
LONGEST = 4096
"""UTF-16 code units: no longer text can be passed on, so no more is written into it."""


def has_link(content: Content) -> bool:
    """By what Telegram has marked."""
    match content:
        case Text(entities=entities):
            return bool(entities) and any(entity.kind in KINDS for entity in entities)
        case Poll(solution=solution):
            return has_link(solution)
        case _:
            return any(map(has_link, captions_of(content)))


def unfolded(content: Content) -> Content:
    """The same content where none of its links is hidden."""
    match content:
        case Text():
            return _text(content)
        case Poll(solution=solution):
            return replace(content, solution=_text(solution))
        case _:
            return with_media(content, lambda media: replace(media, caption=_text(media.caption)))


def _text(text: Text) -> Text:
    hidden = [entity for entity in text.entities if entity.kind == HIDDEN]
    units = text.text.encode("utf-16-le", "surrogatepass")
    for entity in sorted(hidden, key=_end, reverse=True):  # from the end, so that those before keep their places
        if not _is_shown(entity, units):
            text, units = _written_out(text, entity, units)
        if len(units) > 2 * LONGEST:
            break  # each further link would only cost time
    return text


def _written_out(text: Text, link: Entity, units: bytes) -> tuple[Text, bytes]:
    at, address = _end(link), f" ({link.value})".encode("utf-16-le", "surrogatepass")
    longer = units[: 2 * at] + address + units[2 * at :]
    entities = tuple(_moved(each, at, len(address) // 2) for each in text.entities if each is not link)
    return replace(text, text=longer.decode("utf-16-le", "surrogatepass"), entities=entities), longer


def _moved(entity: Entity, at: int, by: int) -> Entity:
    """After something was put in at that place. What ended there does not cover it."""
    if entity.offset >= at:
        return replace(entity, offset=entity.offset + by)
    return replace(entity, length=entity.length + by) if _end(entity) > at else entity


def _is_shown(link: Entity, units: bytes) -> bool:
    """Whether the text of a link is its address."""
    shown = units[2 * link.offset : 2 * _end(link)].decode("utf-16-le", "surrogatepass")
    return _address(shown) == _address(link.value)


def _address(written: str) -> str:
    bare = written.strip()
    scheme, divider, rest = bare.partition("://")
    bare = rest if divider and scheme.lower() in {"http", "https"} else bare
    host, slash, path = bare.partition("/")
    return f"{host.lower().removeprefix('www.')}{slash}{path}".rstrip("/")


def _end(entity: Entity) -> int:
    return entity.offset + entity.length
