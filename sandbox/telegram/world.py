"""All that a local Telegram knows: people, chats, messages, files. Plain values in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.changes import Changes
from sandbox.telegram.faults import Faults
from sandbox.telegram.floods import Floods
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.updates import Updates

Json = dict[str, Any]

DEFAULT_TOKEN = "4200000001:local-telegram-of-the-sandbox"  # noqa: S105  # no secret: it is printed
FIRST_PERSON = 1001
FIRST_GROUP = -4001
FIRST_SUPERGROUP = -1001000000001
ADMIN = {"creator", "administrator"}
INSIDE = {"creator", "administrator", "member", "restricted"}


@dataclass
class Person:
    """Somebody with an account. `started`: once wrote to the bot, so that it may write to them."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    phone: str = ""
    language_code: str = "en"
    started: bool = False
    blocked: bool = False

    def wire(self) -> Json:
        optional = {
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        said = {name: value for name, value in optional.items() if value}
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, **said}


@dataclass
class Message:
    """`content` is as the API shows it: text and entities, or photo and caption, and the like."""

    chat_id: int
    id: int
    sender_id: int
    date: int
    content: Json
    edit_date: int | None = None
    markup: Json | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    protected: bool = False
    via_bot: bool = False
    inline_id: str | None = None
    silent: bool = False
    album: str | None = None
    reactions: dict[str, str] = field(default_factory=dict)


@dataclass
class Topic:
    thread_id: int
    name: str
    icon_color: int = 7322096
    closed: bool = False

    def wire(self) -> Json:
        named = {"message_thread_id": self.thread_id, "name": self.name}
        return {**named, "icon_color": self.icon_color}


@dataclass
class Chat:
    """`members` holds a status each, the bot's among them; a private chat has its person's id."""

    id: int
    kind: str
    title: str = ""
    is_forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    last_id: int = 0
    migrated_to: int | None = None
    keyboard: Json | None = None
    taps: list[str] = field(default_factory=list)
    version: int = 0

    @property
    def is_private(self) -> bool:
        return self.kind == "private"


@dataclass
class File:
    id: str
    unique_id: str
    name: str
    mime: str
    data: bytes
    path: str


@dataclass
class Settings:
    """What @BotFather would be asked, and how strict the world is."""

    token: str = DEFAULT_TOKEN
    bot_name: str = "SkyLink"
    username: str = "skylink_sandbox_bot"
    inline: bool = True
    privacy: bool = True

    @property
    def bot_id(self) -> int:
        head = self.token.partition(":")[0]
        return int(head) if head.isascii() and head.isdigit() else 4200000001


@dataclass
class World:
    """One bot and its people. Nothing in it waits; whoever changes it tells `changes`."""

    settings: Settings = field(default_factory=Settings)
    clock: Callable[[], float] = time.time
    ahead_seconds: float = 0.0
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    menu_buttons: dict[str, Json] = field(default_factory=dict)
    callbacks: dict[str, Json] = field(default_factory=dict)
    inline_queries: dict[str, Json] = field(default_factory=dict)
    inline_cache: dict[str, Json] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    updates: Updates = field(default_factory=Updates)
    floods: Floods = field(default_factory=Floods)
    faults: Faults = field(default_factory=Faults)
    changes: Changes = field(default_factory=Changes)

    @property
    def bot_id(self) -> int:
        return self.settings.bot_id

    def now(self) -> float:
        """Seconds since 1970, moved on by however much a test asked."""
        return self.clock() + self.ahead_seconds

    def next(self, name: str, first: int = 1) -> int:
        """The next number of a kind: a run of the same acts gives the same ids."""
        self.counters[name] = self.counters.get(name, first - 1) + 1
        return self.counters[name]

    def bot(self) -> Json:
        names = {"first_name": self.settings.bot_name, "username": self.settings.username}
        return {"id": self.bot_id, "is_bot": True, **names}

    def user(self, user_id: int) -> Json:
        return self.bot() if user_id == self.bot_id else self.people[user_id].wire()

    def person(self, person_id: int) -> Person:
        if person_id not in self.people:
            raise bad_request("user not found")
        return self.people[person_id]

    def chat(self, chat_id: int) -> Chat:
        """The chat of this id, or that of the person of this id."""
        found = self.chats.get(chat_id)
        if found is None:
            if chat_id not in self.people:
                raise bad_request("chat not found")
            found = self.chats[chat_id] = Chat(chat_id, "private")
            found.members = {chat_id: "member", self.bot_id: "member"}
        return found

    def next_message_id(self, chat: Chat) -> int:
        """Private chats and groups share the account's counter; a supergroup has its own."""
        if chat.kind == "supergroup":
            chat.last_id += 1
            return chat.last_id
        return self.next("message")

    def file(self, file_id: str) -> File:
        if file_id not in self.files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return self.files[file_id]
