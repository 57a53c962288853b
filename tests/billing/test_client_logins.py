import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from billing.client_logins import (
    CODE_LIFE,
    CODES_MAX,
    CODES_WITHIN,
    Login,
    Proof,
    Visitor,
    forget_login_codes,
    log_in,
    send_login_code,
)
from billing.clients import set_client_status
from policy.facts import ClientId, Status
from storage.actors import SYSTEM
from storage.secrets import Secret, sent_code
from tenancy.login_attempts import FAILURES_MAX, FAILURES_WITHIN, recent_attempts
from tests.fixtures.isps import NOON, PASSWORD, World

TICK = timedelta(microseconds=1)
HOME = Visitor("203.0.113.9", "Chrome on a phone")
CAFE = Visitor("198.51.100.7")


def tries(isp: World, name: str, proof: str, visitor: Visitor = HOME, now=NOON) -> Login:
    with isp.transaction() as session:
        return log_in(session, isp.tenant_id, name, proof, visitor=visitor, keys=isp.keys, now=now)


def asks(isp: World, name: str, visitor: Visitor = HOME, now=NOON) -> bool:
    with isp.transaction() as session:
        return send_login_code(
            session, isp.tenant_id, name, visitor=visitor, keys=isp.keys, now=now
        )


def codes(isp: World) -> list[tuple[ClientId, str]]:
    """(client, code) of all that were queued."""
    with isp.transaction() as session:
        rows = session.execute(
            text("""SELECT recipient_id, payload ->> 'sealed_code' FROM outbox
                     WHERE tenant_id = :isp AND event = 'code.sent' ORDER BY id"""),
            {"isp": isp.tenant_id},
        ).all()
    return [
        (
            ClientId(client_id),
            isp.keys.open(
                base64.b64decode(sealed), sent_code(isp.tenant_id, f"client:{client_id}")
            ).decode(),
        )
        for client_id, sealed in rows
    ]


@pytest.mark.parametrize("name", ["rahim", " rahim ", "Rahim", "RAHIM"])
def test_a_username_logs_in_with_its_password(isp: World, name: str) -> None:
    line = isp.connection("rahim")
    assert tries(isp, name, PASSWORD) == Login(Proof.RIGHT, line.client_id)


@pytest.mark.parametrize(
    "name",
    ["01711000042", "+8801711000042", "8801711000042", "1711000042", "+880 1711-000042",
     "০১৭১১০০০০৪২"],
)  # fmt: skip
@pytest.mark.parametrize("kept", ["01711000042", "+8801711000042"])
def test_a_phone_however_it_is_written_logs_in(isp: World, name: str, kept: str) -> None:
    client_id = isp.client(phone=kept).client_id
    isp.connection("rahim", client_id=client_id)
    assert tries(isp, name, PASSWORD) == Login(Proof.RIGHT, client_id)


def test_of_a_family_with_one_phone_it_is_whose_password_it_is(isp: World) -> None:
    father, son = (isp.client(phone="01711000042").client_id for _ in range(2))
    isp.connection("father", client_id=father)
    isp.connection("son", client_id=son, password=Secret("other-Padma-7"))
    assert tries(isp, "01711000042", "other-Padma-7").client_id == son
    assert tries(isp, "01711000042", PASSWORD).client_id == father


@pytest.mark.parametrize("proof", ["", "wrong", PASSWORD.lower(), "000000", "\0", "é" * 300])
def test_a_wrong_proof_is_wrong(isp: World, proof: str) -> None:
    isp.connection("rahim")
    assert tries(isp, "rahim", proof) == Login(Proof.WRONG)
    assert tries(isp, "nobody", proof) == Login(Proof.WRONG)


def test_a_username_opens_with_its_own_password_only(isp: World) -> None:
    client_id = isp.client().client_id
    isp.connection("rahim", client_id=client_id)
    isp.connection("rahim-shop", client_id=client_id, password=Secret("other-Padma-7"))
    assert tries(isp, "rahim", "other-Padma-7").proof is Proof.WRONG


def test_a_connection_without_a_password_opens_with_none(isp: World) -> None:
    isp.connection("camera", password=None)
    assert tries(isp, "camera", "").proof is Proof.WRONG


def test_another_isps_client_is_nobody_here(isp: World, other_isp: World) -> None:
    other_isp.connection("rahim")
    assert tries(isp, "rahim", PASSWORD).proof is Proof.WRONG


def test_five_failures_lock_the_client_from_anywhere_for_a_quarter_of_an_hour(isp: World) -> None:
    line = isp.connection("rahim")
    for _ in range(FAILURES_MAX):
        assert tries(isp, "rahim", "guess").proof is Proof.WRONG
    until = NOON + FAILURES_WITHIN
    assert tries(isp, "rahim", PASSWORD, CAFE, until - TICK) == Login(Proof.LOCKED, None, until)
    assert tries(isp, "rahim", PASSWORD, CAFE, until) == Login(Proof.RIGHT, line.client_id)


