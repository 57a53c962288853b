from collections.abc import Sequence

import pytest

from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tenancy.errors import AddressTaken
from tenancy.portals import (
    Feature,
    PortalSettings,
    devices_at,
    get_portal_settings,
    portal_addresses,
    portal_of_host,
    set_portal_addresses,
    set_portal_settings,
)
from tests.fixtures.isps import World
from tests.fixtures.journals import Book


def reached(isp: World, *addresses: str) -> None:
    with isp.transaction() as session:
        set_portal_addresses(session, isp.tenant_id, addresses, actor=SYSTEM)


def of_host(isp: World, host: str) -> int | None:
    with isp.database.transaction(None) as session:
        return portal_of_host(session, host)


def at(isp: World, address: str) -> Sequence[tuple[int, int]]:
    with isp.database.transaction(None) as session:
        return [(device.tenant_id, device.connection_id) for device in devices_at(session, address)]


def test_an_isp_that_set_nothing_offers_everything(isp: World) -> None:
    with isp.transaction() as session:
        said = get_portal_settings(session, isp.tenant_id)
        assert all(said.offers(feature) for feature in Feature)
        assert portal_addresses(session, isp.tenant_id) == ()


def test_what_is_set_is_kept(isp: World) -> None:
    said = PortalSettings(
        colour="#aa0022",
        features_off=frozenset({Feature.LIVE, Feature.PACKAGES}),
        maintenance=True,
        maintenance_bn="আজ রাতে কাজ চলছে",
    )
    for details in (PortalSettings(), said):
        with isp.transaction() as session:
            set_portal_settings(session, isp.tenant_id, details, actor=SYSTEM)
    with isp.transaction() as session:
        assert get_portal_settings(session, isp.tenant_id) == said


@pytest.mark.parametrize("colour", ["red", "#AA0022", "#aa002", "#aa0022;}", ""])
def test_a_colour_that_is_none_is_refused(isp: World, colour: str) -> None:
    with isp.transaction() as session, pytest.raises(ValueRefused):
        set_portal_settings(session, isp.tenant_id, PortalSettings(colour=colour), actor=SYSTEM)


def test_a_host_leads_to_its_isp(isp: World) -> None:
    reached(isp, f"https://{isp.slug}.example:8443", f"http://pay.{isp.slug}.example")
    assert of_host(isp, f"{isp.slug}.example".upper()) == isp.tenant_id
    assert of_host(isp, f"pay.{isp.slug}.example") == isp.tenant_id
    assert of_host(isp, "elsewhere.example") is None
    with isp.transaction() as session:
        assert portal_addresses(session, isp.tenant_id)[0] == f"https://{isp.slug}.example:8443"


def test_a_host_is_one_isps(isp: World, other_isp: World) -> None:
    reached(isp, f"https://{isp.slug}.example")
    with pytest.raises(AddressTaken):
        reached(other_isp, f"http://{isp.slug}.example:8080")
    with pytest.raises(AddressTaken):
        reached(isp, f"https://{isp.slug}.example", f"http://{isp.slug}.example")
    reached(isp)
    reached(other_isp, f"https://{isp.slug}.example")


@pytest.mark.parametrize(
    "address",
    ["padma.net", "ftp://padma.net", "https://padma.net/", "https://Padma.net", "https://-x",
     "https://padma.net?x", "https://a@padma.net", "https://padma.net:port", ""],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(isp: World, address: str) -> None:
    with pytest.raises(ValueRefused):
        reached(isp, address)


def test_a_device_is_known_by_the_address_of_its_session(isp: World, book: Book) -> None:
    line = isp.connection("salma")
    mine = [(isp.tenant_id, line.connection_id)]
    number = isp.tenant_id % 65536
    ipv4, prefix = f"100.64.{number >> 8}.{number & 255}", f"2001:db8:{number:x}"
    book.bring(
        book("start", ipv4=ipv4, prefix=f"{prefix}::/64", delegated=f"{prefix}:1000::/56"),
    )
    assert at(isp, ipv4) == mine
    assert at(isp, f"{prefix}::7") == mine
    assert at(isp, f"{prefix}:10ff::7") == mine
    assert at(isp, f"{prefix}:1100::7") == []
    assert at(isp, "nonsense") == []
    book.bring(book("stop", 60, ipv4=ipv4))
    assert at(isp, ipv4) == []


def test_a_session_of_an_unknown_username_is_nobodys(isp: World, book: Book) -> None:
    book.bring(book("start", ipv4="100.127.0.1", user="stranger"))
    assert at(isp, "100.127.0.1") == []
