"""The state table of the session machine.

A row is an event, and a column is the state that the user is in. A cell has the states that may follow, by their first letters:
"ISC" in column *Searching* means that the user goes on searching, becomes idle, or chats. Column `asks` names the effects that
may ask for something: a request to the pool, whose answer comes as `Decided`, or `CheckChannels`, whose answer comes as
`ChannelsChecked`. Commands and buttons never change the state themselves. Only the pool's answers and events do.

`tests/domain/test_transitions.py` compares this table with the code: each possible step is here, and no other.
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
/vip                 | I    | S         | C        | E         | CheckChannels
/promo               | I    | S         | C        | E         | CheckChannels
/paysupport          | I    | S         | C        | E         |
/privacy             | I    | S         | C        | E         |
/terms               | I    | S         | C        | E         |
/help                | I    | S         | C        | E         |
button gender        | I    | S         | C        | E         |
button edit          | I    | S         | C        | E         |
button joined        | I    | S         | C        | E         | CheckChannels
button cancel        | I    | S         | C        | E         | Cancel
button widen         | I    | S         | C        | E         | UpdateSearch
button plan          | I    | S         | C        | E         |
button gift          | I    | S         | C        | E         |
button give          | I    | S         | C        | E         |
button accept        | I    | S         | C        | E         |
button trial         | I    | S         | C        | E         |
button terms         | I    | S         | C        | E         |
button wishes        | I    | S         | C        | E         |
button wish          | I    | S         | C        | E         | UpdateSearch
button held          | I    | S         | C        | E         |
MessageReceived      | I    | S         | C        | E         | CheckChannels
MessageEdited        | I    | S         | C        | E         |
BotBlocked           | I    | S         | C        | E         | Cancel, Leave
BotUnblocked         | I    | S         | C        | E         |
SearchTick           | I    | S         | C        | E         |
NotRelayed           | I    | S         | C        | E         | Leave
Stands               | ISCE | ISCE      | ISCE     | ISCE      |
ChannelsChecked      | I    | S         | C        | E         | Find
Matched              | IC   | SC        | C        | CE        |
ChatEnded            | I    | S         | IC       | E         |
SearchEnded          | I    | S         | C        | E         |
Expelled             | I    | I         | I        | I         |
VipLooked            | I    | S         | C        | E         |
Ordered              | I    | S         | C        | E         |
Redeemed             | I    | S         | C        | E         |
VipTried             | I    | S         | C        | E         |
ProfileRefreshed     | I    | S         | C        | E         | UpdateSearch
TicketOpened         | I    | S         | C        | E         |
TermsAccepted        | I    | S         | C        | E         |
Decided Find         | ISCE | ISCE      | ISCE     | ISCE      | Leave
Decided UpdateSearch | IC   | SC        | C        | CE        |
Decided Cancel       | IC   | ISC       | IC       | ICE       | Leave
Decided Leave        | I    | S         | IC       | E         |
"""


def read_map() -> dict[str, dict[str, set[str]]]:
    """Event → state → the states that may follow. Under `ASKS`: the requests that may be made."""
    by_letter = {name[0]: name for name in COLUMNS}
    rows = [[cell.strip() for cell in line.split("|")] for line in MAP.strip().splitlines()[2:]]
    return {
        event: {
            **{state: {by_letter[letter] for letter in cell} for state, cell in zip(COLUMNS, cells, strict=True)},
            ASKS: set(asks.split(", ")) - {""},
        }
        for event, *cells, asks in rows
    }
