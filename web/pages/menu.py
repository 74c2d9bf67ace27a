"""The panel's menu: one entry for each page that one goes to. A page that is reached from another one has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.configuration import SECTIONS
from domain.panel.roles import Role, may

NOW, PEOPLE, MONEY, HOUSE = "Now", "People", "Money", "House"


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    title: str
    act: str
    """Of `domain.panel.roles.ACTS`: whoever may not do it does not see the entry."""
    icon: str
    """A file of `static/vendor/lucide/`, without its ending."""
    group: str
    key: str = ""
    """`g` and this letter go there."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Id of an element of the page → what the command line calls that part."""


OVERVIEW = {
    "happenings-title": "Last hour",
    "chart-relayed": "Messages relayed",
    "chart-waiting": "Waiting",
    "chart-wait": "Wait until matched",
    "chart-floods": "Flood waits",
}
QUEUES = {
    "queues-title": "Who waits",
    "waits-title": "Until they were matched",
    "streams-title": "Event streams",
    "sends-title": "Sends that wait",
    "undelivered-title": "Not delivered",
}
SETTINGS = {section: f"{section.capitalize()} settings" for section in SECTIONS} | {"fixed": "Settings that need a restart"}

ENTRIES: Sequence[Entry] = (
    Entry("/admin/dashboard", "Overview", "overview.read", "layout-dashboard", NOW, "o", OVERVIEW),
    Entry("/admin/queues", "Queues", "queues.read", "list-ordered", NOW, "q", QUEUES),
    Entry("/admin/bots", "Bots", "bots.read", "bot", NOW, "b"),
    Entry("/admin/users", "Users", "users.read", "users", PEOPLE, "u"),
    Entry("/admin/configuration", "Configuration", "configuration.read", "sliders-horizontal", HOUSE, "c", SETTINGS),
    Entry("/admin/audit", "Audit", "audit.read", "history", HOUSE, "t"),
    Entry("/admin/admins", "Admins", "admins.read", "key-round", HOUSE, "a"),
    Entry("/admin/sessions", "Sessions", "own_sessions.read", "monitor", HOUSE, "s"),
    Entry("/admin/processes", "Processes", "processes.read", "network", NOW, "p"),
    Entry("/admin/logs", "Logs", "logs.read", "scroll-text", NOW, "l"),
    Entry("/admin/api", "API", "api.read", "code", HOUSE, "i"),
)


def menu_of(role: Role) -> Mapping[str, Sequence[Entry]]:
    """Group → its entries, without empty groups."""
    seen = [entry for entry in ENTRIES if may(role, entry.act)]
    groups = {group: [entry for entry in seen if entry.group == group] for group in (NOW, PEOPLE, MONEY, HOUSE)}
    return {group: entries for group, entries in groups.items() if entries}
