"""Digests of contents: by them an edit that changes nothing is told from a person's edit, without keeping what was said.

A digest is of what is relayed: the text with its formatting and its preview, which file, and how the file is shown. It has 32
bits, and is never 0. Its key is that of the installation: nobody else can try out which text a digest in a store is of.
"""

from __future__ import annotations

from hashlib import blake2b

from domain.model.content import Album, Content, Dice, Media, Poll, Text, Uncopyable

SIZE = 4
"""Bytes."""
UNKNOWN = 0
"""In place of a digest that is not known."""


def digests_of(content: Content, key: bytes) -> tuple[int, ...]:
    """Of each message of the content: one, or each of an album's parts."""
    if isinstance(content, Album):
        return tuple(digest_of(part, key) for part in content.items)
    return (digest_of(content, key),)


def digest_of(content: Content, key: bytes) -> int:
    hashed = blake2b(_identity(content).encode("utf-8", "surrogatepass"), digest_size=SIZE, key=key).digest()
    return int.from_bytes(hashed, "big", signed=True) or 1


def _identity(content: Content) -> str:
    """What a person can edit. Polls and dice cannot be edited: their edits are votes. Of what is refused the reason matters."""
    match content:
        case Text():
            return _text(content)
        case Media(kind=kind, file=file, caption=caption):
            return f"{kind} {file.unique_id} {content.spoiler:d}{content.caption_above:d} {_text(caption)}"
        case Uncopyable(reason=reason):
            return f"refused {reason}"
        case Album(items=items):
            return " ".join(map(_identity, items))
        case Poll() | Dice():
            return type(content).__name__


def _text(text: Text) -> str:
    """The text comes last, so that nobody can write what looks like another text's formatting."""
    entities = [(each.kind, each.offset, each.length, each.value) for each in text.entities] if text.entities else ""
    return f"text {text.no_preview:d}{text.preview_above:d} {entities} {text.text}"
