"""People for tests: they write, tap and look, over the socket of this or another process.

    async with LocalTelegram() as telegram, People(telegram.address) as people:
        rahim = await people.add("Rahim")
        await rahim.says("/start")
        await rahim.sees("Welcome")
        await rahim.taps("Pay")

Nothing sleeps: `sees` waits for a condition, and says what stands there when it gives up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from aiohttp import ClientSession

from sandbox.telegram.keyboards import buttons

Json = dict[str, Any]

PATIENCE_SECONDS = 10.0


class NotSeen(AssertionError):
    """What somebody waited for did not come; the message shows the chat as it stands."""


class Impossible(Exception):
    """The person cannot do that, as in an app it could not be done."""


@dataclass(frozen=True)
class Shown:
    """A message as somebody sees it. `text` is that, or the caption."""

    id: int
    mine: bool
    text: str
    buttons: tuple[str, ...]
    edited: bool
    raw: Json = field(repr=False, compare=False)

    def button(self, label: str) -> int:
        """The number of the button that is called so, or failing that holds the words."""
        for fits in (label.__eq__, lambda text: label in text):
            for number, text in enumerate(self.buttons):
                if fits(text):
                    return number
        raise Impossible(f"no button {label!r}; there are {list(self.buttons)}")


@dataclass(frozen=True)
class Screen:
    """A chat as it stands, the oldest message first; edits are where the message was."""

    messages: tuple[Shown, ...]
    keyboard: tuple[str, ...]
    commands: tuple[str, ...]
    answers: dict[str, Json | None]
    raw: Json = field(repr=False, compare=False)

    @property
    def last(self) -> Shown:
        """The latest message of somebody else."""
        others = [message for message in self.messages if not message.mine]
        if not others:
            raise Impossible("nobody has written here yet")
        return others[-1]

    @property
    def text(self) -> str:
        return self.last.text if any(not one.mine for one in self.messages) else ""

    def find(self, words: str) -> Shown | None:
        """The latest message of somebody else that holds `words`."""
        return next(
            (one for one in reversed(self.messages) if not one.mine and words in one.text), None
        )

    def __str__(self) -> str:
        lines = []
        for one in self.messages:
            lines.append(f"{'>' if one.mine else '<'} {one.text}")
            lines += [f"    [{text}]" for text in one.buttons]
        return "\n".join(lines) or "(an empty chat)"


@dataclass(frozen=True)
class Tap:
    """A button that was pressed. `link` is where it leads, `copied` what it gave."""

    person: Person
    callback_id: str
    button: Json

    @property
    def link(self) -> str:
        return str(self.button.get("url", ""))

    @property
    def copied(self) -> str:
        return str(self.button.get("copy_text", {}).get("text", ""))

    async def answer(self) -> str:
        """What popped up for the tap, once the bot answered it; empty for a silent answer."""
        screen = await self.person.until(
            lambda screen: screen.answers.get(self.callback_id) is not None, "an answer to the tap"
        )
        answer = screen.answers[self.callback_id] or {}
        return str(answer["text"])


@dataclass(frozen=True)
class Person:
    """One person in one chat: with the bot, unless `in_chat` says another."""

    people: People
    id: int
    chat_id: int
    thread_id: int | None = None

    def in_chat(self, chat_id: int, thread_id: int | None = None) -> Person:
        return replace(self, chat_id=chat_id, thread_id=thread_id)

    async def act(self, act: str, /, **asked: Any) -> Json:
        """Any act of sandbox/telegram/page_api.py by its name."""
        return await self.people.post(f"/people/{self.id}/chats/{self.chat_id}/{act}", asked)

    def _thread(self) -> Json:
        return {} if self.thread_id is None else {"thread_id": self.thread_id}

    async def says(self, text: str, reply_to: int | None = None) -> int:
        sent = await self.act("says", text=text, reply_to=reply_to, **self._thread())
        return int(sent["message_id"])

    async def starts(self, payload: str = "") -> int:
        """Follows a deep link to the bot, t.me/bot?start=PAYLOAD."""
        return await self.says(f"/start {payload}".strip())

    async def rewrites(self, message_id: int, text: str) -> None:
        await self.act("rewrites", message_id=message_id, text=text)

    async def taps(self, label: str, on: Shown | None = None) -> Tap:
        """Presses the button: of `on`, else of the latest message that has one called so.

        A button of the keyboard below the chat is pressed where no message has one.
        """
        screen = await self.screen()
        for message in [on] if on else reversed(screen.messages):
            if any(label in text for text in message.buttons):
                number = message.button(label)
                done = await self.act("taps", message_id=message.id, button=number)
                return Tap(self, str(done.get("callback_id", "")), done.get("button", {}))
        return await self._presses(label, screen)

    async def _presses(self, label: str, screen: Screen) -> Tap:
        for button in buttons(screen.raw["keyboard"]):
            if label not in button["text"]:
                continue
            if button.get("request_contact"):
                await self.sends_contact()
            elif button.get("request_location"):
                await self.sends_location(23.8103, 90.4125)
            else:
                await self.says(button["text"])
            return Tap(self, "", button)
        raise Impossible(f"no button {label!r} in:\n{screen}")

    async def forges(self, message_id: int, data: str) -> Tap:
        """Sends callback data that no button has, as a modified client could."""
        done = await self.act("forges", message_id=message_id, data=data)
        return Tap(self, done["callback_id"], {})

    async def sends_contact(self, phone: str = "", name: str = "") -> int:
        """The own card; with a phone and a name, somebody else's."""
        sent = await self.act("shares_contact", phone=phone, name=name, **self._thread())
        return int(sent["message_id"])

    async def sends_location(self, latitude: float, longitude: float) -> int:
        at = {"latitude": latitude, "longitude": longitude}
        return int((await self.act("shares_location", **at, **self._thread()))["message_id"])

    async def sends_file(self, name: str, data: bytes, caption: str = "") -> int:
        return await self._sends("document", name, data, caption)

    async def sends_photo(self, data: bytes, caption: str = "") -> int:
        return await self._sends("photo", "photo.jpg", data, caption)

    async def _sends(self, kind: str, name: str, data: bytes, caption: str) -> int:
        file_id = await self.people.hands_in(kind, name, data)
        asked = {"file_id": file_id, "kind": kind, "caption": caption}
        return int((await self.act("sends_file", **asked, **self._thread()))["message_id"])

    async def receives(self, message: Shown) -> bytes:
        """The file of a message."""
        for kind in ("document", "photo", "animation", "video", "audio"):
            if kind in message.raw:
                media = message.raw[kind]
                one = media[-1] if isinstance(media, list) else media
                return await self.people.fetches(one["file_id"])
        raise Impossible("the message has no file")

    async def types(self, query: str, offset: str = "") -> Offer:
        """Types after the bot's name; the offer is what it answers, empty if it does not."""
        asked = await self.act("types", query=query, offset=offset)
        path = f"/people/{self.id}/queries/{asked['query_id']}"
        answer = (await self.people.get(path))["answer"] or {}
        return Offer(self, asked["query_id"], answer.get("results", []), answer)

    async def forwards(self, message: Shown, to_chat: int) -> int:
        asked = {"from_chat_id": self.chat_id, "message_id": message.id}
        return int((await self.in_chat(to_chat).act("forwards", **asked))["message_id"])

    async def founds(
        self, title: str, *members: Person, forum: bool = False, supergroup: bool = False
    ) -> Person:
        """A new group; who founded it, in it. The bot is not in it: see `invites_bot`."""
        asked = {
            "title": title,
            "kind": "supergroup" if supergroup or forum else "group",
            "forum": forum,
            "members": [member.id for member in members],
        }
        made = await self.people.post(f"/people/{self.id}/founds", asked)
        return self.in_chat(made["chat_id"])

    async def invites_bot(self, *, as_admin: bool = False) -> None:
        bot_id = (await self.people.get("/people"))["bot"]["id"]
        await self.act("invites", user_id=bot_id)
        if as_admin:
            await self.act("appoints", user_id=bot_id)

    async def screen(self, after: int = -1, wait_seconds: float = 0) -> Screen:
        asked = {"after": str(after), "wait": str(wait_seconds)}
        if self.thread_id is not None:
            asked["thread"] = str(self.thread_id)
        raw = await self.people.get(f"/people/{self.id}/chats/{self.chat_id}", **asked)
        return as_screen(raw, self.id)

    async def until(
        self, fits: Callable[[Screen], object], what: str, seconds: float = PATIENCE_SECONDS
    ) -> Screen:
        """The chat, as soon as it fits; raises NotSeen with the chat as it stands otherwise."""
        clock = self.people.clock
        ends = clock() + seconds
        screen = await self.screen()
        while not fits(screen):
            left = ends - clock()
            if left <= 0:
                raise NotSeen(f"{what} did not come within {seconds} s; the chat:\n{screen}")
            screen = await self.screen(screen.raw["version"], left)
        return screen

    async def sees(self, words: str, *, seconds: float = PATIENCE_SECONDS) -> Shown:
        """The latest message of the bot (or of another) that holds `words`, once there is one."""
        screen = await self.until(lambda seen: seen.find(words), repr(words), seconds)
        shown = screen.find(words)
        assert shown, "it was there a moment ago"
        return shown

    async def sees_gone(self, words: str, *, seconds: float = PATIENCE_SECONDS) -> None:
        await self.until(lambda seen: not seen.find(words), f"the end of {words!r}", seconds)


