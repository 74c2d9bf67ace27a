"""One phone of the page, by what a person sees on it."""

from __future__ import annotations

import re

from playwright.async_api import FilePayload, Locator, Page


class Phone:
    def __init__(self, element: Locator, user: int) -> None:
        self.element = element
        self.user = user
        self.box = element.get_by_role("textbox")
        self.bubbles = element.locator(".bubble")

    async def writes(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def picks(self, *files: FilePayload) -> Locator:
        """Chooses files with the paperclip; the dialog that asks what they go as."""
        async with self.element.page.expect_file_chooser() as choosing:
            await self.button("Attach files").click()
        await (await choosing.value).set_files(list(files))
        return self.element.page.get_by_role("dialog")

    async def sends(self, *files: FilePayload, caption: str = "", spoiler: bool = False) -> None:
        dialog = await self.picks(*files)
        if spoiler:
            await dialog.get_by_label("Hide behind a spoiler").check()
        await dialog.get_by_role("textbox", name="Caption").fill(caption)
        await dialog.get_by_role("button", name="Send", exact=True).click()

    def bubble(self, text: str) -> Locator:
        return self.bubbles.filter(has_text=text)

    def button(self, name: str) -> Locator:
        return self.element.get_by_role("button", name=name, exact=True)

    def key(self, word: str) -> Locator:
        """A key of the reply keyboard, by a word of its label."""
        keyboard = self.element.get_by_role("group", name=re.compile("^Keyboard of"))
        return keyboard.get_by_role("button", name=word)


async def take(page: Page, name: str) -> Phone:
    element = page.get_by_role("region", name=f"{name}'s phone")
    return Phone(element, int(await element.get_attribute("data-user") or 0))


async def boxes(whole: Locator, *parts: str) -> list[dict[str, float]]:
    """Where the last of each is drawn, by its selector, all at one moment: a page moves while pictures come."""
    found: list[dict[str, float]] = await whole.evaluate(
        "(whole, parts) => parts.map((part) => [...whole.querySelectorAll(part)].at(-1).getBoundingClientRect().toJSON())",
        list(parts),
    )
    return found
