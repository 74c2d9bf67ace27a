"""All people, bots, channels and conversations of the sandbox: in memory, and stored by `store.py`."""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Iterable
from typing import Any

import orjson

from transport.sandbox.world.model import Bot, Channel, Chat, Refused, User
from transport.sandbox.world.store import Store

FIRST_BOT = 7_000_000_001
FIRST_USER = 8_100_000_001
FIRST_CHANNEL = 2_300_000_001
"""Ids of people and bots need more than 32 bits, so that programs with too small ids fail. Channels are in the real range."""
LEFT = 0
"""Stored as the time of joining when a member has left."""
TOKEN_ALPHABET = string.ascii_letters + string.digits + "_-"


class World:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.bots: dict[int, Bot] = {}
        self.revoked: set[str] = set()
        """Tokens that were revoked since the sandbox began."""
        self.users: dict[int, User] = {}
        self.channels: dict[int, Channel] = {}
        self._chats: dict[tuple[int, int], Chat] = {}
        self._usernames: dict[str, Bot | User | Channel] = {}
        self._tokens: dict[str, Bot] = {}
        self._load()
        if not self.bots:
            self._populate()

    # Bots

    def add_bot(self, username: str, name: str, *, house: bool = False) -> Bot:
        self._claim(username)
        number = _after(self.bots, FIRST_BOT)
        bot = Bot(id=number, token=_token(number), username=username, name=name, house=house)
        self._remember_bot(bot)
        self.save_bot(bot)
        return bot

    def revoke_token(self, bot: Bot) -> str:
        """Give the bot a new token. The old one is refused from now on."""
        del self._tokens[bot.token]
        self.revoked.add(bot.token)
        bot.token = _token(bot.id)
        self._tokens[bot.token] = bot
        self.save_bot(bot)
        return bot.token

    def bot_by_token(self, token: str) -> Bot | None:
        return self._tokens.get(token)

    def save_bot(self, bot: Bot) -> None:
        """Written to SQLite at once, because `prepare` reads the tokens from there while a sandbox runs."""
        self._store.put("bots", (bot.id, bot.token, bot.username, bot.name, bot.house, orjson.dumps(bot.settings)))
        self._store.settle()

    # People

    def add_user(self, name: str, *, language: str = "en", username: str = "", photo: bool = True, mark: str = "") -> User:
        """An ordinary person, unless something is left out."""
        if username:
            self._claim(username)
        user = User(id=_after(self.users, FIRST_USER), name=name, language=language, username=username, photo=photo, mark=mark)
        self._remember_user(user)
        self._save_user(user)
        if not photo:
            self._store.put("photoless", (user.id,))
        if mark:
            self._store.put("marks", (user.id, mark))
        return user

    def delete_user(self, user: User) -> None:
        """Mark the account as deleted. Its id is never used again."""
        user.deleted = True
        self._save_user(user)

    def chat(self, user: int, bot: int) -> Chat:
        """The conversation of a user and a bot. One that nobody has started is not stored."""
        chat = self._chats.get((user, bot))
        return chat if chat is not None else Chat(user=user, bot=bot)

    def chats_of(self, user: int) -> list[Chat]:
        return [chat for bot in self.bots if (chat := self._chats.get((user, bot))) is not None]

    def save_chat(self, chat: Chat) -> None:
        self._chats[chat.user, chat.bot] = chat
        keyboard = orjson.dumps(chat.keyboard) if chat.keyboard else None
        self._store.put("chats", (chat.user, chat.bot, chat.started, chat.blocked, keyboard))

    # Channels

    def add_channel(self, username: str, title: str, admins: Iterable[int]) -> Channel:
        if username:
            self._claim(username)
        number = _after(self.channels, FIRST_CHANNEL)
        channel = Channel(id=number, username=username, title=title, admins=list(admins), created=int(time.time()))
        self._remember_channel(channel)
        self._store.put("channels", (number, username, title, orjson.dumps(channel.admins), channel.created))
        return channel

    def join(self, channel: Channel, user: int) -> None:
        joined = channel.members.setdefault(user, int(time.time()))
        self._store.put("members", (channel.id, user, joined))

    def leave(self, channel: Channel, user: int) -> None:
        if channel.members.pop(user, None) is not None:
            self._store.put("members", (channel.id, user, LEFT))

    def by_username(self, username: str) -> Bot | User | Channel | None:
        return self._usernames.get(username.removeprefix("@").lower())

    # Loading and creating

    def _load(self) -> None:
        query = self._store.query
        for number, token, username, name, house, settings in query("SELECT * FROM bots ORDER BY id"):
            bot = Bot(id=number, token=token, username=username, name=name, house=bool(house), settings=orjson.loads(settings))
            bot.last_id = self._highest("SELECT max(id) FROM messages WHERE bot = ?", number)
            bot.pts = self._highest("SELECT max(pts) FROM updates WHERE bot = ?", number) or 1
            tables = ("stops", "subscription_changes")
            bot.qts = max(self._highest(f"SELECT max(qts) FROM {table} WHERE bot = ?", number) for table in tables)  # noqa: S608
            self._remember_bot(bot)
        photoless = {number for (number,) in query("SELECT user FROM photoless")}
        marks = dict(query("SELECT user, mark FROM marks"))
        for number, name, language, username, deleted in query("SELECT * FROM users ORDER BY id"):
            photo = number not in photoless
            shape = {"photo": photo, "mark": marks.get(number, ""), "deleted": bool(deleted)}
            user = User(id=number, name=name, language=language, username=username, **shape)
            self._remember_user(user)
        for user, number, started, blocked, keyboard in query("SELECT * FROM chats"):
            shown = orjson.loads(keyboard) if keyboard else None
            self._chats[user, number] = Chat(user=user, bot=number, started=bool(started), blocked=bool(blocked), keyboard=shown)
        self._load_channels()

    def _load_channels(self) -> None:
        for number, username, title, admins, created in self._store.query("SELECT * FROM channels ORDER BY id"):
            channel = Channel(id=number, username=username, title=title, admins=orjson.loads(admins), created=created)
            channel.last_id = self._highest("SELECT max(id) FROM messages WHERE bot = ?", number)
            channel.pts = self._highest("SELECT max(pts) FROM updates WHERE bot = ?", number) or 1
            self._remember_channel(channel)
        for number, user, joined in self._store.query("SELECT * FROM members WHERE joined != ?", LEFT):
            self.channels[number].members[user] = joined

    def _populate(self) -> None:
        first = self.add_bot("sandbox_one_bot", "Sandbox One", house=True)
        self.add_bot("sandbox_two_bot", "Sandbox Two", house=True)
        self.add_channel("sandbox_news", "Sandbox News", [first.id])

    def _highest(self, sql: str, *parameters: Any) -> int:
        return self._store.query(sql, *parameters)[0][0] or 0

    def _claim(self, username: str) -> None:
        if username.lower() in self._usernames:
            raise Refused("username", f"@{username} is taken", status=409)

    def _remember_bot(self, bot: Bot) -> None:
        self.bots[bot.id] = self._usernames[bot.username.lower()] = self._tokens[bot.token] = bot

    def _remember_user(self, user: User) -> None:
        self.users[user.id] = user
        if user.username:
            self._usernames[user.username.lower()] = user

    def _remember_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        if channel.username:
            self._usernames[channel.username.lower()] = channel

    def _save_user(self, user: User) -> None:
        self._store.put("users", (user.id, user.name, user.language, user.username, user.deleted))


def _after(known: dict[int, Any], first: int) -> int:
    """The next number. `known` has its keys in rising order."""
    return next(reversed(known), first - 1) + 1


def _token(bot: int) -> str:
    return f"{bot}:" + "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(35))
