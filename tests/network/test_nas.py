from dataclasses import replace

import pytest
from sqlalchemy import text

from network.errors import BadAddress, NasAddressTaken, NasNameTaken, SecretMissing
from network.nas import (
    NasDetails,
    NasKind,
    add_nas,
    change_nas,
    change_nas_secret,
    list_nas,
    remove_nas,
    reveal_nas_secret,
)
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from storage.secrets import Secret
from tests.fixtures.isps import NAS_SECRET, World, new_address


def test_a_nas_comes_back_as_given(isp: World) -> None:
    nas = isp.nas(require_message_authenticator=False, swap_directions=True, coa_port=1700)
    with isp.transaction() as session:
        assert list_nas(session, isp.tenant_id) == (nas,)


def test_a_nas_must_sign_its_requests_unless_told_otherwise(isp: World) -> None:
    assert isp.nas().details.require_message_authenticator


def test_an_address_is_one_however_it_is_written(isp: World) -> None:
    isp.nas("2001:db8:0:0::77")
    with pytest.raises(NasAddressTaken):
        isp.nas("2001:0db8::0077")


def test_an_address_belongs_to_one_isp_of_the_server(isp: World, other_isp: World) -> None:
    nas = isp.nas()
    with pytest.raises(NasAddressTaken):
        other_isp.nas(nas.details.address)


@pytest.mark.parametrize("address", ["", "10.0.0.0/24", "router.example", "10.0.0.256", "a\0b"])
def test_what_is_no_address_is_refused(address: str, isp: World) -> None:
    with pytest.raises(BadAddress), isp.transaction() as session:
        details = NasDetails(name="one", kind=NasKind.RFC, address=address)
        add_nas(session, isp.tenant_id, details, secret=NAS_SECRET, keys=isp.keys, actor=SYSTEM)


@pytest.mark.parametrize("port", [0, 65_536])
def test_a_port_is_a_port(port: int, isp: World) -> None:
    with pytest.raises(ValueRefused):
        isp.nas(coa_port=port)


def test_a_nas_has_a_secret(isp: World) -> None:
    nas = isp.nas()
    with pytest.raises(SecretMissing), isp.transaction() as session:
        change_nas_secret(
            session, isp.tenant_id, nas.nas_id, Secret(""), keys=isp.keys, actor=SYSTEM
        )


def test_a_name_is_given_once(isp: World, other_isp: World) -> None:
    isp.nas(name="core")
    other_isp.nas(name="core")
    with pytest.raises(NasNameTaken):
        isp.nas(name="core")


def test_a_nas_is_changed_gets_a_new_secret_and_is_removed(isp: World) -> None:
    nas = isp.nas()
    mine = isp.tenant_id, nas.nas_id
    moved = replace(nas.details, address=new_address(), kind=NasKind.RFC)
    with isp.transaction() as session:
        assert change_nas(session, *mine, moved, actor=SYSTEM).details == moved
        change_nas_secret(session, *mine, Secret("fresh"), keys=isp.keys, actor=SYSTEM)
        assert reveal_nas_secret(session, *mine, keys=isp.keys, actor=SYSTEM) == "fresh"
    with isp.transaction() as session:
        remove_nas(session, *mine, actor=SYSTEM)
        assert list_nas(session, isp.tenant_id) == ()


def test_a_reveal_is_written_down(isp: World) -> None:
    nas = isp.nas()
    with isp.transaction() as session:
        reveal_nas_secret(session, isp.tenant_id, nas.nas_id, keys=isp.keys, actor=SYSTEM)
        query = "SELECT action, subject_id FROM audit_log ORDER BY id DESC LIMIT 1"
        assert tuple(session.execute(text(query)).one()) == ("nas.secret_revealed", nas.nas_id)
