"""Files: which are never passed on, and what their writer is asked before: a name that has their own, and a camera's notes
(`relay.file_details`).
"""

from __future__ import annotations

from dataclasses import replace

from domain.model.content import Anew, Media, media_of, with_media
from domain.session.context import Context
from domain.session.holding import Concern, hold, is_answered
from domain.session.notices import leak_notices
from domain.session.replies import say
from domain.session.screens.screen import Changed, Stopped, Writing
from domain.trust.file_details import MOST_BYTES, can_be_cleaned, has_details
from domain.trust.file_names import PROGRAMS

CONTACT, PLACE = "refuse-contact", "refuse-location"
TELLING = {"vcf": CONTACT, "vcard": CONTACT, "gpx": PLACE, "kml": PLACE, "kmz": PLACE}
"""Extension → the text of what such a file is."""
TELLING_TYPES = {
    "text/vcard": CONTACT,
    "text/x-vcard": CONTACT,
    "text/directory": CONTACT,
    "application/vcard": CONTACT,
    "application/gpx+xml": PLACE,
    "application/gpx": PLACE,
    "application/vnd.google-earth.kml+xml": PLACE,
    "application/vnd.google-earth.kmz": PLACE,
}


def screen(context: Context, writing: Writing) -> Changed | Stopped | None:
    files = media_of(writing.content)
    if not files:
        return None
    session = context.session
    for media in files:
        if refusal := _refusal(context, media):
            return Stopped(session=session, effects=(say(session, refusal),))
    if any(media.names_sender for media in files) and not is_answered(session, Concern.NAME):
        return _asked(context, writing, Concern.NAME)
    return _with_details(context, writing, files) if any(map(has_details, files)) else None


def _refusal(context: Context, media: Media) -> str:
    """The id of a text; empty where the file may be passed on."""
    mime = media.mime.partition(";")[0].strip().lower()
    refused = context.configuration.relay.refused_extensions
    if media.extension in refused or PROGRAMS.get(mime) in refused:
        return "refuse-program"
    return TELLING.get(media.extension) or TELLING_TYPES.get(mime, "")


def _with_details(context: Context, writing: Writing, files: tuple[Media, ...]) -> Changed | Stopped | None:
    policy, session = context.configuration.relay.file_details, context.session
    if policy == "warn":
        return None if is_answered(session, Concern.DETAILS) else _asked(context, writing, Concern.DETAILS)
    if policy == "keep":
        return None
    for media in filter(has_details, files):
        if not can_be_cleaned(media) or media.file.size > MOST_BYTES:
            text = "refuse-details-size" if can_be_cleaned(media) else "refuse-details-kind"
            return Stopped(session=session, effects=(say(session, text),))
    cleaned = with_media(writing.content, lambda each: replace(each, anew=Anew.WITHOUT_DETAILS) if has_details(each) else each)
    return Changed(session=session, writing=replace(writing, content=cleaned))


def _asked(context: Context, writing: Writing, concern: Concern) -> Stopped:
    return hold(context, writing, concern, leak_notices.question(concern, writing.message, context.session.language))
