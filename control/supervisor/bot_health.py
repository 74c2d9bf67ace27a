"""What is told of bots that nobody serves: how long it is so while that may be a start or a hand-over, and then that it is wrong.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from domain.status import BotStatus

NOT_WANTED = frozenset({"drained", "refused"})
"""States in which nobody is to serve the bot, or of which there is a line of its own."""
ON_ITS_WAY = frozenset({"waiting", "leaving"})


def described(bot: BotStatus, grace: float) -> BotStatus:
    """The bot whose detail begins with how long it has not been served, such as "starting, 8 s"."""
    if bot.served or bot.state in NOT_WANTED:
        return bot
    return replace(bot, detail=": ".join(filter(None, (_span(bot, grace), bot.detail))))


def problems_of(bots: Iterable[BotStatus], grace: float, told: Sequence[str]) -> list[str]:
    """`told`: the other problems. A refused bot that is named there gets no second line."""
    lines = []
    for bot in bots:
        if bot.state == "refused" and not any(str(bot.id) in line for line in told):
            mend = (
                f"put a new one from @BotFather into BOT_TOKENS, or where it was added: python supervisor.py bots rotate {bot.id}"
            )
            lines.append(f"bot {bot.id}: Telegram refuses its token; {mend}")
        elif not bot.served and bot.state not in NOT_WANTED and bot.unserved > grace:
            name = f"{bot.id} (@{bot.username})" if bot.username else str(bot.id)
            lines.append(f"bot {name}: {bot.detail}")
    return lines


def _span(bot: BotStatus, grace: float) -> str:
    if bot.unserved > grace:
        return f"not served for {bot.unserved:.0f} s" + ("" if bot.known else ", since the start")
    if not bot.known:
        return f"starting, {bot.unserved:.0f} s"
    return f"{'handed over' if bot.state in ON_ITS_WAY else 'connecting again'}, {bot.unserved:.0f} s"
