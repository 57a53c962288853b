"""A real FreeRADIUS with our configuration and hooks, and real clients that ask it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from commands.certificates import ensure_certificates
from tests.radius import packets

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 20.0
READY = "Ready to process requests"
OPERATOR_SECRET = "operator-of-the-test"
CODES = {packets.ACCESS_ACCEPT: "Access-Accept", packets.ACCESS_REJECT: "Access-Reject"}
ATTRIBUTE = re.compile(r"^\t([A-Za-z0-9:_-]+) = (.*)$", re.MULTILINE)


def free_ports(number: int) -> list[int]:
    """UDP ports of loopback that nobody has at the moment."""
    taken = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(number)]
    for each in taken:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


def until(
    true: Callable[[], object], what: Callable[[], object], seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait for `true`; fails with what `what` says when it does not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what()}"
        time.sleep(0.02)


Asked = TypeVar("Asked")
Subject = TypeVar("Subject")


def together(*questions: Callable[[], Asked]) -> list[Asked]:
    """The answers to all, asked at the same time: each refusal takes the server a second."""
    with ThreadPoolExecutor(len(questions)) as askers:
        return list(askers.map(lambda ask: ask(), questions))


def of_each(subjects: Iterable[Subject], ask: Callable[[Subject], Asked]) -> dict[Subject, Asked]:
    """The answer for each subject, asked at the same time."""
    known = list(subjects)
    return dict(zip(known, together(*(partial(ask, subject) for subject in known)), strict=True))


@dataclass(frozen=True)
class Answer:
    """What came back: "Access-Accept", ..., or "none"; attributes as radclient prints them."""

    code: str
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def __getitem__(self, attribute: str) -> str:
        """The only value of `attribute`, without quotes."""
        (value,) = self.attributes[attribute]
        return value.strip('"')

    def __contains__(self, attribute: str) -> bool:
        return attribute in self.attributes


class Radius:
    """One FreeRADIUS process with a home of its own."""

    def __init__(self, home: Path, dsn: str, keys: str, config: Path = ROOT / "raddb") -> None:
        self.home, self.dsn, self.config = home, dsn, config
        self.auth_port, self.acct_port, self.operator_port = free_ports(3)
        for folder in ("run", "log", "radius", "journal"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        ensure_certificates(home / "radius" / "certs", home / "secrets", datetime.now(UTC))
        self.keys_file = home / "secrets" / "keys"
        self.keys_file.write_text(keys, encoding="ascii")
        self.log_file = home / "log" / "radius.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        return f"FreeRADIUS on {self.auth_port}, which said:\n{self.log()[-3000:]}"

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SKYLINK_ROOT": str(ROOT),
            "SKYLINK_HOME": str(self.home),
            "SKYLINK_NODE": self.home.name,
            "SKYLINK_RADIUS_ADDRESS": "*",
            "SKYLINK_RADIUS_AUTH_PORT": str(self.auth_port),
            "SKYLINK_RADIUS_ACCT_PORT": str(self.acct_port),
            "SKYLINK_RADIUS_OPERATOR_PORT": str(self.operator_port),
            "SKYLINK_OPERATOR_SECRET": OPERATOR_SECRET,
            "SKYLINK_RADIUS_DSN": self.dsn,
        }

    def start(
        self, *, facts: str | None = "database", file_bytes_max: int = 0, **environment: str
    ) -> None:
        """Start; wait until it serves and, unless `facts` is None, has them from there.

        With `file_bytes_max` no file it writes gets longer, as on a full disk.
        """
        command = self._command("-l", "stdout")
        if file_bytes_max:
            limit = f'trap "" XFSZ; ulimit -f {file_bytes_max // 512}; exec "$@"'
            command = ["sh", "-c", limit, "sh", *command]
        started = self.log().count(READY)
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=self.environment() | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        until(lambda: self.log().count(READY) > started or self.ended(), lambda: self)
        assert not self.ended(), self.log()[-3000:]
        if facts is not None:
            until(
                lambda: self.status().get("facts_from") == facts,
                lambda: (facts, self.status(), self),
            )

    def _command(self, *more: str) -> list[str]:
        return ["freeradius", "-f", "-d", str(self.config), "-n", "radiusd", *more]

    def check(self) -> int:
        """Only read the configuration (freeradius -C); returns its exit code."""
        with self.log_file.open("ab") as log:
            return subprocess.call(
                self._command("-C", "-l", "stdout"), env=self.environment(), stdout=log, stderr=log
            )

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> int:
        """Ask it to end; returns its exit code."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(PATIENCE_SECONDS)
        self.process = None
        return code

    def kill(self) -> None:
        """No farewell."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def log(self) -> str:
        if not self.log_file.exists():
            return ""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def lines(self, needle: str) -> list[str]:
        """Lines of the log that hold `needle`."""
        return [line for line in self.log().splitlines() if needle in line]

    def status(self) -> dict[str, str]:
        """What Status-Server says; empty where there was no answer."""
        said = self._at_operators_door(packets.status_server(OPERATOR_SECRET))
        return dict(line.split("=", 1) for line in packets.texts(said, packets.REPLY_MESSAGE))

    def _at_operators_door(self, packet: bytes) -> bytes:
        return packets.exchanged(packet, source="127.0.0.1", port=self.operator_port)

    def caught_up(self) -> None:
        """Wait until the facts are from after this call."""
        began = time.monotonic()

        def current() -> bool:
            waited = time.monotonic() - began
            age = self.status().get("facts_age_seconds", "none")
            return age != "none" and float(age) + 0.1 < waited

        until(current, lambda: self)

    def decision(
        self, isp_slug: str, username: str, password: str, *, mac: str = "AA:BB:CC:00:00:01"
    ) -> tuple[str, str]:
        """The code, and "verdict=... reason=..." as the operator's own door tells it."""
        request = packets.access_request(
            OPERATOR_SECRET,
            password.encode(),
            (packets.USER_NAME, username.encode()),
            (packets.NAS_IDENTIFIER, isp_slug.encode()),
            (packets.CALLING_STATION_ID, mac.encode()),
        )
        answer = self._at_operators_door(request)
        code = CODES[answer[0]] if answer else "none"
        return code, " ".join(packets.texts(answer, packets.REPLY_MESSAGE))

    def ask(
        self, kind: str, request: str, port: int | str, *, secret: str, wait_seconds: float = 3
    ) -> Answer:
        """Send one packet with radclient, without a second try, to `port` or "host:port"."""
        server = port if isinstance(port, str) else f"127.0.0.1:{port}"
        done = subprocess.run(
            [
                "radclient",
                "-x",
                "-r",
                "1",
                "-t",
                str(wait_seconds),
                server,
                kind,
                secret,
            ],
            input=request.encode() + b"\n",
            capture_output=True,
            check=False,
        )
        printed = done.stdout.decode(errors="replace")
        received = re.search(r"^Received (\S+) Id ", printed, re.MULTILINE)
        if received is None:
            return Answer("none", {"why": [done.stderr.decode(errors="replace")]})
        attributes: dict[str, list[str]] = {}
        for name, value in ATTRIBUTE.findall(printed[received.end() :]):
            attributes.setdefault(name, []).append(value)
        return Answer(received[1], attributes)


