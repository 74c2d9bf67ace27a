"""The state table of the session machine.

A row is an event, and a column is the state that the user is in. A cell has the states that may follow, by their first letters:
"ISC" in column *Searching* means that the user goes on searching, becomes idle, or chats. Column `asks` names the effects that
may ask for something: a request to the pool, whose answer comes as `Decided`, `CheckChannels`, whose answer comes as
`ChannelsChecked`, or `RecallChat`, whose answer comes as `ChatRecalled`. Commands and buttons never change the state themselves.
Only the pool's answers and events do.

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
/topic               | I    | S         | C        | E         | AskTopic, CheckChannels
/names               | I    | S         | C        | E         | CheckChannels, OfferName
/profile             | I    | S         | C        | E         | CheckChannels
/lock                | I    | S         | C        | E         | CheckChannels
/vip                 | I    | S         | C        | E         | CheckChannels
/credits             | I    | S         | C        | E         | CheckChannels
/promo               | I    | S         | C        | E         | CheckChannels
/invite              | I    | S         | C        | E         | CheckChannels
/paysupport          | I    | S         | C        | E         |
/report              | I    | S         | C        | E         | RecallChat
/block               | I    | S         | C        | E         | RecallChat
/blocks              | I    | S         | C        | E         |
/appeal              | I    | S         | C        | E         |
/protect             | I    | S         | C        | E         | CheckChannels
/privacy             | I    | S         | C        | E         |
/terms               | I    | S         | C        | E         |
/export              | I    | S         | C        | E         |
/delete_me           | I    | S         | C        | E         |
/help                | I    | S         | C        | E         |
/admin_login         | I    | S         | C        | E         |
button gender        | I    | S         | C        | E         |
button edit          | I    | S         | C        | E         |
button joined        | I    | S         | C        | E         | CheckChannels
button cancel        | I    | S         | C        | E         | Cancel
button widen         | I    | S         | C        | E         | UpdateSearch
button lock          | I    | S         | C        | E         |
button plan          | I    | S         | C        | E         |
button pack          | I    | S         | C        | E         |
button gift          | I    | S         | C        | E         |
button give          | I    | S         | C        | E         |
button invite        | I    | S         | C        | E         |
button accept        | I    | S         | C        | E         |
button trial         | I    | S         | C        | E         |
button terms         | I    | S         | C        | E         |
button delete        | I    | S         | C        | E         | Cancel, Leave
button keep          | I    | S         | C        | E         |
button report        | I    | S         | C        | E         | RecallChat, Separate
button report-ask    | I    | S         | C        | E         | RecallChat
button block         | I    | S         | C        | E         | RecallChat, Separate
button blocks        | I    | S         | C        | E         |
button unblock       | I    | S         | C        | E         |
button wishes        | I    | S         | C        | E         |
button wish          | I    | S         | C        | E         | UpdateSearch
button names         | I    | S         | C        | E         | OfferName
button again         | I    | S         | C        | E         |
button rate          | I    | S         | C        | E         |
button pictures      | I    | S         | C        | E         |
button show          | I    | S         | C        | E         |
button protect       | I    | S         | C        | E         |
button human         | I    | S         | C        | E         |
button held          | I    | S         | C        | E         |
button admin         | I    | S         | C        | E         |
MessageReceived      | I    | S         | C        | E         | CheckChannels
MessageEdited        | I    | S         | C        | E         |
BotBlocked           | I    | S         | C        | E         | Cancel, Leave
BotUnblocked         | I    | S         | C        | E         |
BotRemoved           | I    | S         | C        | E         | Cancel, Leave
SearchTick           | I    | S         | C        | E         | Cancel
NotRelayed           | I    | S         | C        | E         | Leave
Stands               | ISCE | ISCE      | ISCE     | ISCE      |
ChannelsChecked      | I    | S         | C        | E         | Find
Matched              | IC   | SC        | C        | CE        | Leave
ChatEnded            | I    | S         | IC       | E         |
SearchEnded          | I    | S         | C        | E         |
Expelled             | I    | I         | I        | I         |
BanLooked            | I    | S         | C        | E         |
Appealed             | I    | S         | C        | E         |
InvitationLooked     | I    | S         | C        | E         |
CreditsLooked        | I    | S         | C        | E         |
VipLooked            | I    | S         | C        | E         |
Ordered              | I    | S         | C        | E         |
Redeemed             | I    | S         | C        | E         |
VipTried             | I    | S         | C        | E         |
ProfileRefreshed     | I    | S         | C        | E         | Cancel, UpdateSearch
TicketOpened         | I    | S         | C        | E         |
TermsAccepted        | I    | S         | C        | E         |
TopicGiven           | I    | S         | C        | E         |
NamesOffered         | I    | S         | C        | E         |
NamesShown           | I    | S         | C        | E         |
ChatLocked           | I    | S         | C        | E         |
LockEnded            | I    | S         | C        | E         |
LockBroken           | I    | S         | C        | E         |
LockOffered          | I    | S         | C        | E         |
LockTried            | I    | S         | C        | E         |
PastLooked           | I    | S         | C        | E         | Return
Rated                | I    | S         | C        | E         |
Begun                | I    | S         | C        | E         | CheckChannels
Exported             | I    | S         | C        | E         |
DeletionAsked        | I    | S         | C        | E         | Cancel, Leave
DataDeleted          | I    | S         | C        | E         |
ChatRecalled         | I    | S         | C        | E         | Separate
Separated            | I    | S         | IC       | E         |
EvidenceRead         | I    | S         | C        | E         |
Reported             | I    | S         | C        | E         |
BlocksListed         | I    | S         | C        | E         |
BlockFound           | I    | S         | C        | E         | LiftBlock
TextLookedInto       | I    | S         | C        | E         |
HumanAsked           | I    | S         | C        | E         | CheckChannels, Find
MarkReviewed         | I    | S         | C        | E         | CheckChannels, Find
HumanTried           | I    | S         | C        | E         |
LoginAsked           | I    | S         | C        | E         |
QuestionAnswered     | I    | S         | C        | E         |
Hidden               | I    | S         | C        | E         | CheckChannels
Decided Find         | ISCE | ISCE      | ISCE     | ISCE      | Leave
Decided UpdateSearch | IC   | SC        | C        | CE        |
Decided Cancel       | IC   | ISC       | IC       | ICE       | Leave
Decided Leave        | I    | S         | IC       | E         |
Decided AskTopic     | I    | S         | C        | E         |
Decided OfferName    | I    | S         | C        | E         |
Decided Return       | IC   | SC        | C        | CE        |
Decided Separate     | I    | S         | IC       | E         |
Decided LiftBlock    | I    | S         | C        | E         |
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
