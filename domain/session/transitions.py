"""The map of the session machine: from which state which event leads where.

A row is an event, a column the state that it finds the user in; a cell has the states that may follow, by their first letters. So
"ISC" under *Searching* reads: whoever searches goes on searching, is idle, or chats. `asks` names what may be asked before
anything changes: a decision of the pool, which comes back as `Decided`, or `CheckChannels`, which comes back as
`ChannelsChecked`. Commands and buttons never change the state themselves: only the pool's answers and events do.

`tests/domain/test_transitions.py` holds this against the code: every step that is possible is here, and no other.
"""

from __future__ import annotations

COLUMNS = ("Idle", "Searching", "Chatting", "Elsewhere")
ASKS = "asks"

MAP = """
event                | Idle | Searching | Chatting | Elsewhere | asks
---------------------|------|-----------|----------|-----------|-----
/start               | I    | S         | C        | E         | CheckChannels
/find                | I    | S         | C        | E         | CheckChannels, Find
/next                | I    | S         | C        | E         | CheckChannels, Find
/cancel              | I    | S         | C        | E         | Cancel, CheckChannels
/stop                | I    | S         | C        | E         | Cancel, CheckChannels, Leave
/profile             | I    | S         | C        | E         | CheckChannels
/privacy             | I    | S         | C        | E         |
/terms               | I    | S         | C        | E         |
/help                | I    | S         | C        | E         |
button gender        | I    | S         | C        | E         |
button edit          | I    | S         | C        | E         |
button joined        | I    | S         | C        | E         | CheckChannels
button cancel        | I    | S         | C        | E         | Cancel
button widen         | I    | S         | C        | E         | UpdateSearch
Said                 | I    | S         | C        | E         | CheckChannels
Edited               | I    | S         | C        | E         |
Stopped              | I    | S         | C        | E         | Cancel, Leave
Restarted            | I    | S         | C        | E         |
SearchTick           | I    | S         | C        | E         |
NotRelayed           | I    | S         | C        | E         | Leave
Stands               | ISCE | ISCE      | ISCE     | ISCE      |
ChannelsChecked      | I    | S         | C        | E         | Find
Matched              | IC   | SC        | C        | CE        |
Parted               | I    | S         | IC       | E         |
SearchEnded          | I    | S         | C        | E         |
Expelled             | I    | I         | I        | I         |
Decided Find         | ISCE | ISCE      | ISCE     | ISCE      | Leave
Decided UpdateSearch | IC   | SC        | C        | CE        |
Decided Cancel       | IC   | ISC       | IC       | ICE       | Leave
Decided Leave        | I    | S         | IC       | E         |
"""


def read_map() -> dict[str, dict[str, set[str]]]:
    """By event: by state the names of those that may follow, and under `ASKS` what may be asked."""
    by_letter = {name[0]: name for name in COLUMNS}
    rows = [[cell.strip() for cell in line.split("|")] for line in MAP.strip().splitlines()[2:]]
    return {
        event: {
            **{state: {by_letter[letter] for letter in cell} for state, cell in zip(COLUMNS, cells, strict=True)},
            ASKS: set(asks.split(", ")) - {""},
        }
        for event, *cells, asks in rows
    }
