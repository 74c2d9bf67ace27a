"""The live configuration: typed sections, with bounds, whose values may change while the house runs.

The settings files, the environment, the command line and the panel all use these classes. So there is one schema, and an error
names the same field everywhere. Durations are seconds unless the name says otherwise. `extra["unit"]` is shown to people.

Values saved at run time are called *overrides*. They are stored apart from the files, and only the keys that were saved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from weakref import WeakMethod

import msgspec
from msgspec import Meta, ValidationError

from domain.errors import ConfigurationError
from domain.invitations.rules import Referrals
from domain.locks.rules import MOST_DURATIONS, Locks
from domain.model.channels import read_channel
from domain.payments.rules import Credits
from domain.refusals import in_words
from domain.sections import (
    Age,
    Count,
    Description,
    Minutes,
    MinutesSpan,
    Natural,
    PlanId,
    Rate,
    Seconds,
    Section,
    Span,
    Title,
)
from domain.trust.rules import Trust

if TYPE_CHECKING:
    from domain.settings import Settings


class ProfileRules(Section, frozen=True):
    min_age: Annotated[Age, Meta(title="youngest age", description="The youngest age that a profile may state.")] = 13
    max_age: Annotated[Age, Meta(title="oldest age", description="The oldest age that a profile may state.")] = 120
    cache_seconds: Annotated[
        Span,
        Meta(title="profiles are remembered for", description="How long a profile read from the database is believed."),
    ] = 180.0


class Matching(Section, frozen=True):
    recent_minutes: Annotated[
        MinutesSpan,
        Meta(title="not the same partner again for", description="How long two people who met are not paired again."),
    ] = 20.0
    vip_boost_seconds: Annotated[
        Span,
        Meta(title="head start of VIPs", description="The head start of VIPs, as waiting time."),
    ] = 60.0
    rescan_seconds: Annotated[
        Seconds,
        Meta(title="sweep", description="How soon two waiting people who became compatible are paired."),
    ] = 5.0
    timeout_seconds: Annotated[
        Seconds,
        Meta(title="a search ends after", description='How long a search lasts before it ends with "nobody right now".'),
    ] = 600.0
    widen_after_seconds: Annotated[
        Seconds,
        Meta(title="offer to widen after", description="When a VIP who waits is asked whether to widen the filter."),
    ] = 60.0
    progress_seconds: Annotated[
        Seconds,
        Meta(title="progress message", description="How often the search message may change."),
    ] = 10.0


class ChatRules(Section, frozen=True):
    idle_minutes: Annotated[
        Minutes,
        Meta(title="a silent chat ends after", description="A chat in which nobody writes for so long ends."),
    ] = 60.0
    mapped_messages: Annotated[
        Count,
        Meta(
            title="messages for replies",
            description="How many recent messages of a chat can be replied to and edited on the other side.",
            extra={"unit": "messages"},
        ),
    ] = 200
    album_seconds: Annotated[
        Seconds,
        Meta(
            title="an album is complete after",
            description="An album comes picture by picture; after so long without another it is complete.",
        ),
    ] = 0.5
    protect_content: Annotated[
        bool,
        Meta(title="protect content", description="Forbid forwarding and saving of what a partner sent."),
    ] = False


Extension = Annotated[str, Meta(pattern="^[a-z0-9]{1,10}$")]


class Relay(Section, frozen=True):
    max_reupload_mb: Annotated[
        Natural,
        Meta(
            title="largest file uploaded again",
            description="Files larger than this are refused where they would have to be uploaded again; 0 refuses all.",
            extra={"unit": "millions of bytes"},
        ),
    ] = 20
    transfers_at_once: Annotated[
        Count,
        Meta(
            title="transfers at once",
            description="How many files one bot fetches at the same time.",
            extra={"unit": "files"},
        ),
    ] = 4
    transfer_seconds: Annotated[
        Seconds,
        Meta(title="one file takes at most", description="How long one file may take."),
    ] = 120.0
    file_details: Annotated[
        Literal["warn", "strip", "keep"],
        Meta(
            title="notes of cameras",
            description="Pictures, videos and PDFs sent as files: passed on after a question, cleaned, or passed on as they are.",
        ),
    ] = "warn"
    refused_extensions: Annotated[
        tuple[Extension, ...],
        Meta(title="refused files", description="Files whose names end so are not passed on."),
    ] = ("apk", "exe", "scr", "bat", "cmd", "msi", "com", "pif", "jar", "vbs", "js", "lnk", "iso")


class Pacing(Section, frozen=True):
    chat_rate: Annotated[Rate, Meta(title="rate to one person", description="What is sent to one person, messages a second.")] = (
        3.0
    )
    chat_burst: Annotated[
        Count,
        Meta(
            title="burst to one person",
            description="How many messages one person gets at once after a pause.",
            extra={"unit": "messages"},
        ),
    ] = 30
    bot_rate: Annotated[Rate, Meta(title="rate of one bot", description="What one bot sends to all, messages a second.")] = 30.0
    bot_burst: Annotated[
        Count,
        Meta(
            title="burst of one bot",
            description="How many messages one bot sends at once after a pause.",
            extra={"unit": "messages"},
        ),
    ] = 60
    max_park_seconds: Annotated[
        Seconds,
        Meta(
            title="given up after",
            description="A send that would have to wait longer than this, for its turn or for Telegram's answer, is given up.",
        ),
    ] = 30.0


class Flood(Section, frozen=True):
    rate: Annotated[Rate, Meta(title="rate of one sender", description="What one person may send, messages a second.")] = 3.0
    burst: Annotated[
        Count,
        Meta(
            title="burst of one sender",
            description="How many texts one person may send at once; a sticker or press counts half, a file 2, a video 3.",
            extra={"unit": "messages"},
        ),
    ] = 60


class Channels(Section, frozen=True):
    required: Annotated[
        tuple[str, ...],
        Meta(
            title="required channels",
            description="Channels that people must have joined before they search. Every bot must be an admin of each.",
        ),
    ] = ()
    when_unverifiable: Annotated[
        Literal["open", "closed"],
        Meta(
            title="where a bot cannot see",
            description="Where a bot cannot see who has joined: let people in (open) or keep them out (closed).",
        ),
    ] = "open"
    recheck_seconds: Annotated[
        Seconds,
        Meta(title="memberships are remembered for", description="How long a membership once seen is believed."),
    ] = 300.0


class Plan(Section, frozen=True, omit_defaults=True):
    """What is sold: so many days of VIP for so many Stars. Telegram allows at most 10,000 Stars for a subscription."""

    id: PlanId
    days: Annotated[int, Meta(ge=1, le=3650)]
    stars: Annotated[int, Meta(ge=1, le=10_000)]
    monthly: bool = False
    """A subscription that Telegram renews every 30 days."""
    title: dict[str, Title] = msgspec.field(default_factory=dict)
    description: dict[str, Description] = msgspec.field(default_factory=dict)
    """Language → words on the invoice. Languages without words of their own have those of the catalogue."""

    @property
    def quantity(self) -> int:
        return self.days


class Vip(Section, frozen=True):
    plans: Annotated[
        tuple[Plan, ...],
        Meta(title="plans", description="What is sold, in this order: id, days, stars, and monthly for a subscription."),
    ] = (
        Plan(id="week", days=7, stars=100),
        Plan(id="month", days=30, stars=300),
        Plan(id="quarter", days=90, stars=750),
        Plan(id="monthly", days=30, stars=250, monthly=True),
    )
    trial_days: Annotated[
        Annotated[int, Meta(ge=0, le=365)],
        Meta(title="trial", description="Days of VIP that each person may try once; 0: none.", extra={"unit": "days"}),
    ] = 0
    order_minutes: Annotated[
        Minutes,
        Meta(title="an invoice is good for", description="How long an invoice can be paid."),
    ] = 30.0
    reminder_hours: Annotated[
        Annotated[float, Meta(ge=0, extra={"unit": "hours"})],
        Meta(title="reminder", description="How long before VIP ends its owner is reminded; 0: not at all."),
    ] = 24.0
    grace_hours: Annotated[
        Annotated[float, Meta(ge=0, extra={"unit": "hours"})],
        Meta(title="grace", description="How long VIP of a subscription goes on where its renewal is late."),
    ] = 0.0


class Features(Section, frozen=True):
    cross_bot_matching: Annotated[bool, Meta(title="cross-bot matching", description="Users of different bots meet.")] = True
    stars_payments: Annotated[bool, Meta(title="Stars", description="Payments in Telegram Stars.")] = True
    vip: Annotated[bool, Meta(title="VIP", description="VIP: plans are sold, and VIPs have what they paid for.")] = True
    lock_chat: Annotated[bool, Meta(title="locks", description="Chats can be locked for credits.")] = True
    referrals: Annotated[bool, Meta(title="referrals", description="Invitations, their rewards, and shares of payments.")] = True
    admin_alerts: Annotated[
        bool, Meta(title="alerts", description="Alerts about payments, appeals and people to review to the control chat.")
    ] = True


class Configuration(Section, frozen=True):
    """One immutable snapshot of all sections."""

    profile: ProfileRules = ProfileRules()
    matching: Matching = Matching()
    chat: ChatRules = ChatRules()
    relay: Relay = Relay()
    pacing: Pacing = Pacing()
    flood: Flood = Flood()
    channels: Channels = Channels()
    vip: Vip = Vip()
    credits: Credits = Credits()
    referrals: Referrals = Referrals()
    locks: Locks = Locks()
    trust: Trust = Trust()
    features: Features = Features()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The configuration without overrides: from settings.toml, .env and the environment."""
        return cls(**{section: getattr(settings, section) for section in cls.__struct_fields__})


