"""What a worker does when the supervisor asks: read the configuration, drain and resume bots, free leases of a dead worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actors.messages import AllocatorMessage, Drain, Heartbeat, LeaseHolderMessage, Resume
from actors.runtime.handle import Handle
from control.bots import SECTION, whose
from control.child import Child
from control.worker.stores import Stores, release_leases
from domain.errors import Unavailable
from domain.model.bot import masked
from domain.model.ids import BotId
from domain.ports.bots import Whose


async def read_configuration(stores: Stores, request: Mapping[str, Any]) -> Mapping[str, int]:
    """Settings were saved, or bots were changed: reads them, and returns the versions that are in force here then, by section.

    `tell` in the request: sections and versions that this worker announces to other machines.
    """
    await stores.configuration.look()
    await stores.bots.look()
    for section, version in dict(request.get("tell", {})).items():
        stores.news.announce_configuration(str(section), int(version))
    return {**stores.configuration.live.versions, SECTION: stores.bots.version}


def register(
    child: Child, allocator: Handle[AllocatorMessage], lease_holders: Mapping[BotId, Handle[LeaseHolderMessage]], stores: Stores
) -> None:
    """From now on the worker answers the questions about its bots."""

    def bot_of(request: Mapping[str, Any]) -> BotId:
        bot = BotId(int(request["bot"]))
        if bot not in lease_holders:
            raise Unavailable(f"{child.name} does not know bot {bot}; `supervisor.py bots list` shows its bots")
        return bot

    async def drain(request: Mapping[str, Any]) -> None:
        await allocator.ask(Drain(bot=bot_of(request)), timeout=None)

    async def resume(request: Mapping[str, Any]) -> None:
        await allocator.ask(Resume(bot=bot_of(request)), timeout=None)

    async def release(request: Mapping[str, Any]) -> int:
        name, pid = str(request["worker"]), int(request.get("pid", 0))
        freed = await release_leases(stores.leases, stores.roster, stores.me, name, pid)
        allocator.tell(Heartbeat())
        return freed

    async def bots_of_settings(_request: Mapping[str, Any]) -> Mapping[str, str]:
        return {str(bot): masked(token) for bot, token in stores.bots.of_settings.items()}

    async def check_token(request: Mapping[str, Any]) -> Whose:
        return await whose(str(request["token"]), child.settings)

    child.answer("bots_of_settings", bots_of_settings)
    child.answer("check_token", check_token)
    child.answer("drain", drain)
    child.answer("resume", resume)
    child.answer("release_leases", release)
    child.answer("bury", release)  # the name that a supervisor of an older release uses during a rolling restart
