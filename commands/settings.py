"""What the environment may say: one frozen object, read once, all that is wrong told at once.

docs/environment.md lists the variables for people; a test holds the two together.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

from storage.secrets import Secret

LANGUAGES = ("en", "bn")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,}")
LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost):[0-9]{1,5}")
HTTPS = re.compile(r"https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
NODE = re.compile(r"[!-~]{1,253}")
PORTS = {
    "SKYLINK_RADIUS_AUTH_PORT": 1812,
    "SKYLINK_RADIUS_ACCT_PORT": 1813,
    "SKYLINK_RADIUS_OPERATOR_PORT": 18120,
    "SKYLINK_WEB_PORT": 8080,
    "SKYLINK_POSTGRES_PORT": 54329,
    "SKYLINK_TELEGRAM_PORT": 8081,
    "SKYLINK_TELEGRAM_WEBHOOK_PORT": 8089,
}
MINIMUM_FREE_MB = 512
JOURNAL_RESERVE_MB = 64
BACKUPS_KEPT = 14


class BadSettings(Exception):
    """Some variables cannot be used; `problems` holds one sentence for each, with what to do."""

    code = "bad_settings"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """One copy of SkyLink on this machine: where it lives and which ports are its own."""

    root: Path  # the checkout
    home: Path  # all that is kept; absolute
    radius_address: str  # "*" or one IP address
    radius_auth_port: int
    radius_acct_port: int
    radius_operator_port: int  # on loopback only: `status` and `radtest`
    web_address: str  # "*" or one IP address
    web_port: int
    web_proxies: frozenset[str]  # addresses that are believed about where requests come from
    private_webhooks: bool  # whether what we tell may go to this machine or a private network
    postgres_port: int  # names the private PostgreSQL's socket; no TCP
    database_url: Secret | None  # instead of the private PostgreSQL
    isp: str  # slug of the ISP that commands mean unless told
    language: str  # one of LANGUAGES
    node: str  # what this RADIUS node calls itself
    journal_reserve_mb: int  # with less, accounting is not acknowledged
    minimum_free_mb: int  # `up` refuses to start with less disk than this
    time_zone: ZoneInfo  # of jobs that are of no ISP
    backups_kept: int
    telegram_token: Secret | None  # of the bot; none: it is in the local Telegram
    telegram_api: str  # an address instead of Telegram's own: a local one; or empty
    telegram_port: int  # on loopback: the local Telegram of `up`
    telegram_webhook: str  # the URL where Telegram brings updates; empty: it is asked for them
    telegram_webhook_port: int  # where we take them, on loopback

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read `environ`; an empty variable counts as unset. Raises BadSettings."""
        root = Path(__file__).resolve().parent.parent
        reader = _Reader(environ)
        ports = {name: reader.port(name, default) for name, default in PORTS.items()}
        reader.check_radius_ports_differ(ports)
        settings = cls(
            root=root,
            home=reader.folder("SKYLINK_HOME", root / "var"),
            radius_address=reader.address("SKYLINK_RADIUS_ADDRESS", "*"),
            radius_auth_port=ports["SKYLINK_RADIUS_AUTH_PORT"],
            radius_acct_port=ports["SKYLINK_RADIUS_ACCT_PORT"],
            radius_operator_port=ports["SKYLINK_RADIUS_OPERATOR_PORT"],
            web_address=reader.address("SKYLINK_WEB_ADDRESS", "*"),
            web_port=ports["SKYLINK_WEB_PORT"],
            web_proxies=reader.addresses("SKYLINK_WEB_PROXIES", "127.0.0.1,::1"),
            private_webhooks=reader.one_of("SKYLINK_PRIVATE_WEBHOOKS", "no", ("no", "yes"))
            == "yes",
            postgres_port=ports["SKYLINK_POSTGRES_PORT"],
            database_url=reader.database_url("DATABASE_URL"),
            isp=reader.matching("SKYLINK_ISP", "demo", SLUG, "an ISP's slug, such as demo"),
            language=reader.one_of("SKYLINK_LANGUAGE", "en", LANGUAGES),
            node=reader.matching("SKYLINK_NODE", socket.gethostname(), NODE, "a name, no spaces"),
            journal_reserve_mb=reader.number("SKYLINK_JOURNAL_RESERVE_MB", JOURNAL_RESERVE_MB),
            minimum_free_mb=reader.number("SKYLINK_MINIMUM_FREE_MB", MINIMUM_FREE_MB),
            time_zone=reader.zone("SKYLINK_TIME_ZONE", "Asia/Dhaka"),
            backups_kept=reader.number("SKYLINK_BACKUPS_KEPT", BACKUPS_KEPT, lowest=1),
            telegram_token=reader.token("TELEGRAM_BOT_TOKEN"),
            telegram_api=reader.loopback("SKYLINK_TELEGRAM_API"),
            telegram_port=ports["SKYLINK_TELEGRAM_PORT"],
            telegram_webhook=reader.https("SKYLINK_TELEGRAM_WEBHOOK"),
            telegram_webhook_port=ports["SKYLINK_TELEGRAM_WEBHOOK_PORT"],
        )
        if reader.problems:
            raise BadSettings(tuple(reader.problems))
        return settings

    @property
    def telegram_is_local(self) -> bool:
        """Whether `up` brings a Telegram of its own, for trials."""
        return self.telegram_token is None and not self.telegram_api

    @property
    def local_telegram(self) -> str:
        """Its address, of the bot's door and of the page where people chat."""
        return f"http://127.0.0.1:{self.telegram_port}"

    @property
    def run(self) -> Path:
        """Sockets, locks and generated configuration: nothing that must survive a stop."""
        return self.home / "run"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def secrets(self) -> Path:
        """Owner-only: keys of secrets at rest, the operator secret."""
        return self.home / "secrets"

    @property
    def keys_file(self) -> Path:
        return self.secrets / "keys"

    @property
    def operator_secret_file(self) -> Path:
        return self.secrets / "operator_secret"

    @property
    def radius(self) -> Path:
        """The RADIUS node's snapshot and certificates."""
        return self.home / "radius"

    @property
    def certificates(self) -> Path:
        return self.radius / "certs"

    @property
    def backups(self) -> Path:
        """Owner-only: encrypted, and without the keys that open them."""
        return self.home / "backups"

    @property
    def journal(self) -> Path:
        """Accounting records on their way to the database."""
        return self.home / "journal"