@dataclass(frozen=True)
class Offer:
    """What inline mode offers to pick from."""

    person: Person
    query_id: str
    results: list[Json]
    raw: Json

    @property
    def titles(self) -> list[str]:
        return [str(result.get("title", "")) for result in self.results]

    async def picks(self, title: str) -> int:
        found = [one for one in self.results if title in str(one.get("title", ""))]
        if not found:
            raise Impossible(f"no result {title!r}; there are {self.titles}")
        asked = {"query_id": self.query_id, "result_id": found[0]["id"]}
        return int((await self.person.act("picks", **asked))["message_id"])


def as_screen(raw: Json, person_id: int) -> Screen:
    messages = tuple(as_shown(message, person_id) for message in raw["messages"])
    keyboard = tuple(button["text"] for button in buttons(raw["keyboard"]))
    commands = tuple(command["command"] for command in raw["commands"])
    return Screen(messages, keyboard, commands, raw["answers"], raw)


def as_shown(message: Json, person_id: int) -> Shown:
    labels = tuple(button["text"] for button in buttons(message.get("reply_markup")))
    text = str(message.get("text") or message.get("caption") or "")
    mine = message["from"]["id"] == person_id
    return Shown(message["message_id"], mine, text, labels, "edit_date" in message, message)


class People:
    """Everybody at one sandbox, over its socket."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def __aenter__(self) -> People:
        self._session = ClientSession(self._address)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._session.close()

    @staticmethod
    def clock() -> float:
        return time.monotonic()

    async def add(self, first_name: str, **more: Any) -> Person:
        """Somebody new; `more` as World.Person has it, and `person_id`."""
        made = await self.post("/people", {"first_name": first_name, **more})
        return Person(self, made["id"], made["id"])

    async def weather(self, **asked: Any) -> Json:
        """floods=True; fault={"kind": "lost", "method": "sendMessage"}; ahead_seconds=60."""
        return await self.post("/weather", asked)

    async def get(self, path: str, **asked: str) -> Json:
        async with self._session.get(path, params=asked) as answer:
            return self._checked(await answer.json())

    async def post(self, path: str, body: Json) -> Json:
        async with self._session.post(path, json=body) as answer:
            return self._checked(await answer.json())

    @staticmethod
    def _checked(body: Json) -> Json:
        if body.get("ok") is False:
            raise Impossible(body["description"])
        return body

    async def hands_in(self, kind: str, name: str, data: bytes) -> str:
        headers = {"Content-Type": "application/octet-stream"}
        asked = {"kind": kind, "name": name}
        async with self._session.post("/files", params=asked, data=data, headers=headers) as answer:
            return str(self._checked(await answer.json())["file_id"])

    async def fetches(self, file_id: str) -> bytes:
        async with self._session.get(f"/files/{file_id}") as answer:
            return await answer.read()
