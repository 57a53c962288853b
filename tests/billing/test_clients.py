import pytest

from billing.clients import ClientDetails, change_client, get_client, set_client_status
from billing.errors import NameTaken
from billing.zones import add_zone, list_zones
from policy.facts import Status
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tests.fixtures.isps import World


def test_a_client_comes_back_as_given_with_the_next_number(isp: World) -> None:
    with isp.transaction() as session:
        zone = add_zone(session, isp.tenant_id, "মিরপুর ১০", actor=SYSTEM)
    details = ClientDetails(
        name="Salma Khatun",
        name_bn="সালমা খাতুন",
        phone="01711000000",
        email="salma@example.com",
        nid="1234567890",
        father_name="Abdul Khaleque",
        address="House 7,\nRoad 3",
        photo_ref="photos/1.jpg",
        signature_ref="signatures/1.png",
        zone_id=zone.zone_id,
    )
    first = isp.client()
    with isp.transaction() as session:
        changed = change_client(session, isp.tenant_id, first.client_id, details, actor=SYSTEM)
    with isp.transaction() as session:
        assert get_client(session, isp.tenant_id, first.client_id) == changed
    assert (changed.details, changed.client_number) == (details, 1)
    assert (isp.client().client_number, changed.status) == (2, Status.ACTIVE)


def test_a_client_is_suspended_and_restored(isp: World) -> None:
    client = isp.client()
    for status in (Status.SUSPENDED, Status.ACTIVE, Status.INACTIVE):
        with isp.transaction() as session:
            said = set_client_status(session, isp.tenant_id, client.client_id, status, actor=SYSTEM)
        assert said.status is status


@pytest.mark.parametrize(
    "nonsense",
    [
        {"name": ""},
        {"phone": "call me"},
        {"phone": "12345"},
        {"email": "nobody"},
        {"email": "a@b\n.c"},
        {"nid": "a b"},
        {"address": "x" * 1_001},
    ],
    ids=str,
)
def test_nonsense_is_refused(nonsense: dict[str, str], isp: World) -> None:
    with pytest.raises(ValueRefused):
        isp.client(**nonsense)


def test_zones_are_listed_by_name_and_named_once(isp: World) -> None:
    with isp.transaction() as session:
        for name in ("Uttara", "Badda"):
            add_zone(session, isp.tenant_id, name, actor=SYSTEM)
        assert [zone.name for zone in list_zones(session, isp.tenant_id)] == ["Badda", "Uttara"]
    with pytest.raises(NameTaken), isp.transaction() as session:
        add_zone(session, isp.tenant_id, "Badda", actor=SYSTEM)