SECTIONS: tuple[str, ...] = Configuration.__struct_fields__

Overrides = Mapping[str, Any]
"""Of one section: key → JSON value."""
NameOf = Callable[[str], str]
"""Dotted name of a setting → its name for whoever reads the error, such as an environment variable."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a configuration breaks a rule."""

    setting: str
    """Dotted, such as profile.min_age."""
    text: str


def check(configuration: Configuration, name_of: NameOf = str) -> list[Fault]:
    """Checks the rules that concern several fields or the form of a text. Whoever reads or saves a configuration runs them."""
    return [fault for rule in RULES for fault in rule(configuration, name_of)]


def with_overrides(configuration: Configuration, section: str, overrides: Overrides) -> Configuration:
    """The configuration with these keys of one section. Keys that only a newer release knows are ignored.

    Raises `ConfigurationError` where a value is not of the field's type or outside its bounds.
    """
    before = getattr(configuration, section)
    known = {key: value for key, value in overrides.items() if key in before.__struct_fields__}
    for key, value in known.items():
        if isinstance(value, float) and not isfinite(value):
            raise ConfigurationError(
                f"{section}.{key}: {value} is not a number that can be counted with", setting=f"{section}.{key}"
            )
    try:
        after = msgspec.convert({**msgspec.to_builtins(before), **known}, type(before))
    except ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        inside = place.rstrip("`")
        key = re.split(r"[.[]", inside, maxsplit=1)[0]
        text = f"{section}.{key}: {known.get(key)!r} is refused: {in_words(reason, 'it')}"
        raise ConfigurationError(text, setting=f"{section}.{inside}") from error
    return msgspec.structs.replace(configuration, **{section: after})


