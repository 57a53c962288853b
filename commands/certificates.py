"""The certificates of 802.1X logins: an authority of this installation's own, and its server's.

Devices are given ca.pem once. So the authority lives long, and the server's certificate is made
anew from it while it still holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from commands.private_files import private_folder, write_private

SERVER_NAME = "radius.skylink.internal"  # what devices that ask for a domain are told to expect
AUTHORITY_LIFE = timedelta(days=3652)
SERVER_LIFE = timedelta(days=730)  # Apple's devices refuse a longer one (support.apple.com/103769)
RENEW_BEFORE = timedelta(days=60)
CLOCK_SLACK = timedelta(days=1)  # a device whose clock is behind must not refuse us
KEY_BITS = 2048
EAP_OVER_LAN = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.14")  # RFC 4334, section 2


class Pair(NamedTuple):
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def ensure_certificates(folder: Path, secrets: Path, now: datetime) -> None:
    """Leave ca.pem, server.pem and server.key in `folder`, valid at `now` and for a while after.

    What is there stays as long as it holds. The authority's key is kept in `secrets`.
    """
    private_folder(folder)
    private_folder(secrets)
    authority = _held(folder / "ca.pem", secrets / "eap_authority.key", now)
    if authority is None:
        authority = _new_authority(now)
        _keep(authority, folder / "ca.pem", secrets / "eap_authority.key")
    server = _held(folder / "server.pem", folder / "server.key", now)
    if server is None or not _issued_by(server, authority):
        _keep(_new_server(authority, now), folder / "server.pem", folder / "server.key")


def _held(certificate_file: Path, key_file: Path, now: datetime) -> Pair | None:
    """The pair in these files; None where one is missing, damaged, not its mate's, or runs out."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key: PrivateKeyTypes = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, ValueError):
        return None
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
        return None
    fresh = certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEW_BEFORE
    return Pair(certificate, key) if fresh else None


def _issued_by(server: Pair, authority: Pair) -> bool:
    try:
        server.certificate.verify_directly_issued_by(authority.certificate)
    except Exception:  # noqa: BLE001 (the library raises three kinds; each means "no")
        return False
    return True


def _new_authority(now: datetime) -> Pair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = _name("SkyLink RADIUS authority")
    usage = _key_usage(key_cert_sign=True, crl_sign=True)
    builder = (
        _builder(name, name, key, now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return Pair(builder.sign(key, hashes.SHA256()), key)


def _new_server(authority: Pair, now: datetime) -> Pair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    issuer = authority.certificate.subject
    usage = _key_usage(digital_signature=True, key_encipherment=True)
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, EAP_OVER_LAN])
    builder = (
        _builder(_name(SERVER_NAME), issuer, key, now, SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(purposes, critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SERVER_NAME)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()),
            critical=False,
        )
    )
    return Pair(builder.sign(authority.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SLACK)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage(**allowed: bool) -> x509.KeyUsage:
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{use: allowed.get(use, False) for use in every.split()})


def _keep(pair: Pair, certificate_file: Path, key_file: Path) -> None:
    key = pair.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_private(key_file, key)
    write_private(certificate_file, pair.certificate.public_bytes(serialization.Encoding.PEM))
