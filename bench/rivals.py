"""The servers ours is compared with, as FreeRADIUS configurations made from rivals/.

For logins: `files` has no database at all, every client stands in the server's users file; `bare`
has nothing behind it, one password for everybody: the most this server does on this machine;
`rlm_sql` is the stock module with Debian's stock PostgreSQL schema and queries. For accounting:
`yes` acknowledges and does nothing more; `rlm_sql` is the stock module again. All get the thread
pool, the limits and the socket buffers of our own raddb/, send the attributes ours sends, and load
nothing else.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from bench.figures import BenchError

TEMPLATES = Path(__file__).parent / "rivals"
RADDB = TEMPLATES.parent.parent / "raddb"
STOCK = Path("/etc/freeradius/3.0")
STOCK_SQL = Path("mods-config/sql/main/postgresql")
PACKAGE = "freeradius-config"
ARCHIVES = Path("/var/cache/apt/archives")
MARK = re.compile(r"@([a-z_]+)@")
INCLUDED = re.compile(r"^\s*\$INCLUDE (\w+\.conf)$", re.M)  # beside the template

PASSWORD = "of-everybody"  # noqa: S105 (of the bare rival, which has one for all)
REPLY = (  # what a client of the demo ISP is told
    ("Mikrotik-Rate-Limit", "20M/20M 30M/30M 15M/15M 16/16 8"),
    ("Mikrotik-Group", "home-20"),
    ("Framed-Pool", "home"),
    ("Acct-Interim-Interval", "300"),
)
#  As long as ours; a client's own, so rlm_sql has it in radreply.
CLASS = "sl:1:{n}:18a5c3f2e1d0:a.9d3f1c02.15a01be77.0.c2b7d0aa.0.0"


@dataclass(frozen=True, slots=True)
class Limits:
    """What our own configuration sets and the rivals get too."""

    threads: int
    max_queue_size: int
    max_requests: int
    max_request_time: int
    cleanup_delay: int
    reject_delay: int
    recv_buff: int

    @classmethod
    def of_ours(cls, raddb: Path = RADDB) -> Limits:
        """Read from our radiusd.conf and the site that routers ask."""
        server = (raddb / "radiusd.conf").read_text()
        site = (raddb / "sites-enabled" / "access").read_text()
        return cls(
            threads=_setting(server, "max_servers"),
            max_queue_size=_setting(server, "max_queue_size"),
            max_requests=_setting(server, "max_requests"),
            max_request_time=_setting(server, "max_request_time"),
            cleanup_delay=_setting(server, "cleanup_delay"),
            reject_delay=_setting(server, "reject_delay"),
            recv_buff=_setting(site, "recv_buff"),
        )

    def marks(self) -> dict[str, str]:
        """By mark in the templates."""
        return {name: str(getattr(self, name)) for name in self.__slots__}


def _setting(text: str, name: str) -> int:
    found = re.search(rf"^\s*{name}\s*=\s*(\d+)\s*$", text, re.M)
    if found is None:
        raise BenchError(f"our raddb/ sets no {name}: the rivals cannot be given the same.")
    return int(found[1])


def render(template: str, folder: Path, marks: Mapping[str, str]) -> None:
    """Write `template` of rivals/ and what it includes into `folder`, marks filled in."""
    folder.mkdir(parents=True, exist_ok=True)
    asked, written = [template], dict[str, str]()
    while asked:
        name = asked.pop()
        text = (TEMPLATES / name).read_text()
        asked += INCLUDED.findall(text)
        written["radiusd.conf" if name == template else name] = text
    for name, text in written.items():
        (folder / name).write_text(MARK.sub(lambda mark: marks[mark[1]], text))


def make_bare(folder: Path, port: int, limits: Limits) -> None:
    """The configuration of FreeRADIUS without anything behind it."""
    pairs = [*REPLY, ("Class", CLASS.format(n=1))]
    reply = "\n".join(f'\t\t\t&{name} := "{value}"' for name, value in pairs)
    marks = {**limits.marks(), "folder": str(folder), "port": str(port)}
    render("bare.conf", folder, {**marks, "password": PASSWORD, "reply": reply})


def make_files(folder: Path, port: int, limits: Limits, users: int) -> None:
    """The configuration of FreeRADIUS with `users` users in its own file: user1 has pw1."""
    render("files.conf", folder, {**limits.marks(), "folder": str(folder), "port": str(port)})
    with (folder / "users").open("w") as file:
        for n in range(1, users + 1):
            pairs = [*REPLY, ("Class", CLASS.format(n=n))]
            reply = ",\n".join(f'\t{name} := "{value}"' for name, value in pairs)
            file.write(f'user{n} Cleartext-Password := "pw{n}"\n{reply}\n')


def make_yes(folder: Path, port: int, limits: Limits) -> None:
    """The configuration of FreeRADIUS that acknowledges records and forgets them."""
    render("yes.conf", folder, {**limits.marks(), "folder": str(folder), "port": str(port)})


def make_rlm_sql(
    folder: Path, port: int, limits: Limits, dsn: str, template: str = "rlm_sql.conf"
) -> None:
    """The configuration of stock rlm_sql; `dsn` names the database by unix socket.

    `template` rlm_sql_accounting.conf: for records instead of logins.
    """
    target = psycopg2.extensions.parse_dsn(dsn)
    (folder / STOCK_SQL).mkdir(parents=True, exist_ok=True)
    stock = StockFiles(folder.parent / "stock")
    (folder / STOCK_SQL / "queries.conf").write_text(stock.read("queries.conf"))
    marks = {**limits.marks(), "folder": str(folder), "port": str(port)}
    database = {
        "sockets": target["host"],
        "postgres_port": target["port"],
        "role": target["user"],
        "database": target["dbname"],
    }
    render(template, folder, {**marks, **database})


class StockFiles:
    """Debian's own rlm_sql files: installed, they are for `freerad` alone; in the package, not."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch

    def read(self, name: str) -> str:
        """The file of that name in STOCK_SQL. Raises BenchError where it is not to be had."""
        try:
            return (STOCK / STOCK_SQL / name).read_text()
        except PermissionError:
            return (self._unpacked() / STOCK_SQL / name).read_text()
        except FileNotFoundError:
            raise BenchError(
                f"{STOCK / STOCK_SQL / name} is missing: apt install {PACKAGE}."
            ) from None

    def _unpacked(self) -> Path:
        inside = self._scratch / STOCK.relative_to("/")
        if not inside.exists():
            self._scratch.mkdir(parents=True, exist_ok=True)
            unpack = ["dpkg-deb", "-x", str(self._archive()), str(self._scratch)]
            subprocess.run(unpack, check=True, capture_output=True)
        return inside

    def _archive(self) -> Path:
        kept = sorted(ARCHIVES.glob(f"{PACKAGE}_*.deb"))
        if kept:
            return kept[-1]
        fetch = ["apt-get", "-q", "download", PACKAGE]
        done = subprocess.run(fetch, cwd=self._scratch, capture_output=True, text=True, check=False)
        fetched = sorted(self._scratch.glob(f"{PACKAGE}_*.deb"))
        if done.returncode != 0 or not fetched:
            raise BenchError(
                f"Debian's rlm_sql files are for the user freerad only, and {PACKAGE} cannot be"
                f" fetched: connect to the network, or let this user read {STOCK / STOCK_SQL}."
            )
        return fetched[-1]


