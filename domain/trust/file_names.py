"""What the name of a file tells: its extension, and whether it has a name of the sender's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from domain.session.typed import UNSEEN, normal_form

TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\\x00-\\x1f\\x7f]")
"""Marks that turn the direction of writing, by which `exe.jpg` can be shown for what is a program; and control characters."""
SEPARATORS = re.compile(r"[\W_]+")
LETTERS_OF_A_WORD, LETTERS_WITHIN = 3, 5
"""A name of so many letters is looked for as a word; of so many also within a word."""

PROGRAMS = {
    "application/vnd.android.package-archive": "apk",
    "application/x-msdownload": "exe",
    "application/x-msdos-program": "exe",
    "application/vnd.microsoft.portable-executable": "exe",
    "application/x-msi": "msi",
    "application/java-archive": "jar",
    "application/x-java-archive": "jar",
    "application/x-bat": "bat",
    "application/x-ms-shortcut": "lnk",
    "application/x-iso9660-image": "iso",
}
"""MIME type → the extension of such files. Phones open a file by either."""


def clean_name(name: str) -> str:
    return TURNING.sub("", name)


def extension_of(name: str) -> str:
    """In lower case, without the dot; empty where there is none. Dots and white space at the end, which Windows leaves out, do
    not count.
    """
    shown = UNSEEN.sub("", name).rstrip(" .\t\n").lower()
    stem, dot, extension = shown.rpartition(".")
    return extension.strip() if dot and (stem or extension) else ""


def tells(names: Iterable[str], written: str) -> bool:
    """Whether what is written has one of these names of a person, however it is spelled or joined."""
    words = _words(written)
    if not words:
        return False
    joined, spaced = words.replace(" ", ""), f" {words} "
    for name in names:
        sought = _words(name)
        glued = sought.replace(" ", "")
        if len(glued) >= LETTERS_WITHIN and glued in joined:
            return True
        if len(glued) >= LETTERS_OF_A_WORD and f" {sought} " in spaced:
            return True
    return False


def _words(text: str) -> str:
    return SEPARATORS.sub(" ", normal_form(text)).strip()
