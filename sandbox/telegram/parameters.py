"""A call of the bot: its method and parameters, whichever of four ways they were sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.telegram import limits
from sandbox.telegram.refusals import Refusal, bad_request

Json = dict[str, Any]

TRUE = {"true", "1", "yes", "True"}
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Upload:
    name: str
    mime: str
    data: bytes


@dataclass
class Call:
    """Values are texts (a form) or JSON values (a JSON body); the readers take either."""

    method: str
    values: Json = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return (
            self.values.get(name) not in {None, ""} if self.is_plain(name) else name in self.values
        )

    def is_plain(self, name: str) -> bool:
        return isinstance(self.values.get(name), str | int | float | None)

    def text(self, name: str) -> str:
        """The text, or an empty one."""
        value = self.values.get(name)
        return value if isinstance(value, str) else "" if value is None else str(value)

    def number(self, name: str, default: int | None = None) -> int | None:
        if not self.has(name):
            return default
        try:
            return int(self.text(name))
        except ValueError:
            raise bad_request(f"invalid {name} specified") from None

    def required(self, name: str) -> int:
        found = self.number(name)
        if found is None:
            what = {"message_id": "message identifier", "user_id": "user_id"}.get(name, name)
            raise bad_request(
                f"{what} is not specified" if name == "message_id" else f"invalid {what} specified"
            )
        return found

    def flag(self, name: str) -> bool:
        return self.text(name) in TRUE

    def json(self, name: str) -> Any:
        """The value of a parameter that is an object or a list; None where it is missing."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def objects(self, name: str) -> list[Json]:
        found = self.json(name)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise bad_request(f"can't parse {name} JSON object")
        return found

    def numbers(self, name: str) -> list[int]:
        found = self.json(name)
        if not isinstance(found, list) or not all(isinstance(one, int) for one in found):
            raise bad_request(f"can't parse {name} JSON object")
        return found


async def read_call(request: web.Request, method: str) -> Call:
    """Reads query and body: urlencoded, multipart with files, JSON, or none at all."""
    call = Call(method.lower(), dict(request.query))
    if request.content_type == "multipart/form-data":
        await read_multipart(request, call)
    elif request.content_type == "application/json":
        try:
            sent = await request.json()
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        call.values.update(sent if isinstance(sent, dict) else {})
    elif request.content_type == "application/x-www-form-urlencoded":
        call.values.update({name: str(value) for name, value in (await request.post()).items()})
    return call


async def read_multipart(request: web.Request, call: Call) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.filename is None:
            call.values[part.name] = await part.text()
            continue
        data = bytearray()
        while chunk := await part.read_chunk(CHUNK_BYTES):
            data += chunk
            if len(data) > limits.UPLOAD_BYTES_MAX:
                raise Refusal(413, "Request Entity Too Large")
        mime = part.headers.get("Content-Type", "application/octet-stream")
        call.uploads[part.name] = Upload(part.filename, mime, bytes(data))