def unknown_keys(section: str, overrides: Overrides) -> list[str]:
    """Dotted keys that this release does not know. They stay in the store and have no effect."""
    known = type(getattr(Configuration(), section)).__struct_fields__ if section in SECTIONS else ()
    return [f"{section}.{key}" for key in overrides if key not in known]


class LiveConfiguration:
    """The configuration in force in this process: one immutable snapshot, swapped by reference.

    Code that needs a value reads it from `current` each time, and keeps no copy. Code that needs the same value from its
    beginning to its end copies it at the beginning. `watch` is for timers and waiting lists, which must be told of a change.
    """

    __slots__ = ("_watching", "current", "versions")

    def __init__(self, current: Configuration | None = None) -> None:
        self.current = current or Configuration()
        self.versions: Mapping[str, int] = {}
        """Section → its version in force; missing where nothing was ever saved."""
        self._watching: list[WeakMethod[Callable[[], None]]] = []

    def watch(self, changed: Callable[[], None]) -> None:
        """Call this bound method after each change, as long as its object lives."""
        self._watching = [*self._living(), WeakMethod(changed)]

    def swap(self, configuration: Configuration, versions: Mapping[str, int]) -> None:
        """Brings it into force and tells all who watch. Raises `ExceptionGroup` with the errors of those that failed."""
        before, self.current, self.versions = self.current, configuration, dict(versions)
        if configuration != before:
            self._watching = self._living()
            self._tell_all()

    def _tell_all(self) -> None:
        failures: list[Exception] = []
        for method in tuple(self._watching):
            if (changed := method()) is not None:
                try:
                    changed()
                except Exception as error:  # noqa: BLE001 - raised below, when the others have been told
                    failures.append(error)
        if failures:
            raise ExceptionGroup("not everybody could be told of the new configuration", failures)

    def _living(self) -> list[WeakMethod[Callable[[], None]]]:
        return [method for method in self._watching if method() is not None]