def quoted(text: str) -> str:
    """A string as FreeRADIUS reads it between double quotes."""
    return json.dumps(text, ensure_ascii=False).replace("\\u00", "\\x")


@dataclass(frozen=True)
class Router:
    """A NAS of one ISP, at a loopback address of its own."""

    radius: Radius
    address: str
    secret: str

    def login(
        self,
        username: str,
        password: str,
        *,
        mac: str = "AA:BB:CC:00:00:01",
        method: str = "User-Password",
        signed: bool = True,
        wait_seconds: float = 3,
        extra: str = "",
    ) -> Answer:
        """A PPPoE login as RouterOS sends it."""
        request = [
            f"Packet-Src-IP-Address = {self.address}",
            f"User-Name = {quoted(username)}",
            f"{method} = {quoted(password)}",
            "Service-Type = Framed-User",
            "Framed-Protocol = PPP",
            f"NAS-IP-Address = {self.address}",
            'NAS-Identifier = "tower-1"',
            "NAS-Port-Type = Ethernet",
            f"Calling-Station-Id = {quoted(mac)}",
        ]
        if signed:
            request.append("Message-Authenticator = 0x00")
        if extra:
            request.append(extra)
        return self.send("auth", ", ".join(request), wait_seconds=wait_seconds)

    def raw(
        self,
        username: bytes | None,
        password: bytes | None,
        *attributes: packets.Attribute,
        signed: bool = True,
        chap: bool = False,
        wait_seconds: float = 3,
    ) -> str:
        """A login byte by byte, for what radclient would not send; the code of the answer."""
        name = [] if username is None else [(packets.USER_NAME, username)]
        request = packets.access_request(
            self.secret, password, *name, *attributes, signed=signed, chap=chap
        )
        return self.datagram(request, wait_seconds=wait_seconds)

    def datagram(self, packet: bytes, *, wait_seconds: float = 3) -> str:
        """Send what is given to the port of logins."""
        port = self.radius.auth_port
        code = packets.sent(packet, source=self.address, port=port, wait_seconds=wait_seconds)
        return "none" if code is None else CODES[code]

    def account(
        self, status: str, username: str, session: str, mac: str, extra: str = ""
    ) -> Answer:
        """One accounting record."""
        request = (
            f"Packet-Src-IP-Address = {self.address}, Acct-Status-Type = {status},"
            f" User-Name = {quoted(username)}, Acct-Session-Id = {quoted(session)},"
            f" Calling-Station-Id = {quoted(mac)}{', ' + extra if extra else ''}"
        )
        return self.send("acct", request)

    def send(self, kind: str, request: str, *, wait_seconds: float = 3) -> Answer:
        port = self.radius.acct_port if kind == "acct" else self.radius.auth_port
        return self.radius.ask(kind, request, port, secret=self.secret, wait_seconds=wait_seconds)