def test_who_tries_names_at_random_is_locked_out_by_address(isp: World) -> None:
    isp.connection("rahim")
    for number in range(FAILURES_MAX):
        tries(isp, f"nobody-{number}", "guess")
    assert tries(isp, "rahim", PASSWORD).proof is Proof.LOCKED
    assert tries(isp, "rahim", PASSWORD, CAFE).proof is Proof.RIGHT


def test_guesses_at_once_are_counted_one_by_one(isp: World) -> None:
    isp.connection("rahim")
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda n: tries(isp, "rahim", f"guess-{n}").proof, range(16)))
    assert seen.count(Proof.WRONG) == FAILURES_MAX
    assert seen.count(Proof.LOCKED) == 16 - FAILURES_MAX


def test_attempts_are_on_record_with_address_browser_and_time(isp: World) -> None:
    line = isp.connection("rahim")
    tries(isp, "rahim", "guess")
    tries(isp, "rahim", PASSWORD)
    with isp.transaction() as session:
        seen = recent_attempts(session, isp.tenant_id, actor=SYSTEM)
    assert [attempt.succeeded for attempt in seen] == [True, False]
    for attempt in seen:
        assert (attempt.trier.subject_id, attempt.trier.origin) == (line.client_id, HOME.origin)
        assert (attempt.trier.browser, attempt.attempted_at) == (HOME.browser, NOON)


def test_a_code_logs_in_once(isp: World) -> None:
    line = isp.connection("rahim")
    assert asks(isp, "rahim")
    [(client_id, code)] = codes(isp)
    assert client_id == line.client_id
    assert tries(isp, "rahim", f"{code[:3]} {code[3:]}") == Login(Proof.RIGHT, line.client_id)
    assert tries(isp, "rahim", code).proof is Proof.WRONG


def test_a_code_lapses(isp: World) -> None:
    isp.connection("rahim")
    asks(isp, "rahim")
    [(_, code)] = codes(isp)
    assert tries(isp, "rahim", code, now=NOON + CODE_LIFE).proof is Proof.WRONG
    assert tries(isp, "rahim", code, now=NOON + CODE_LIFE - TICK).proof is Proof.RIGHT


def test_only_the_last_code_counts(isp: World) -> None:
    isp.connection("rahim")
    asks(isp, "rahim")
    asks(isp, "rahim")
    (_, first), (_, last) = codes(isp)
    if first != last:
        assert tries(isp, "rahim", first).proof is Proof.WRONG
    assert tries(isp, "rahim", last).proof is Proof.RIGHT


def test_another_clients_code_does_not_open(isp: World) -> None:
    isp.connection("rahim")
    isp.connection("karim")
    asks(isp, "rahim")
    [(_, code)] = codes(isp)
    assert tries(isp, "karim", code).proof is Proof.WRONG


def test_who_has_no_password_logs_in_by_code(isp: World) -> None:
    line = isp.connection("camera", password=None)
    asks(isp, "camera")
    [(_, code)] = codes(isp)
    assert tries(isp, "camera", code).client_id == line.client_id


def test_of_clients_with_one_phone_an_active_one_gets_the_code(isp: World) -> None:
    gone, here = (isp.client(phone="01711000042").client_id for _ in range(2))
    with isp.transaction() as session:
        set_client_status(session, isp.tenant_id, gone, Status.INACTIVE, actor=SYSTEM)
    asks(isp, "01711000042")
    assert [client_id for client_id, _code in codes(isp)] == [here]


def test_codes_from_one_address_are_limited_whoever_they_are_for(isp: World) -> None:
    isp.connection("rahim")
    answers = [asks(isp, f"nobody-{number}") for number in range(CODES_MAX)]
    assert answers == [True] * CODES_MAX
    assert not asks(isp, "rahim")
    assert codes(isp) == []
    assert asks(isp, "rahim", now=NOON + CODES_WITHIN)


def test_nobody_can_flood_a_client_and_nobody_learns_it(isp: World) -> None:
    isp.connection("rahim")
    answers = [asks(isp, "rahim", Visitor(f"198.51.100.{n}")) for n in range(CODES_MAX + 2)]
    assert answers == [True] * (CODES_MAX + 2)
    assert len(codes(isp)) == CODES_MAX


def test_codes_of_yesterday_are_forgotten(isp: World) -> None:
    isp.connection("rahim")
    asks(isp, "rahim")
    with isp.transaction() as session:
        forget_login_codes(session, isp.tenant_id, now=NOON + timedelta(days=1))
        assert session.execute(text("SELECT count(*) FROM login_codes")).scalar_one() == 0
