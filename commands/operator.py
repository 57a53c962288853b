"""Asks the running RADIUS server on its operator's port, with real packets (radclient).

radclient is FreeRADIUS's own client: it makes PAP, CHAP and MS-CHAP requests, signs them, and
checks the answer's signature. The secret and the password reach it by file and standard input, so
that no list of processes shows them.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from commands.errors import CommandError
from commands.settings import Settings
from storage.secrets import Secret

TIMEOUT_SECONDS = 3.0
TRIES = 3
RECEIVED = re.compile(r"^Received (\S+) Id ")
ATTRIBUTE = re.compile(r"^\t([A-Za-z0-9:_-]+) = (.*)$")


class NoAnswer(CommandError):
    """The server did not answer, which is also what it does when it cannot read its facts."""

    code = "no_answer"

    def __init__(self, settings: Settings, words: str) -> None:
        super().__init__(
            f"RADIUS did not answer on 127.0.0.1:{settings.radius_operator_port}{words}: see "
            f"{settings.log}/radius.log, or set SKYLINK_RADIUS_OPERATOR_PORT as it was for up."
        )


class Method(StrEnum):
    """How the password travels."""

    PAP = "pap"
    CHAP = "chap"
    MSCHAP = "mschap"


PASSWORD_ATTRIBUTES = {
    Method.PAP: "User-Password",
    Method.CHAP: "CHAP-Password",
    Method.MSCHAP: "MS-CHAP-Password",
}


@dataclass(frozen=True, slots=True)
class Login:
    """One login to try: at the ISP of this slug, from a device of this MAC if one is given."""

    isp: str
    username: str
    password: Secret
    method: Method = Method.PAP
    mac: str | None = None


class Answer(NamedTuple):
    """What the server said: the packet's name, and its attributes as (name, text) in order."""

    code: str
    attributes: tuple[tuple[str, str], ...]


def ask_status(settings: Settings, *, seconds: float = TIMEOUT_SECONDS) -> dict[str, str]:
    """The node's state as it tells it itself: Status-Server, RFC 5997.

    Each of TRIES packets is given `seconds` to be answered. Raises NoAnswer.
    """
    answer = _ask(settings, "status", [("Message-Authenticator", "0x00")], seconds)
    words = [text for name, text in answer.attributes if name == "Reply-Message"]
    return dict(word.split("=", 1) for word in words if "=" in word)


def ask_access(settings: Settings, login: Login) -> Answer:
    """Try a login as a router would. Raises NoAnswer."""
    request = [
        ("User-Name", _quoted(login.username)),
        (PASSWORD_ATTRIBUTES[login.method], _quoted(login.password)),
        ("NAS-Identifier", _quoted(login.isp)),
        ("Service-Type", "Framed-User"),
        ("Framed-Protocol", "PPP"),
        ("NAS-Port-Type", "Ethernet"),
        ("Message-Authenticator", "0x00"),
    ]
    if login.mac is not None:
        request.append(("Calling-Station-Id", _quoted(login.mac)))
    return _ask(settings, "auth", request)


def _ask(
    settings: Settings,
    kind: str,
    request: list[tuple[str, str]],
    seconds: float = TIMEOUT_SECONDS,
) -> Answer:
    server = f"127.0.0.1:{settings.radius_operator_port}"
    patience = ["-t", str(seconds), "-r", str(TRIES)]
    done = subprocess.run(
        ["radclient", "-x", *patience, "-S", str(settings.operator_secret_file), server, kind],
        input=", ".join(f"{name} = {value}" for name, value in request) + "\n",
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    answer = parse_answer(done.stdout)
    if answer is None:
        said = [line for line in done.stderr.splitlines() if line.strip()][-1:]
        raise NoAnswer(settings, "".join(f" ({line.strip()})" for line in said))
    return answer


def parse_answer(printed: str) -> Answer | None:
    """The packet that radclient printed last; None where it received none."""
    code: str | None = None
    attributes: list[tuple[str, str]] = []
    for line in printed.split("\n"):
        if received := RECEIVED.match(line):
            code, attributes = received[1], []
        elif code is not None and (found := ATTRIBUTE.match(line)):
            attributes.append((found[1], _unquoted(found[2])))
    return None if code is None else Answer(code, tuple(attributes))


def _quoted(text: str) -> str:
    """As FreeRADIUS reads a double-quoted string: users(5)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def _unquoted(text: str) -> str:
    if len(text) < len('""') or text[0] != '"' or text[-1] != '"':
        return text
    return re.sub(r"\\(.)", r"\1", text[1:-1])
