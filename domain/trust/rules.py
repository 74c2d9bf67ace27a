"""The live section `trust`: reports, minors, spam, what may be said and shown. The figures are those of the simulation
(`bench/trust/`) and of measurements.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from domain.sections import Count, Minutes, Natural, Seconds, Section

Hours = Annotated[float, Meta(gt=0, extra={"unit": "hours"})]
Days = Annotated[float, Meta(gt=0, extra={"unit": "days"})]
Share = Annotated[float, Meta(ge=0, le=1, extra={"unit": "of 1"})]


class Trust(Section, frozen=True):
    report_minutes: Annotated[
        Minutes,
        Meta(
            title="the last partner can be reported for",
            description="How long after a chat its partner can still be reported.",
        ),
    ] = 60.0
    newcomer_hours: Annotated[
        Hours,
        Meta(
            title="a newcomer for",
            description="Who came less than this ago is a newcomer: reports weigh half, links are held.",
        ),
    ] = 24.0
    newcomer_chats: Annotated[
        Natural,
        Meta(
            title="a newcomer below",
            description="Who had fewer chats than this is a newcomer.",
            extra={"unit": "chats"},
        ),
    ] = 5
    half_life_days: Annotated[
        Days,
        Meta(
            title="a report fades in",
            description="After so long a report weighs half.",
        ),
    ] = 14.0
    score_days: Annotated[
        Days,
        Meta(
            title="a report counts for",
            description="Reports older than this count no more.",
        ),
    ] = 60.0
    gate_share: Annotated[
        Share,
        Meta(
            title="share of chats that must report",
            description="No step is taken below this share of reporters in the chats of the last days (lower bound of Wilson).",
        ),
    ] = 0.02
    gate_days: Annotated[
        Days,
        Meta(
            title="the share is taken over",
            description="The days whose chats are counted for the share.",
        ),
    ] = 7.0
    steps: Annotated[
        tuple[float, float, float, float],
        Meta(
            title="steps",
            description="The score from which somebody is warned, and banned for 1 hour, 24 hours and 7 days.",
        ),
    ] = (1.0, 1.75, 3.0, 4.5)
    quiet_days: Annotated[
        Days,
        Meta(
            title="a level is forgiven after",
            description="After so many days without a step the level falls by one.",
        ),
    ] = 30.0
    review_hours: Annotated[
        Hours,
        Meta(
            title="a review takes at most",
            description="A ban of 7 days that nobody has decided by then is renewed once, and then ends.",
        ),
    ] = 72.0
    minor_reports: Annotated[
        Count,
        Meta(
            title="reports by minors",
            description="Who was reported by more minors than this in 30 days is held until a person decides.",
            extra={"unit": "reports"},
        ),
    ] = 3
    minors_media: Annotated[
        Literal["none", "voice", "all"],
        Meta(
            title="media of minors",
            description="What minors may send each other besides texts and stickers: nothing, voice messages, everything.",
        ),
    ] = "none"
    media: Annotated[
        Literal["open", "veiled", "none"],
        Meta(
            title="pictures at first",
            description="How pictures come to whoever has not chosen: open, veiled until they agree in this chat, or not at all.",
        ),
    ] = "veiled"
    contacts: Annotated[
        Literal["allow", "warn", "refuse"],
        Meta(
            title="contacts in texts",
            description="Contacts and names of other services in a text: relayed, relayed after a question, or refused.",
        ),
    ] = "warn"
    links: Annotated[
        Literal["allow", "vip", "refuse"],
        Meta(
            title="links in texts",
            description="Who may send links: everybody, VIPs, nobody.",
        ),
    ] = "allow"
    newcomer_links: Annotated[
        Literal["hold", "allow"],
        Meta(
            title="links of newcomers",
            description="Links and contacts of newcomers (24 hours, 3 chats): not passed on, or as anybody's.",
        ),
    ] = "hold"
    spam_partners: Annotated[
        tuple[int, int, int],
        Meta(
            title="same advert",
            description="So many partners get one text with a contact until it is held, bans for 1 hour, and for 24 hours.",
        ),
    ] = (3, 5, 8)
    human_check: Annotated[
        bool,
        Meta(
            title="human check",
            description="Ask those who look like a program to press a certain picture before they search.",
        ),
    ] = True
    judge_url: Annotated[
        str,
        Meta(
            title="judge of pictures",
            description="An HTTP service that is asked about pictures before they are passed on; empty: none.",
        ),
    ] = ""
    judge_seconds: Annotated[
        Seconds,
        Meta(
            title="the judge answers within",
            description="How long the judge of pictures may take.",
        ),
    ] = 2.0
    judge_when_down: Annotated[
        Literal["relay", "hold"],
        Meta(
            title="without the judge",
            description="What happens with a picture when the judge does not answer.",
        ),
    ] = "relay"