def _ages(configuration: Configuration, name_of: NameOf) -> Iterator[Fault]:
    profile = configuration.profile
    if profile.min_age > profile.max_age:
        low, high = name_of("profile.min_age"), name_of("profile.max_age")
        yield Fault("profile.min_age", f"{low} ({profile.min_age}) is above {high} ({profile.max_age}); swap them")


def _channels(configuration: Configuration, name_of: NameOf) -> Iterator[Fault]:
    setting = "channels.required"
    named: set[str] = set()
    for written in configuration.channels.required:
        try:
            channel = read_channel(written).name.lower()
        except ValueError as error:
            yield Fault(setting, f"{name_of(setting)}: {written!r} {error}")
            continue
        if channel in named:
            yield Fault(setting, f"{name_of(setting)}: {channel} is there twice; leave one out")
        named.add(channel)


def _plans(configuration: Configuration, name_of: NameOf) -> Iterator[Fault]:
    setting, named = "vip.plans", set[str]()
    for plan in configuration.vip.plans:
        if plan.id in named:
            yield Fault(setting, f"{name_of(setting)}: the plan {plan.id} is there twice; give one another id")
        named.add(plan.id)
        if plan.monthly and plan.days != SUBSCRIPTION_DAYS:
            yield Fault(setting, f"{name_of(setting)}: the plan {plan.id} is monthly, so days must be {SUBSCRIPTION_DAYS}")
    if len(configuration.vip.plans) > MOST_PLANS:
        yield Fault(setting, f"{name_of(setting)}: {len(configuration.vip.plans)} plans; have at most {MOST_PLANS}")


def _packs(configuration: Configuration, name_of: NameOf) -> Iterator[Fault]:
    setting, named = "credits.packs", set[str]()
    for pack in configuration.credits.packs:
        if pack.id in named:
            yield Fault(setting, f"{name_of(setting)}: the pack {pack.id} is there twice; give one another id")
        named.add(pack.id)
    if len(configuration.credits.packs) > MOST_PLANS:
        yield Fault(setting, f"{name_of(setting)}: {len(configuration.credits.packs)} packs; have at most {MOST_PLANS}")


def _durations(configuration: Configuration, name_of: NameOf) -> Iterator[Fault]:
    locks, setting = configuration.locks, "locks.durations"
    minutes = [each.minutes for each in locks.durations]
    if len(minutes) != len(set(minutes)):
        yield Fault(setting, f"{name_of(setting)}: two durations have the same minutes; leave one out")
    if minutes and max(minutes) > locks.longest_minutes:
        longest = name_of("locks.longest_minutes")
        yield Fault(
            setting, f"{name_of(setting)}: {max(minutes)} minutes are more than {longest} ({locks.longest_minutes}); raise it"
        )
    if len(minutes) > MOST_DURATIONS:
        yield Fault(setting, f"{name_of(setting)}: {len(minutes)} durations; have at most {MOST_DURATIONS}")


SUBSCRIPTION_DAYS = 30
"""Telegram's only period of a subscription."""
MOST_PLANS = 12
"""More buttons than this nobody reads."""

Rule = Callable[[Configuration, NameOf], Iterable[Fault]]
RULES: tuple[Rule, ...] = (_ages, _channels, _plans, _packs, _durations)
