"""Checks which required channels a user has not joined, by asking Telegram as this bot.

Telegram answers reliably only if the bot is an admin of the channel. If it does not answer, the operator is told what to
correct, and `channels.when_unverifiable` decides: "open" counts everybody as a member, "closed" counts nobody.

What is remembered: a channel's id and title while the connection lasts, a membership for `channels.recheck_seconds`. A channel
that cannot be checked is not asked about for a while. That somebody is *not* a member is never remembered, so that the button
*I joined* works at once.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Task
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from pyrogram import raw
from pyrogram.errors import FloodWait, RPCError

from domain.configuration import Channels, LiveConfiguration
from domain.errors import Unavailable
from domain.model.channels import ChannelSight, MissingChannel, RequiredChannel, read_channel
from domain.model.ids import UserId
from transport.calls.methods import name_of
from transport.calls.peers import Peers
from transport.channels.probe import ChannelClosed, ChannelProbe, Problem, find_channel, is_member, postponed, query_for
from transport.channels.sight import sight_of
from transport.mtproto.link import Link

log = logging.getLogger(__name__)

CACHE_SIZE = 65_536
"""Memberships in memory; the oldest are forgotten first."""
LOG_INTERVAL = 3600.0
"""Seconds between two log lines about one channel."""
PAUSE = 30.0
"""Seconds for which Telegram is not asked again about a channel that could not be checked."""
LONG_PAUSE = 600.0
"""The same for a channel that does not exist: Telegram limits the look-up of usernames strictly."""
NOT_FOUND = frozenset({"USERNAME_NOT_OCCUPIED", "USERNAME_INVALID", "NOT_A_CHANNEL"})
MOVED = frozenset({"CHANNEL_INVALID", "CHANNEL_PRIVATE"})
NOT_A_MEMBER = frozenset({"USER_NOT_PARTICIPANT", "PARTICIPANT_ID_INVALID", "USER_ID_INVALID", "INPUT_USER_DEACTIVATED"})


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
        """Name of the bot in lines for the operator: @username once it is known."""
        self._link = link
        self._peers = peers
        self._live = live
        self._channels = live.current.channels
        """The configuration that `_probes` and `_seen` are made for."""
        self._call_timeout = call_timeout
        self._clock = clock or asyncio.get_running_loop().time
        self._probes = [ChannelProbe(read_channel(written)) for written in self._channels.required]
        self._seen: OrderedDict[tuple[RequiredChannel, UserId], float] = OrderedDict()
        self._checks: dict[tuple[Channels, UserId], Task[tuple[MissingChannel, ...]]] = {}

    @property
    def problems(self) -> tuple[str, ...]:
        self._apply_configuration()
        now = self._clock()
        return tuple(probe.problem.line for probe in self._probes if probe.problem is not None and now < probe.problem.until)

    async def missing(self, user: UserId) -> tuple[MissingChannel, ...]:
        """Simultaneous checks of one user share their queries. Raises `domain.errors.Unavailable`."""
        self._apply_configuration()
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

    async def see(self, channels: Sequence[str]) -> tuple[ChannelSight, ...]:
        """Channels as this bot sees them now, whether they are required or not. Nothing is remembered. Raises
        `domain.errors.Unavailable`.
        """
        return tuple(await asyncio.gather(*(sight_of(written, self.bot, self._call) for written in channels)))

    def _apply_configuration(self) -> None:
        """Apply a change of the configuration. Probes of channels that stay are kept; all memberships are forgotten."""
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
        """None if it cannot be known now."""
        if self._clock() < probe.paused_until:
            return None
        try:
            inside = await self._is_participant(probe, user)
        except FloodWait as error:
            self._postpone(probe, float(error.value))
            return None
        except RPCError as error:
            self._refused(probe, name_of(error), passing=error.CODE in {500, 503})
            return None
        except ChannelClosed as closed:
            self._refused(probe, closed.reason)
            return None
        if inside:
            self._remember(probe, user)
        return self._verdict(probe, inside=inside)

    def _verdict(self, probe: ChannelProbe, *, inside: bool | None) -> bool | None:
        """Telegram has answered. But nobody is asked to join a channel without a known address: then None for non-members."""
        if inside is None:
            return None
        if probe.address:
            probe.problem = None
            return inside
        self._complain(probe, "NO_ADDRESS")
        return True if inside else None

    async def _is_participant(self, probe: ChannelProbe, user: UserId) -> bool | None:
        """None if another check found the channel closed meanwhile. Raises RPCError, ChannelClosed or Unavailable."""
        async with probe.lookup:
            if probe.found is None and self._clock() >= probe.paused_until:
                probe.found = find_channel(probe.channel, await self._call(query_for(probe.channel)))
        if probe.found is None:
            return None
        member = await self._peers.find(user)
        try:
            found = await self._call(raw.functions.channels.GetParticipant(channel=probe.found.peer, participant=member))
        except RPCError as error:
            if name_of(error) in NOT_A_MEMBER:
                return False
            raise
        return is_member(found.participant)

    async def _call(self, query: Any) -> Any:
        """Two tries if the answer is lost. Raises RPCError or Unavailable."""
        for _ in range(2):
            try:
                async with asyncio.timeout(self._call_timeout):
                    await self._link.up.wait()
                return await self._link.call(query)
            except OSError as error:
                log.debug("%s was not answered: %s", type(query).__name__, error)
        raise Unavailable("Telegram does not answer who is in the required channels")

    # Memberships in memory

    def _was_seen(self, probe: ChannelProbe, user: UserId) -> bool:
        return self._clock() < self._seen.get((probe.channel, user), 0.0)

    def _remember(self, probe: ChannelProbe, user: UserId) -> None:
        key = (probe.channel, user)
        self._seen[key] = self._clock() + self._channels.recheck_seconds
        self._seen.move_to_end(key)
        if len(self._seen) > CACHE_SIZE:
            self._seen.popitem(last=False)

    # Problems for the operator

    def _refused(self, probe: ChannelProbe, reason: str, *, passing: bool = False) -> None:
        if reason in MOVED:
            probe.found = None
        if passing:
            log.warning("%s could not see who is in %s: %s", self.bot, probe.channel.name, reason)
            return
        probe.paused_until = self._clock() + (LONG_PAUSE if reason in NOT_FOUND else PAUSE)
        self._complain(probe, reason)

    def _postpone(self, probe: ChannelProbe, seconds: float) -> None:
        probe.paused_until = self._clock() + seconds
        line = f"{postponed(self.bot, probe.channel, seconds)}: {self._consequence}"
        self._report(probe, Problem(line=line, until=probe.paused_until))

    def _complain(self, probe: ChannelProbe, reason: str) -> None:
        self._report(probe, Problem.of(self.bot, probe.channel, reason, self._consequence))

    def _report(self, probe: ChannelProbe, problem: Problem) -> None:
        probe.problem = problem
        if self._clock() >= probe.log_after:
            probe.log_after = self._clock() + LOG_INTERVAL
            log.warning("%s", problem.line)

    @property
    def _consequence(self) -> str:
        everybody = self._channels.when_unverifiable == "open"
        return f"until then {'everybody counts as' if everybody else 'nobody counts as'} joined"