class _Reader:
    """Reads variables one by one and remembers what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def _value(self, name: str) -> str:
        return self._environ.get(name, "").strip()

    def _refuse(self, name: str, wanted: str, default: str) -> None:
        shown = self._value(name)
        self.problems.append(f"{name} is {shown!r}: set it to {wanted}, or unset it for {default}.")

    def number(self, name: str, default: int, lowest: int = 0, highest: int = 1 << 40) -> int:
        value = self._value(name)
        if not value:
            return default
        plain = value.isascii() and value.isdecimal() and len(value) <= len(str(highest))
        if plain and lowest <= int(value) <= highest:
            return int(value)
        self._refuse(name, f"a whole number from {lowest} to {highest}", str(default))
        return default

    def port(self, name: str, default: int) -> int:
        return self.number(name, default, lowest=1, highest=65535)

    def folder(self, name: str, default: Path) -> Path:
        value = self._value(name)
        if not value:
            return default
        # FreeRADIUS and the process manager read the path from files in which these end a value.
        if value.startswith("/") and not set(value) & set("\"'\\%\n\t$;#"):
            return Path(value)
        self._refuse(name, "an absolute path without \" ' $ % ; # \\", str(default))
        return default

    def address(self, name: str, default: str) -> str:
        value = self._value(name) or default
        if value == "*":
            return value
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            self._refuse(name, "an IP address of this machine", "all of them")
            return default

    def addresses(self, name: str, default: str) -> frozenset[str]:
        said = (self._value(name) or default).split(",")
        try:
            return frozenset(str(ipaddress.ip_address(part.strip())) for part in said)
        except ValueError:
            self._refuse(name, "IP addresses, separated by commas", default)
            return frozenset()

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self._value(name) or default
        if value in choices:
            return value
        self._refuse(name, " or ".join(choices), default)
        return default

    def matching(self, name: str, default: str, pattern: re.Pattern[str], wanted: str) -> str:
        value = self._value(name) or default
        if pattern.fullmatch(value):
            return value
        self._refuse(name, wanted, default)
        return default

    def zone(self, name: str, default: str) -> ZoneInfo:
        try:
            return ZoneInfo(self._value(name) or default)
        except (KeyError, ValueError, OSError):  # the name is looked up as a path
            self._refuse(name, "a time zone, such as Asia/Dhaka", default)
            return ZoneInfo(default)

    def token(self, name: str) -> Secret | None:
        """No message repeats what may be a secret."""
        value = self._value(name)
        if value and not TOKEN.fullmatch(value):
            said = "set it to what @BotFather gave, such as 123456789:AAE..., or unset it"
            self.problems.append(f"{name} is no token of a bot: {said}.")
        return Secret(value) if value else None

    def loopback(self, name: str) -> str:
        """An address on this machine: a bot's token goes nowhere else unencrypted."""
        value = self._value(name).rstrip("/")
        if value and not LOOPBACK.fullmatch(value):
            self._refuse(name, "http://127.0.0.1:PORT of a local Telegram", "Telegram itself")
        return value

    def https(self, name: str) -> str:
        """An https URL, or empty."""
        value = self._value(name)
        if value and not HTTPS.fullmatch(value):
            self._refuse(name, "an https URL, such as https://isp.example/telegram", "")
            return ""
        return value

    def database_url(self, name: str) -> Secret | None:
        """The value may hold a password, so no message repeats it."""
        value = self._value(name)
        if not value:
            return None
        wanted = "postgresql://USER@HOST/DATABASE, or unset it for a private database"
        try:
            named = parse_dsn(value).get("dbname") if "://" in value else None
        except ProgrammingError:
            named = None
        if not named:
            self.problems.append(f"{name} names no PostgreSQL database: set it to {wanted}.")
        return Secret(value)

    def check_radius_ports_differ(self, ports: Mapping[str, int]) -> None:
        taken: dict[int, str] = {}
        for name in (name for name in ports if "RADIUS" in name):
            other = taken.setdefault(ports[name], name)
            if other != name:
                self.problems.append(
                    f"{name} and {other} are both {ports[name]}: give each a port of its own."
                )