def fill_rlm_sql(admin_dsn: str, dsn: str, users: int, scratch: Path) -> None:
    """Make the database of `dsn` with the stock schema and `users` users, as an operator would.

    User user1 has password pw1; each is in one group, which holds what all have in common.
    """
    database = psycopg2.extensions.parse_dsn(dsn)["dbname"]
    with closing(psycopg2.connect(admin_dsn)) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {database}")
    with closing(psycopg2.connect(dsn)) as made:
        made.autocommit = True
        with made.cursor() as cursor:
            cursor.execute(StockFiles(scratch / "stock").read("schema.sql"))
            cursor.execute(
                "INSERT INTO radcheck (UserName, Attribute, op, Value)"
                " SELECT 'user' || n, 'Cleartext-Password', ':=', 'pw' || n"
                " FROM generate_series(1, %s) n",
                (users,),
            )
            cursor.execute(
                "INSERT INTO radreply (UserName, Attribute, op, Value)"
                " SELECT 'user' || n, 'Class', ':=', replace(%s, '{n}', n::text)"
                " FROM generate_series(1, %s) n",
                (CLASS, users),
            )
            cursor.execute(
                "INSERT INTO radusergroup (UserName, GroupName, priority)"
                " SELECT 'user' || n, 'home', 1 FROM generate_series(1, %s) n",
                (users,),
            )
            cursor.executemany(
                "INSERT INTO radgroupreply (GroupName, Attribute, op, Value)"
                " VALUES ('home', %s, ':=', %s)",
                REPLY,
            )
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
