"""What must hold before SkyLink starts; each that does not is one sentence with what to do."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from commands.errors import CommandError
from commands.settings import Settings


class Transport(NamedTuple):
    """A kind of port, and where the kernel lists who holds one: proc(5)."""

    name: str
    kind: socket.SocketKind
    tables: tuple[Path, Path]


UDP = Transport("UDP", socket.SOCK_DGRAM, (Path("/proc/net/udp"), Path("/proc/net/udp6")))
TCP = Transport("TCP", socket.SOCK_STREAM, (Path("/proc/net/tcp"), Path("/proc/net/tcp6")))


class RunAsRoot(CommandError):
    code = "run_as_root"


class HomeNotWritable(CommandError):
    code = "home_not_writable"


class DiskFull(CommandError):
    code = "disk_full"


class PortTaken(CommandError):
    code = "port_taken"


class AddressNotHere(CommandError):
    code = "address_not_here"


def check_user() -> None:
    """Raise RunAsRoot: the launcher steps down, so this is somebody who went around it."""
    if os.geteuid() == 0:
        raise RunAsRoot("SkyLink does not run as root: start it with ./skylink up.")


def check_home(settings: Settings) -> None:
    """Make the home with its folders. Raises HomeNotWritable or DiskFull."""
    try:
        for folder in (settings.home, settings.run, settings.log, settings.radius):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(settings.home).free // 1_000_000
        if free_mb < settings.minimum_free_mb:
            raise DiskFull(
                f"The disk of {settings.home} has {free_mb} MB left and SkyLink wants "
                f"{settings.minimum_free_mb}: free some, or set SKYLINK_HOME to another disk."
            )
        probe = settings.run / "probe"
        probe.write_bytes(b"\n")
        probe.unlink()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"The disk of {settings.home} is full: free some space.") from None
        raise HomeNotWritable(
            f"{error.filename or settings.home} cannot be written ({error.strerror}): "
            "give it to the user SkyLink runs as, or set SKYLINK_HOME to another folder."
        ) from None


def check_ports(settings: Settings) -> None:
    """Raise PortTaken or AddressNotHere where one of our processes could not listen."""
    address = "0.0.0.0" if settings.radius_address == "*" else settings.radius_address  # noqa: S104
    check_port(address, settings.radius_auth_port, "SKYLINK_RADIUS_AUTH_PORT")
    check_port(address, settings.radius_acct_port, "SKYLINK_RADIUS_ACCT_PORT")
    check_port("127.0.0.1", settings.radius_operator_port, "SKYLINK_RADIUS_OPERATOR_PORT")
    web = "0.0.0.0" if settings.web_address == "*" else settings.web_address  # noqa: S104
    check_port(web, settings.web_port, "SKYLINK_WEB_PORT", TCP)
    if settings.telegram_is_local:
        check_port("127.0.0.1", settings.telegram_port, "SKYLINK_TELEGRAM_PORT", TCP)


def check_port(address: str, port: int, variable: str, transport: Transport = UDP) -> None:
    """Try to take the port at once and give it back."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, transport.kind) as probe:
        if transport is TCP:  # connections that ended a moment ago are in nobody's way
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                where = "SKYLINK_RADIUS_ADDRESS" if transport is UDP else "SKYLINK_WEB_ADDRESS"
                raise AddressNotHere(
                    f"{address} is no address of this machine: set {where} to one that is, or "
                    "unset it for all."
                ) from None
            if error.errno == errno.EACCES:
                raise PortTaken(
                    f"{transport.name} port {port} is for root only: "
                    f"set {variable} to one above 1023."
                ) from None
            raise PortTaken(
                f"{transport.name} port {port} is taken{_by_whom(port, transport)}: "
                f"stop what holds it, or set {variable} to a free port."
            ) from None


def _by_whom(port: int, transport: Transport) -> str:
    """Who holds a port, as far as this user may know."""
    inodes = _socket_inodes(port, transport)
    for process in Path("/proc").glob("[0-9]*"):
        if inodes.intersection(_open_files(process)):
            return f" by {(process / 'comm').read_text().strip()} (process {process.name})"
    return ", perhaps by another copy or by Debian's own service (systemctl stop freeradius)"


def _open_files(process: Path) -> Iterator[str]:
    """What a process has open, by proc(5)'s names; nothing where that is not ours to know."""
    with suppress(OSError):
        for handle in (process / "fd").iterdir():
            with suppress(OSError):  # closed since
                yield handle.readlink().name


def _socket_inodes(port: int, transport: Transport) -> set[str]:
    """`socket:[inode]` of each socket on `port`: proc(5), /proc/net/udp and tcp."""
    found = set()
    for table in transport.tables:
        lines = table.read_text().splitlines()[1:] if table.exists() else []
        for fields in map(str.split, lines):
            if int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found
