"""Builds and runs radload, the load generator in radload/; what it prints becomes a Load."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import BenchError

SOURCES = Path(__file__).parent / "radload"
COMPILE = ("gcc", "-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror")
LIBRARIES = ("-lcrypto", "-lm")
RAN = (0, 1)  # 1: it ran, and met replies that should not be
HEADER_BYTES = 20  # of a RADIUS packet (RFC 2865, 3)
VENDOR_SPECIFIC = 26
BUSY_PART_MAX = 0.9  # of one core: beyond this radload itself could be the limit


@dataclass(frozen=True, slots=True)
class Load:
    """One run of radload. Times in the unit their names end in; counts are of packets.

    `said` is the whole object radload printed: the fields of its mode are read from there.
    """

    said: Mapping[str, Any]

    @property
    def per_second(self) -> float:
        """Answers within the measured time, a second."""
        return float(self.said["answers_per_second"])

    @property
    def p50_ms(self) -> float:
        return float(self.said["p50_ms"])

    @property
    def p99_ms(self) -> float:
        return float(self.said["p99_ms"])

    @property
    def lag_ms(self) -> float:
        """Open: how late radload itself sent (p99), which the latencies hold too."""
        return float(self.said["send_lag_p99_ms"])

    @property
    def online_99_s(self) -> float | None:
        """Storm: seconds until 99 % of the users were online; None if that did not happen."""
        value = self.said["online_99_s"]
        return None if value is None else float(value)

    @property
    def online_part(self) -> float:
        """Storm: part of the users online in the end."""
        return float(self.said["online"] / self.said["users"])

    @property
    def reply(self) -> bytes:
        """The last Access-Accept, whole."""
        return bytes.fromhex(self.said["sample_reply"])

    def refuse_wrong(self, server: str) -> None:
        """Raise BenchError when the run shows a wrong answer, or radload at its own limit."""
        said = self.said
        wrong = {name: said[name] for name in ("forged", "odd", "rejects") if said[name]}
        if wrong and said["mode"] != "storm":
            raise BenchError(f"{server} answered wrongly: {wrong} of {said['sent']} requests.")
        if said["forged"] or said["odd"]:
            raise BenchError(f"{server} sent replies that are not genuine: {wrong}.")
        if not said["accepts"]:
            raise BenchError(f"{server} let nobody in: {dict(said)}")
        if said["mode"] == "closed" and said["radload_cpu_part"] > BUSY_PART_MAX:
            raise BenchError(f"radload was the limit, not {server}: {said['radload_cpu_part']}")


class Radload:
    """The built program."""

    def __init__(self, scratch: Path) -> None:
        """Compiles into `scratch`. Raises BenchError where the tools for it are missing."""
        self._program = scratch / "radload"
        if shutil.which(COMPILE[0]) is None:
            raise BenchError("gcc is missing: apt install gcc libc6-dev libssl-dev.")
        sources = sorted(str(path) for path in SOURCES.glob("*.c"))
        done = subprocess.run(
            [*COMPILE, "-o", str(self._program), *sources, *LIBRARIES],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            hint = ": apt install libssl-dev." if "openssl/" in done.stderr else f":\n{done.stderr}"
            raise BenchError(f"radload cannot be built{hint}")

    def closed(self, port: int, *, window: int, seconds: float, **options: object) -> Load:
        """As many logins as go with `window` in flight."""
        return self._run("closed", port, window=window, seconds=seconds, **options)

    def open(self, port: int, *, rate: float, seconds: float, **options: object) -> Load:
        """`rate` logins a second, however the server does."""
        return self._run("open", port, rate=rate, seconds=seconds, **options)

    def storm(self, port: int, *, users: int, seconds: float, **options: object) -> Load:
        """All users at once, until all are online or `seconds` are over."""
        return self._run("storm", port, users=users, seconds=seconds, **options)

    def start(self, mode: str, port: int, **options: object) -> subprocess.Popen[str]:
        """Run beside something else; `finish` gives what came of it."""
        words = [
            f"--{name.replace('_', '-')}" + ("" if value is True else f"={value}")
            for name, value in options.items()
        ]
        return subprocess.Popen(
            [str(self._program), mode, f"--port={port}", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, running: subprocess.Popen[str]) -> Load:
        """Wait for a run made by `start`. Raises BenchError where it could not run."""
        printed, complaint = running.communicate()
        if running.returncode not in RAN:
            raise BenchError(complaint.strip() or f"radload ended with {running.returncode}")
        return Load(json.loads(printed))

    def _run(self, mode: str, port: int, **options: object) -> Load:
        return self.finish(self.start(mode, port, **options))


def attribute_numbers(packet: bytes) -> tuple[tuple[int, ...], ...]:
    """Attributes of a genuine packet, sorted: (type,), or (26, vendor, the vendor's type)."""
    numbers, at = [], HEADER_BYTES
    while at < len(packet):
        kind, size = packet[at], packet[at + 1]
        value = packet[at + 2 : at + size]
        vendor = (int.from_bytes(value[:4], "big"), value[4]) if kind == VENDOR_SPECIFIC else ()
        numbers.append((kind, *vendor))
        at += size
    return tuple(sorted(numbers))
