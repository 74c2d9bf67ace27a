"""The page on which one logs in. `/api/request-login` and `/api/login` do the work."""

from __future__ import annotations

from dataclasses import dataclass

from quart import render_template

from domain.errors import Unavailable
from domain.ports.panel import Admins
from web.pages.page import page


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPages:
    admins: Admins

    @page("/admin/login", act="login.request")
    async def login_page(self) -> str:
        return await render_template("login.html", nobody=await self._nobody())

    async def _nobody(self) -> bool:
        """Whether nobody may log in yet. While the database does not answer, nobody knows."""
        try:
            return not await self.admins.listed()
        except Unavailable:
            return False
