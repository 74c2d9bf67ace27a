"""Twins of the ports of reports and blocks, as those of `tests/twins.py`."""

from __future__ import annotations

from typing import Any

from domain.model.ids import Address, ChatId, MessageId, UserId
from domain.model.separation import Apart, Block, Separation
from domain.trust.findings import Finding
from domain.trust.reports import Report
from tests.twins import Twin


class RestrictionsTwin(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[UserId, UserId], tuple[Separation, Block]] = {}

    async def separate(self, separation: Separation) -> None:
        await self.asked()
        key = separation.user, separation.other
        if key not in self.kept or separation.why is Apart.REPORT:
            self.kept[key] = separation, Block(number=1_000_000 + len(self.kept))
        self.tell()

    async def blocks_of(self, user: UserId, *, limit: int) -> list[Block]:
        await self.asked()
        mine = [block for (owner, _), (why, block) in self.kept.items() if owner == user and why.why is Apart.BLOCK]
        return sorted(mine, key=lambda block: -block.number)[:limit]

    async def blocked(self, user: UserId, block: Block) -> UserId | None:
        await self.asked()
        found = (other for (owner, other), (_, each) in self.kept.items() if owner == user and each == block)
        return next(found, None)

    async def lift_block(self, user: UserId, other: UserId) -> None:
        await self.asked()
        self.kept.pop((user, other), None)


class EarlierTwin(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[ChatId, dict[tuple[UserId, MessageId], tuple[str, ...]]] = {}

    async def keep(self, chat: ChatId, recipient: UserId, message: MessageId, text: str) -> None:
        await self.asked()
        forms = self.kept.setdefault(chat, {})
        forms[recipient, message] = (*forms.get((recipient, message), ()), text)
        self.tell()

    async def load(self, chat: ChatId) -> dict[tuple[UserId, MessageId], tuple[str, ...]]:
        await self.asked()
        return self.kept.get(chat, {})


class ModerationTwin(Twin):
    def __init__(self) -> None:
        super().__init__()
        self.reports: list[Report] = []
        self.findings: list[tuple[Address, Finding]] = []

    async def file(self, report: Report) -> int:
        await self.asked()
        same = [each for each in self.reports if (each.reporter, each.chat) == (report.reporter, report.chat)]
        if not same:
            self.reports.append(report)
        self.tell()
        return 100 + self.reports.index(same[0] if same else report)

    async def note(self, who: Address, finding: Finding) -> None:
        await self.asked()
        self.findings.append((who, finding))
        self.tell()

    async def changes(self) -> list[Any]:
        return []

    async def renew(self) -> int:
        return 0
