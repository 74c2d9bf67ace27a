"""Which files may have what a camera or a program wrote into them: pictures, films and PDFs that are sent as files. Pure."""

from __future__ import annotations

from domain.model.content import Media, MediaKind

MOST_BYTES = 10_000_000
"""A larger file is not cleaned."""
CLEANED = frozenset({"jpg", "jpeg", "png", "webp", "mp4", "m4v", "mov"})
CLEANED_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "video/mp4", "video/quicktime", "video/x-m4v"})
OTHERS = "pdf heic heif avif tif tiff gif bmp dng raw cr2 nef arw psd svg avi mkv webm 3gp mpg mpeg wmv flv"
WITH_DETAILS = CLEANED | frozenset(OTHERS.split())
PDF = "application/pdf"


def has_details(media: Media) -> bool:
    if media.kind is not MediaKind.DOCUMENT:
        return False
    return media.extension in WITH_DETAILS or media.mime == PDF or media.mime.startswith(("image/", "video/"))


def can_be_cleaned(media: Media) -> bool:
    """By what its name says; its bytes are looked at when it is cleaned."""
    return media.extension in CLEANED or media.mime in CLEANED_TYPES
