"""The certificates of 802.1X: whole, trusted by their authority, renewed in time."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from commands.certificates import RENEW_BEFORE, SERVER_LIFE, SERVER_NAME, ensure_certificates

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TICK = timedelta(seconds=1)
FILES = ("ca.pem", "server.pem", "server.key")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    ensure_certificates(tmp_path / "certs", tmp_path / "secrets", NOW)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / "certs" / name).read_bytes() for name in FILES}


def again(folder: Path, now: datetime = NOW) -> dict[str, bytes]:
    ensure_certificates(folder / "certs", folder / "secrets", now)
    return contents(folder)


def test_a_device_that_trusts_the_authority_trusts_the_server(made: Path) -> None:
    certs = made / "certs"
    when = str(int(NOW.timestamp()))
    subprocess.run(
        ["openssl", "verify", "-x509_strict", "-attime", when, "-purpose", "sslserver",
         "-verify_hostname", SERVER_NAME, "-CAfile", certs / "ca.pem", certs / "server.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def test_the_key_is_the_certificates_and_nobody_elses_to_read(made: Path) -> None:
    public = subprocess.run(
        ["openssl", "pkey", "-in", made / "certs/server.key", "-pubout"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    of_certificate = subprocess.run(
        ["openssl", "x509", "-in", made / "certs/server.pem", "-noout", "-pubkey"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    assert public == of_certificate
    for path in [*(made / "certs").iterdir(), *(made / "secrets").iterdir()]:
        assert path.stat().st_mode & 0o077 == 0


def test_what_holds_stays_as_it_is(made: Path) -> None:
    assert again(made) == again(made, NOW + timedelta(days=300)) == contents(made)


def test_the_server_is_renewed_within_its_last_days_and_devices_need_nothing(made: Path) -> None:
    before = contents(made)
    last = NOW + SERVER_LIFE - RENEW_BEFORE
    assert again(made, last - TICK) == before
    after = again(made, last)
    assert after["server.pem"] != before["server.pem"]
    assert after["ca.pem"] == before["ca.pem"]
    ends = x509.load_pem_x509_certificate(after["server.pem"]).not_valid_after_utc
    assert ends == last + SERVER_LIFE


def test_a_clock_that_was_wrong_when_they_were_made_is_mended(made: Path) -> None:
    before = contents(made)
    assert again(made, NOW - timedelta(days=400))["ca.pem"] != before["ca.pem"]


@pytest.mark.parametrize("damaged", FILES)
@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\nnonsense\n", None])
def test_what_is_damaged_or_gone_is_made_anew(
    made: Path, damaged: str, content: bytes | None
) -> None:
    path = made / "certs" / damaged
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    again(made)
    test_a_device_that_trusts_the_authority_trusts_the_server(made)
    test_the_key_is_the_certificates_and_nobody_elses_to_read(made)


def test_a_server_of_another_authority_is_not_kept(made: Path, tmp_path: Path) -> None:
    ensure_certificates(tmp_path / "other/certs", tmp_path / "other/secrets", NOW)
    for name in ("server.pem", "server.key"):
        (tmp_path / "other/certs" / name).rename(made / "certs" / name)
    again(made)
    test_a_device_that_trusts_the_authority_trusts_the_server(made)
