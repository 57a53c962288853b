"""802.1X: PEAP-MSCHAPv2 and EAP-TTLS-PAP with a real supplicant (eapol_test)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from policy.facts import MacMode, Speed
from storage.secrets import Secret
from tests.fixtures.isps import PASSWORD, World
from tests.radius.server import ROOT, Answer, Radius, Router, of_each, until

LONG_AGO = date(2026, 1, 5)
METHODS = {"PEAP": "auth=MSCHAPV2", "TTLS": "auth=PAP"}
FIRST, SECOND = "02:00:00:00:00:01", "02:00:00:00:00:02"

TOLD = re.compile(r"Attribute (\d+) \([^)]*\) length=(\d+)(?:\n\s+Value: (.*))?")
CODE = re.compile(r"RADIUS message: code=(\d+)")
CODES = {"2": "Access-Accept", "3": "Access-Reject", "11": "Access-Challenge"}

Dial = Callable[..., Answer]


@pytest.fixture
def dial(radius: Radius, router: Router, tmp_path: Path) -> Dial:
    """Log in as a device behind an access point does; what the last answer said."""

    def eapol_test(
        method: str, username: str, password: str, *, mac: str = FIRST, outer: str = "anonymous"
    ) -> Answer:
        config = tmp_path / f"{method}-{mac}-{abs(hash((username, password)))}.conf"
        certificate = radius.home / "radius" / "certs" / "ca.pem"
        config.write_text(
            "network={\n key_mgmt=WPA-EAP\n"
            f' eap={method}\n phase2="{METHODS[method]}"\n'
            f' anonymous_identity="{outer}"\n'
            f' identity={username.encode("latin-1", "replace").hex()}\n password="{password}"\n'
            f' ca_cert="{certificate}"\n}}\n',
            encoding="utf-8",
        )
        done = subprocess.run(
            [
                *("eapol_test", "-c", str(config), "-a", "127.0.0.1", "-p", str(radius.auth_port)),
                *("-s", router.secret, "-A", router.address, "-M", mac, "-t", "5", "-r", "0"),
            ],
            capture_output=True,
            check=False,
        )
        return _last(done.stdout.decode(errors="replace"))

    return eapol_test


def _last(printed: str) -> Answer:
    """The last message that came from the server."""
    messages = printed.split("Received RADIUS message")[1:]
    if not messages:
        return Answer("none", {"why": [printed[-500:]]})
    code = CODE.search(messages[-1])
    assert code is not None
    attributes: dict[str, list[str]] = {}
    for number, length, value in TOLD.findall(messages[-1]):
        attributes.setdefault(number, []).append(value or f"{length} bytes")
    return Answer(CODES[code[1]], attributes)


@pytest.mark.parametrize("method", METHODS)
def test_the_reply_of_the_tunnel_arrives_in_the_outer_accept(
    radius: Radius, isp: World, dial: Dial, method: str
) -> None:
    package = isp.package(speed=Speed(20_000, 10_000), pool="home")
    line = isp.connection(package_id=package.package_id)
    radius.caught_up()
    answer = dial(method, line.details.username, PASSWORD)
    assert answer.code == "Access-Accept", answer
    assert answer["88"] == f"{2 + len('home')} bytes"  # Framed-Pool: more eapol_test does not tell
    assert answer["85"] == "300"  # Acct-Interim-Interval
    login_class = bytes.fromhex(answer["25"]).decode()
    assert login_class.startswith(f"sl:{isp.tenant_id}:{line.connection_id}:")
    assert any(b"10M/20M".hex() in value for value in answer.attributes["26"])
    assert "80" in answer  # Message-Authenticator
    assert "12" not in answer  # Framed-MTU, by which EAP itself was cut into pieces
    assert answer["1"] == "'anonymous'"  # nobody outside learns the name inside


@pytest.mark.parametrize("method", METHODS)
def test_who_owes_is_walled_through_the_tunnel_too(
    radius: Radius, isp: World, dial: Dial, method: str
) -> None:
    line = isp.connection()
    isp.invoice(line.client_id, due_on=LONG_AGO)
    radius.caught_up()
    answer = dial(method, line.details.username, PASSWORD)
    assert answer.code == "Access-Accept"
    assert answer["88"] == f"{2 + len('expired')} bytes"  # Framed-Pool
    assert any(b"expired".hex() in value for value in answer.attributes["26"])
    assert 0 < int(answer["27"]) <= 600  # Session-Timeout


@pytest.mark.parametrize("method", METHODS)
def test_the_tunnel_keeps_out_who_is_not_who_they_say(
    radius: Radius, isp: World, dial: Dial, method: str
) -> None:
    line = isp.connection()
    gone = isp.connection(password=None)
    radius.caught_up()
    said = [
        (line.details.username, "guess"),
        ("nobody", PASSWORD),
        (gone.details.username, ""),
        (b"\xff\xfe".decode("latin-1"), PASSWORD),
    ]
    answers = of_each(said, lambda each: dial(method, each[0], each[1]).code)
    assert answers == dict.fromkeys(said, "Access-Reject")


@pytest.mark.parametrize("method", METHODS)
def test_a_device_is_learnt_inside_the_tunnel(
    radius: Radius, isp: World, dial: Dial, method: str
) -> None:
    line = isp.connection(mac_mode=MacMode.LEARN)
    radius.caught_up()
    name = line.details.username
    assert dial(method, name, "guess", mac=SECOND).code == "Access-Reject"
    assert dial(method, name, PASSWORD, mac=FIRST).code == "Access-Accept"
    assert dial(method, name, PASSWORD, mac=SECOND).code == "Access-Reject"
    assert dial(method, name, PASSWORD, mac=FIRST).code == "Access-Accept"


def test_ms_chap_v2_takes_passwords_of_any_letters(radius: Radius, isp: World, dial: Dial) -> None:
    line = isp.connection(password=Secret("পাসওয়ার্ড\\x"))
    radius.caught_up()
    assert dial("PEAP", line.details.username, "পাসওয়ার্ড\\x").code == "Access-Accept"


def test_a_tunnel_of_whom_nothing_can_be_said_lets_nobody_in(
    radius: Radius, isp: World, dial: Dial
) -> None:
    package = isp.package(address_list="x" * 250)  # longer than its attribute can carry
    line = isp.connection(package_id=package.package_id)
    radius.caught_up()
    answers = of_each(METHODS, lambda method: dial(method, line.details.username, PASSWORD).code)
    assert "Access-Accept" not in answers.values()
    until(lambda: radius.lines(f"no answer for '{line.details.username}'"), lambda: radius)


def test_the_certificates_were_made_for_this_installation(radius: Radius) -> None:
    folder = radius.home / "radius" / "certs"
    assert {"ca.pem", "server.pem", "server.key"} <= {each.name for each in folder.iterdir()}
    assert not list((ROOT / "raddb").rglob("*.pem"))
