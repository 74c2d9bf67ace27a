"""API tokens: how programs use the panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.model.ids import UserId
from domain.panel.roles import Role
from domain.panel.tokens import LONGEST_DAYS, NAME
from domain.ports.panel import ApiToken, ApiTokens
from web.access.step_up import StepUp
from web.access.viewer import Signs, Viewer
from web.api.errors import Refused
from web.api.operation import operation
from web.operations.admins import moment, operator_of

TokenName = Annotated[str, Meta(pattern=f"^{NAME.pattern}$", max_length=40)]


class NewToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: TokenName
    """What it is for."""
    role: Role
    days: Annotated[int, Meta(ge=1, le=LONGEST_DAYS)] = 90


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    role: Role
    by: str
    since: datetime | None
    until: datetime | None
    used: datetime | None
    """When it was last used."""


class TokensAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[TokenAnswer]


class MadeToken(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    token: str
    """Shown this once: `Authorization: Bearer …`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenList:
    tokens: ApiTokens
    signs: Signs
    step_up: StepUp

    @operation("GET", "/api/tokens", act="tokens.read")
    async def list_tokens(self) -> TokensAnswer:
        """Those that are good now, the oldest first. Never the tokens themselves."""
        return TokensAnswer(items=[_shown(token) for token in await self.tokens.listed()])

    @operation("POST", "/api/tokens", act="tokens.write", status=201, errors=("answer", "conflict"))
    async def make_token(self, viewer: Viewer, body: NewToken) -> MadeToken:
        """Make a token. It may do what its role may, as long as its maker may."""
        if body.name in {token.name for token in await self.tokens.listed()}:
            raise _taken()
        words = f"Make the API token {body.name} for a {body.role}, good for {body.days} days."
        await self.step_up.require(viewer, "tokens.write", words, body)
        user = UserId(viewer.user)
        secret = await self.tokens.create(body.name, body.role, body.days, operator_of(viewer), user=user)
        if secret is None:
            raise _taken()
        return MadeToken(name=body.name, token=secret)

    @operation("DELETE", "/api/tokens/{name}", act="tokens.write")
    async def revoke_token(self, viewer: Viewer, name: TokenName) -> TokensAnswer:
        """End a token, within seconds. That needs no answer: it takes nothing from anybody who may have it."""
        if not await self.tokens.revoke(name, operator_of(viewer)):
            raise Refused("not_found", "There is no such token.", field="name")
        self.signs.forget()
        return await self.list_tokens()


def _shown(token: ApiToken) -> TokenAnswer:
    return TokenAnswer(
        name=token.name,
        role=token.role,
        by=token.by,
        since=moment(token.since),
        until=moment(token.until),
        used=moment(token.used),
    )


def _taken() -> Refused:
    return Refused("conflict", "There is a token of that name. Choose another, or revoke it first.", field="name")
