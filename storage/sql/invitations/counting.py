"""Who came by whose invitation: noted, counted and rewarded, inside a transaction that somebody else has begun.

*Lock order*: the row of the referral, then the inviter's grants, then their account. A deletion begins with the referrals.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.configuration import Configuration
from domain.invitations.counting import Inviter, State, judge
from domain.invitations.rules import Referrals
from domain.model.ids import Address, BotId, UserId
from domain.model.profile import DAY
from domain.payments.credits import referral_reward
from domain.payments.grants import Grant
from domain.payments.sales import Owed
from storage.sql.payments.posting import Posting
from storage.sql.personal.tombstones import Hashes
from storage.sql.trust.entries import Entries

BURST = "many-invitations"
"""The rule by which an inviter comes onto the review list."""
REWARDED = "invite-rewarded"
"""The text that tells an inviter."""


@dataclass(frozen=True, slots=True)
class Counting:
    posting: Posting
    configuration: Configuration
    hashes: Hashes | None = None
    """Those by which people are known again who had their data deleted."""

    async def note(self, code: str, user: UserId) -> None:
        """Somebody opened a link. Nothing happens unless they are new, and the code is somebody else's who is not banned."""
        if not (code and self.configuration.features.referrals):
            return
        queries, connection, hashed = self.posting.queries, self.posting.connection, self._hashed(user)
        inviter = await queries.inviter_by_code(connection, code=code, now=self.posting.now)
        if inviter is None or inviter == user or not await queries.is_new(connection, user=user, hashed=hashed):
            return
        if await queries.has_invited(connection, inviter=inviter, user=user, hashed=hashed):
            return
        opened = {"user": user, "inviter": inviter, "now": self.posting.now}
        while await queries.open_referral(connection, **opened) is None:
            if await queries.has_referral(connection, user=user):
                return

    async def claim(self, user: UserId) -> None:
        """What is noted of somebody under the number in their place, from before a deletion, is theirs again."""
        queries, connection, hashed = self.posting.queries, self.posting.connection, self._hashed(user)
        await queries.claim_invited(connection, user=user, hashed=hashed)
        await queries.claim_inviter(connection, user=user, hashed=hashed)

    async def count(self, user: UserId) -> None:
        """After each change that may complete the profile; it counts once."""
        if not self.configuration.features.referrals:
            return
        queries, connection = self.posting.queries, self.posting.connection
        counted = await queries.count_referral(connection, user=user, now=self.posting.now)
        if counted is None:
            return
        number, inviter = int(counted[0]), UserId(counted[1])
        state = judge(await self._inviter(inviter, number), self.configuration.referrals)
        await queries.put_referral_state(connection, number=number, state=state)
        if state is State.REWARDED:
            await self.reward(number, inviter)
        if state is State.HELD:
            await self._review(inviter)

    async def reward(self, number: int, inviter: UserId) -> None:
        """VIP and credits, once a referral, and the text that tells of them."""
        rules, posting, key = self.configuration.referrals, self.posting, f"referral:{number}"
        bot = await self._bot(inviter)
        if rules.vip_days:
            await posting.grant(inviter, bot, Grant(source=key, seconds=rules.vip_days * DAY, granted_at=posting.now))
        if rules.credits:
            account = await posting.credits_account(inviter)
            await posting.post(referral_reward(number, account, rules.credits, posting.now))
        if bot:
            await posting.owe((_told(key, Address(bot, inviter), rules),))

    async def _inviter(self, inviter: UserId, number: int) -> Inviter:
        """Until the end of the transaction, others whom they invited wait, so that no cap is passed by two at once."""
        posting, rules = self.posting, self.configuration.referrals
        queries, connection, now = posting.queries, posting.connection, posting.now
        if not await queries.inviter_stands(connection, user=inviter, now=now):
            return Inviter(stands=False, at_once=0, rewarded=0)
        await posting.lock(inviter)
        burst, day = now - 60.0 * rules.burst_minutes, now - DAY
        others = await queries.recent_referrals(connection, inviter=inviter, number=number, burst=burst, day=day)
        return Inviter(stands=True, at_once=int(others[0]), rewarded=int(others[1]))

    async def _review(self, inviter: UserId) -> None:
        rules, posting = self.configuration.referrals, self.posting
        bot = await self._bot(inviter)
        entries = Entries(posting.queries, posting.connection, posting.now)
        detail = f"more than {rules.burst_people} people in {rules.burst_minutes:g} min: supervisor.py referrals list --held"
        await entries.review(Address(bot, inviter), BURST, detail)

    async def _bot(self, inviter: UserId) -> BotId:
        """Where the inviter is told: where they are, else where they asked for their link; 0 where nobody knows."""
        queries, connection = self.posting.queries, self.posting.connection
        bot = await queries.bot_to_tell(connection, user=inviter) or await queries.bot_of_code(connection, user=inviter)
        return BotId(bot or 0)

    def _hashed(self, user: UserId) -> int:
        return 0 if self.hashes is None else self.hashes.number(user)


def _told(key: str, to: Address, rules: Referrals) -> Owed:
    return Owed(key=key, to=to, text=REWARDED, arguments={"days": rules.vip_days, "credits": rules.credits})
