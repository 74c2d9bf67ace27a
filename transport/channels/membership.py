"""Who is in the required channels (M2), as far as Telegram tells this bot.

It tells surely only where the bot is an admin of the channel. Where it does not tell, the operator hears what to mend, and
`channels.when_unverifiable` decides: open counts everybody there as joined, closed nobody.

A channel's place is remembered for the life of the connection, a membership seen for `channels.recheck_seconds`, and a channel
that cannot be looked into is left alone for a while. That somebody is *not* a member is never remembered, so that *I joined*
works at once.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Task
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from pyrogram import raw
from pyrogram.errors import FloodWait, RPCError

from domain.configuration import Channels, LiveConfiguration
from domain.errors import Unavailable
from domain.model.channels import MissingChannel, RequiredChannel, read_channel
from domain.model.ids import UserId
from transport.calls.methods import name_of
from transport.calls.peers import Peers
from transport.channels.probe import ChannelProbe, Closed, Trouble, is_member, located, query_for
from transport.mtproto.link import Link

log = logging.getLogger(__name__)

REMEMBERED = 65_536
"""Memberships in memory, the oldest forgotten first."""
TELL_EVERY = 3600.0
"""Seconds between two log lines of one channel."""
REST = 30.0
"""Seconds for which a channel that could not be looked into is left alone."""
LONG_REST = 600.0
"""The same for one that is not there: looking up names is rationed strictly."""
NOT_THERE = frozenset({"USERNAME_NOT_OCCUPIED", "USERNAME_INVALID", "NOT_A_CHANNEL"})
MOVED = frozenset({"CHANNEL_INVALID", "CHANNEL_PRIVATE"})
STRANGERS = frozenset({"USER_NOT_PARTICIPANT", "PARTICIPANT_ID_INVALID", "USER_ID_INVALID", "INPUT_USER_DEACTIVATED"})
"""Answers that mean: not a member."""


class Membership:
    def __init__(
        self,
        *,
        link: Link,
        peers: Peers,
        live: LiveConfiguration,
        call_timeout: float,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.bot = "the bot"
        """As the operator's lines name it; @username once it is known."""
        self._link = link
        self._peers = peers
        self._live = live
        self._channels = live.current.channels
        """As of the last look: `_probes` and `_seen` are of these."""
        self._call_timeout = call_timeout
        self._clock = clock or asyncio.get_running_loop().time
        self._probes = [ChannelProbe(read_channel(written)) for written in self._channels.required]
        self._seen: OrderedDict[tuple[RequiredChannel, UserId], float] = OrderedDict()
        self._checks: dict[tuple[Channels, UserId], Task[tuple[MissingChannel, ...]]] = {}

    @property
    def problems(self) -> tuple[str, ...]:
        self._renew()
        now = self._clock()
        return tuple(probe.trouble.line for probe in self._probes if probe.trouble is not None and now < probe.trouble.until)

    async def missing(self, user: UserId) -> tuple[MissingChannel, ...]:
        """Those who ask for the same user while a check is under way share it. Raises `domain.errors.Unavailable`."""
        self._renew()
        if all(self._was_seen(probe, user) for probe in self._probes):
            return ()
        key = (self._channels, user)
        check = self._checks.get(key)
        if check is None:
            check = self._checks[key] = asyncio.get_running_loop().create_task(self._check(user), name="channels")
            check.add_done_callback(lambda _: self._checks.pop(key, None))
        try:
            return await asyncio.shield(check)
        except asyncio.CancelledError:
            if check.cancelled():
                raise Unavailable("this bot is being stopped") from None
            raise

    def _renew(self) -> None:
        """Where the channels changed: what is known of those that stay is kept, but for who was seen in them."""
        channels = self._live.current.channels
        if channels == self._channels:
            return
        known = {probe.channel: probe for probe in self._probes}
        wanted = [read_channel(written) for written in channels.required]
        self._probes = [known.get(channel) or ChannelProbe(channel) for channel in wanted]
        self._channels = channels
        self._seen.clear()

    async def stop(self) -> None:
        checks = list(self._checks.values())
        for check in checks:
            check.cancel()
        if checks:
            await asyncio.wait(checks)

    async def _check(self, user: UserId) -> tuple[MissingChannel, ...]:
        missing = []
        for probe in self._probes:
            inside = self._was_seen(probe, user) or await self._is_inside(probe, user)
            if inside is False or (inside is None and self._channels.when_unverifiable == "closed"):
                missing.append(probe.as_missing(unsure=inside is None))
        return tuple(missing)

    async def _is_inside(self, probe: ChannelProbe, user: UserId) -> bool | None:
        """None where it cannot be known now."""
        if self._clock() < probe.rests_until:
            return None
        try:
            inside = await self._ask(probe, user)
        except FloodWait as error:
            self._postpone(probe, float(error.value))
            return None
        except RPCError as error:
            self._refused(probe, name_of(error), passing=error.CODE in {500, 503})
            return None
        except Closed as closed:
            self._refused(probe, closed.reason)
            return None
        if inside:
            self._remember(probe, user)
        return self._learnt(probe, inside=inside)

    def _learnt(self, probe: ChannelProbe, *, inside: bool | None) -> bool | None:
        """The door is open; but whoever cannot be shown where to join is not asked to."""
        if inside is None:
            return None
        if probe.address:
            probe.trouble = None
            return inside
        self._complain(probe, "NO_ADDRESS")
        return True if inside else None

    async def _ask(self, probe: ChannelProbe, user: UserId) -> bool | None:
        """None where it was found closed while this waited. Raises RPCError, Closed or Unavailable."""
        async with probe.being_found:
            if probe.place is None and self._clock() >= probe.rests_until:
                probe.place = located(probe.channel, await self._call(query_for(probe.channel)))
        if probe.place is None:
            return None
        member = await self._peers.find(user)
        try:
            found = await self._call(raw.functions.channels.GetParticipant(channel=probe.place.peer, participant=member))
        except RPCError as error:
            if name_of(error) in STRANGERS:
                return False
            raise
        return is_member(found.participant)

    async def _call(self, query: Any) -> Any:
        """Twice, where the answer is lost. Raises RPCError or Unavailable."""
        for _ in range(2):
            try:
                async with asyncio.timeout(self._call_timeout):
                    await self._link.up.wait()
                return await self._link.call(query)
            except OSError as error:
                log.debug("%s was not answered: %s", type(query).__name__, error)
        raise Unavailable("Telegram does not answer who is in the required channels")

    # What is remembered

    def _was_seen(self, probe: ChannelProbe, user: UserId) -> bool:
        return self._clock() < self._seen.get((probe.channel, user), 0.0)

    def _remember(self, probe: ChannelProbe, user: UserId) -> None:
        key = (probe.channel, user)
        self._seen[key] = self._clock() + self._channels.recheck_seconds
        self._seen.move_to_end(key)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    # What the operator hears

    def _refused(self, probe: ChannelProbe, reason: str, *, passing: bool = False) -> None:
        if reason in MOVED:
            probe.place = None
        if passing:
            log.warning("%s could not see who is in %s: %s", self.bot, probe.channel.name, reason)
            return
        probe.rests_until = self._clock() + (LONG_REST if reason in NOT_THERE else REST)
        self._complain(probe, reason)

    def _postpone(self, probe: ChannelProbe, seconds: float) -> None:
        probe.rests_until = self._clock() + seconds
        line = f"{self.bot} may not ask who is in {probe.channel.name} for {seconds:.0f} s (FLOOD_WAIT): {self._meanwhile}"
        self._tell(probe, Trouble(line=line, until=probe.rests_until))

    def _complain(self, probe: ChannelProbe, reason: str) -> None:
        self._tell(probe, Trouble.of(self.bot, probe.channel, reason, self._meanwhile))

    def _tell(self, probe: ChannelProbe, trouble: Trouble) -> None:
        probe.trouble = trouble
        if self._clock() >= probe.tell_after:
            probe.tell_after = self._clock() + TELL_EVERY
            log.warning("%s", trouble.line)

    @property
    def _meanwhile(self) -> str:
        everybody = self._channels.when_unverifiable == "open"
        return f"until then {'everybody counts as' if everybody else 'nobody counts as'} joined"
