import pytest

from billing.clients import get_client
from billing.connections import Connection, get_connection
from billing.errors import (
    ConnectionNotFound,
    NoPassword,
    PackageNotFound,
    PasswordRefused,
    RequestDecided,
)
from billing.package_requests import (
    PackageRequest,
    RequestOutcome,
    decide_request,
    request_package,
    waiting_request,
    waiting_requests,
)
from billing.passwords import reveal_password
from billing.self_service import change_own_password, choose_own_language
from billing.settings import BillingSettings, PackageChange, change_billing_settings
from policy.facts import PackageId, Service
from storage.actors import SYSTEM, Actor, ActorKind
from storage.errors import ValueRefused
from storage.secrets import Secret
from tests.fixtures.isps import NOON, World


def client_of(line: Connection) -> Actor:
    return Actor(ActorKind.CLIENT, "Rahim", line.client_id, origin="portal:203.0.113.9")


def changes(isp: World, line: Connection, password: str, me: Actor | None = None) -> None:
    with isp.transaction() as session:
        change_own_password(
            session, isp.tenant_id, me or client_of(line), line.connection_id, Secret(password),
            keys=isp.keys,
        )  # fmt: skip


def asks(isp: World, line: Connection, package_id: PackageId) -> PackageRequest:
    with isp.transaction() as session:
        return request_package(
            session, isp.tenant_id, client_of(line), line.connection_id, package_id, now=NOON
        )


def decides(isp: World, request: PackageRequest, *, approved: bool) -> PackageRequest:
    with isp.transaction() as session:
        return decide_request(
            session, isp.tenant_id, request.request_id, approved=approved, now=NOON, actor=SYSTEM
        )


def test_a_client_changes_their_password(isp: World) -> None:
    line = isp.connection("rahim")
    changes(isp, line, "Meghna-2026")
    with isp.transaction() as session:
        now_is = reveal_password(
            session, isp.tenant_id, line.connection_id, keys=isp.keys, actor=SYSTEM
        )
    assert now_is == "Meghna-2026"


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("1234567", "too_short"),
        ("x" * 64, "too_long"),
        ("meghna 2026", "bad_sign"),
        ("মেঘনা২০২৬x", "bad_sign"),
        ("meghna\t2026", "bad_sign"),
        ("Rahim-uddin", "is_username"),
    ],
)
def test_a_password_that_routers_choke_on_is_refused(
    isp: World, password: str, problem: str
) -> None:
    line = isp.connection("rahim-uddin")
    with pytest.raises(PasswordRefused) as refusal:
        changes(isp, line, password)
    assert refusal.value.problem == problem


@pytest.mark.parametrize("password", ["12345678", "x" * 63])
def test_a_password_at_the_bounds_is_taken(isp: World, password: str) -> None:
    changes(isp, isp.connection("rahim"), password)


def test_nobody_changes_what_is_another_clients(isp: World) -> None:
    mine, theirs = isp.connection("rahim"), isp.connection("karim")
    with pytest.raises(ConnectionNotFound):
        changes(isp, theirs, "Meghna-2026", client_of(mine))


def test_staff_do_not_pass_for_a_client_with_their_number(isp: World) -> None:
    line = isp.connection("rahim")
    with pytest.raises(ConnectionNotFound):
        changes(isp, line, "Meghna-2026", Actor(ActorKind.STAFF, "Nadia", line.client_id))


def test_a_line_without_a_password_gets_none(isp: World) -> None:
    with pytest.raises(NoPassword):
        changes(isp, isp.connection("camera", password=None), "Meghna-2026")


def test_a_client_chooses_a_language(isp: World) -> None:
    line = isp.connection("rahim")
    with isp.transaction() as session:
        choose_own_language(session, isp.tenant_id, client_of(line), "en")
    with isp.transaction() as session, pytest.raises(ValueRefused):
        choose_own_language(session, isp.tenant_id, client_of(line), "fr")
    with isp.transaction() as session:
        assert get_client(session, isp.tenant_id, line.client_id).language == "en"


def test_staff_approve_a_package_and_the_client_has_it(isp: World) -> None:
    line, wanted = isp.connection("rahim"), isp.package("Home 50")
    with isp.transaction() as session:
        by_day = BillingSettings(package_change=PackageChange.BY_DAY)
        change_billing_settings(session, isp.tenant_id, by_day, actor=SYSTEM)
    request = asks(isp, line, wanted.package_id)
    with isp.transaction() as session:
        assert waiting_requests(session, isp.tenant_id) == (request,)
    assert decides(isp, request, approved=True).outcome is RequestOutcome.APPROVED
    with isp.transaction() as session:
        now_is = get_connection(session, isp.tenant_id, line.connection_id)
        assert now_is.details.package_id == wanted.package_id
        assert waiting_requests(session, isp.tenant_id) == ()


def test_a_refused_package_is_not_had(isp: World) -> None:
    line, wanted = isp.connection("rahim"), isp.package("Home 50")
    request = asks(isp, line, wanted.package_id)
    decides(isp, request, approved=False)
    with isp.transaction() as session:
        now_is = get_connection(session, isp.tenant_id, line.connection_id)
    assert now_is.details.package_id == line.details.package_id


def test_a_request_is_decided_once(isp: World) -> None:
    request = asks(isp, isp.connection("rahim"), isp.package("Home 50").package_id)
    decides(isp, request, approved=False)
    with pytest.raises(RequestDecided):
        decides(isp, request, approved=True)


def test_a_later_wish_takes_the_place_of_an_earlier_one(isp: World) -> None:
    line = isp.connection("rahim")
    first = asks(isp, line, isp.package("Home 50").package_id)
    second = asks(isp, line, isp.package("Home 100").package_id)
    with isp.transaction() as session:
        assert waiting_request(session, isp.tenant_id, line.connection_id) == second
    with pytest.raises(RequestDecided):
        decides(isp, first, approved=True)


def test_asking_twice_is_asking_once(isp: World) -> None:
    line, wanted = isp.connection("rahim"), isp.package("Home 50").package_id
    assert asks(isp, line, wanted) == asks(isp, line, wanted)


def test_only_another_package_of_the_same_kind_can_be_asked_for(isp: World) -> None:
    line = isp.connection("rahim")
    hotspot = isp.package("Tea stall", service=Service.HOTSPOT)
    for wanted in (hotspot.package_id, line.details.package_id):
        with pytest.raises(PackageNotFound):
            asks(isp, line, wanted)
