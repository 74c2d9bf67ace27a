"""What every page of the panel keeps: nothing that axe finds, nothing wider than the screen, no error on the console."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Route

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
THEMES = ("light", "dark")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 860}
AWAY = (
    "net::ERR_CONNECTION_REFUSED",
    "net::ERR_EMPTY_RESPONSE",
    "net::ERR_CONNECTION_RESET",
    "net::ERR_INCOMPLETE_CHUNKED_ENCODING",
)
"""What the console says while a test has stopped the panel."""
REFUSED = ("status of 409", "status of 422")
"""What it says of a form that the panel refuses, which the page shows."""


@asynccontextmanager
async def held_back(page: Page, script: str) -> AsyncIterator[None]:
    """The script of that name comes once the block is over, as on a slow line."""
    over = asyncio.Event()

    async def wait(route: Route) -> None:
        await over.wait()
        await route.continue_()

    await page.route(f"**/{script}*", wait)
    yield
    over.set()


@contextmanager
def watched(context: BrowserContext, *, expected: tuple[str, ...] = (*AWAY, *REFUSED)) -> Iterator[None]:
    """Fails at the end with the errors of all its consoles. Violations of the content security policy are among them.

    `expected`: parts of messages that are no failure.
    """
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in expected):
            errors.append(f"{message.text} ({message.location.get('url')})")

    context.on("console", note)
    yield
    assert not errors, "\n".join(errors)


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


async def findings(page: Page) -> list[str]:
    """What axe finds on the page as it is now: a rule and an element on each line."""
    await page.evaluate(_axe())
    found = await page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary')}" for rule in found["violations"] for node in rule["nodes"]
    ]


async def accessible(page: Page) -> None:
    """In both themes."""
    for theme in THEMES:
        await choose(page, theme)
        found = await findings(page)
        assert not found, f"{theme}: " + "\n".join(found)


async def choose(page: Page, theme: str) -> None:
    await page.evaluate(
        "theme => { localStorage.setItem('theme', theme); document.documentElement.dataset.theme = theme; }", theme
    )
    await page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")


async def fits(page: Page) -> None:
    """Nothing scrolls sideways, at the width of a phone too. The page is left at its old width."""
    before = page.viewport_size
    for size in (DESKTOP, PHONE):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{page.url} is {width} wide on {size['width']}"
    await page.set_viewport_size(before or DESKTOP)  # type: ignore[arg-type]
