import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from billing.access import why
from billing.connections import find_connection
from billing.passwords import reveal_password
from commands.demo import NAS_ADDRESS, demo_logins
from commands.seed import BATCH, COMMAND, PLACE, Pattern
from network.nas import list_nas, reveal_nas_secret
from policy.access import Verdict
from policy.facts import AccessRequest, Reason
from storage.actors import SYSTEM
from tenancy.isps import find_isp
from tests.fixtures.homes import Home


def clients(home: Home, slug: str) -> tuple[int, Counter[str]]:
    """The ISP of that slug and how many of its clients get each verdict now."""
    with home.database.transaction(None) as session:
        tenant_id = find_isp(session, slug).tenant_id
    with home.database.transaction(tenant_id) as session:
        names = session.scalars(text("SELECT username FROM connections")).all()
        now = datetime.now(UTC)
        verdicts = Counter(str(why(session, tenant_id, n, now=now).verdict) for n in names)
    return tenant_id, verdicts


def test_two_thousand_are_there_within_seconds_and_some_are_restricted(home: Home) -> None:
    done = home.run(COMMAND, "--clients", "2000", "--isp", "two-thousand", "--json")
    facts = json.loads(done.stdout)
    assert (facts["isp"], facts["clients"], facts["added"]) == ("two-thousand", 2_000, 2_000)
    assert facts["seconds"] < 30
    with home.database.transaction(None) as session:
        tenant_id = find_isp(session, "two-thousand").tenant_id
    with home.database.transaction(tenant_id) as session:
        query = "SELECT DISTINCT status FROM connections"
        statuses = {row.status for row in session.execute(text(query))}
        owing = session.execute(text("SELECT count(*) FROM invoices")).scalar_one()
    assert statuses == {"active", "suspended", "inactive"}
    assert 200 < owing < 400


def test_a_second_run_goes_on_after_the_last_and_a_third_has_nothing_to_do(home: Home) -> None:
    added = []
    for total in ("30", "50", "50"):
        done = home.run(COMMAND, "--clients", total, "--isp", "grows", "--json", "--all-active")
        added.append(json.loads(done.stdout)["added"])
    assert added == [30, 20, 0]
    _tenant_id, verdicts = clients(home, "grows")
    assert verdicts == {"accept": 50}


def test_names_and_passwords_follow_their_patterns(home: Home) -> None:
    home.run(
        COMMAND, "--clients", "12", "--isp", "named", "--username", "ঢাকা-{n}@isp",
        "--password", "p{n}w",
    )  # fmt: skip
    with home.database.transaction(None) as session:
        tenant_id = find_isp(session, "named").tenant_id
    with home.database.transaction(tenant_id) as session:
        line = find_connection(session, tenant_id, "ঢাকা-12@isp")
        assert line is not None
        shown = reveal_password(
            session, tenant_id, line.connection_id, keys=home.keys(), actor=SYSTEM
        )
    assert shown == "p12w"


@pytest.mark.parametrize("pattern", ["user", "{n}{n}", ""])
def test_a_pattern_holds_the_number_once(pattern: str, home: Home) -> None:
    done = home.run(COMMAND, "--clients", "1", "--username", pattern)
    assert done.exit_code == 2
    assert "{n}" in done.output


@given(before=st.text(max_size=5), after=st.text(max_size=5), n=st.integers(1, 10**9))
def test_a_number_is_read_back_from_its_username(before: str, after: str, n: int) -> None:
    name = f"{before}{PLACE}{after}"
    if name.count(PLACE) == 1:
        assert Pattern(name, PLACE).number_of(name.replace(PLACE, str(n))) == n


@pytest.mark.parametrize(
    "username", ["user", "user0", "user01", "user-1", "user1x", "xuser1", "user১"]
)
def test_another_name_has_no_number(username: str) -> None:
    assert Pattern("user{n}", "pw{n}").number_of(username) == 0


EXPECTED = {
    "rahim": (Verdict.ACCEPT, Reason.CURRENT),
    "karim": (Verdict.WALLED, Reason.DUES),
    "salma": (Verdict.ACCEPT, Reason.GRACE),
    "parvin": (Verdict.ACCEPT, Reason.PROMISE),
    "jamal": (Verdict.ACCEPT, Reason.VIP),
    "mosque": (Verdict.ACCEPT, Reason.FREE),
    "ratan": (Verdict.ACCEPT, Reason.CURRENT),
    "nadia": (Verdict.WALLED, Reason.EXPIRED),
    "rafiq": (Verdict.WALLED, Reason.QUOTA),
    "tanvir": (Verdict.ACCEPT, Reason.CURRENT),
    "shirin": (Verdict.REJECT, Reason.WRONG_DEVICE),
    "bikash": (Verdict.ACCEPT, Reason.CURRENT),
    "office": (Verdict.ACCEPT, Reason.CURRENT),
    "guest": (Verdict.ACCEPT, Reason.CURRENT),
    "kamal": (Verdict.WALLED, Reason.SUSPENDED),
    "hasan": (Verdict.REJECT, Reason.INACTIVE),
}


def test_the_demo_has_a_client_for_each_answer_and_a_nas_on_this_machine(home: Home) -> None:
    done = home.run(COMMAND, "--clients", "1", "--isp", "demo")
    assert done.exit_code == 0
    with home.database.transaction(None) as session:
        tenant_id = find_isp(session, "demo").tenant_id
    now = datetime.now(UTC)
    with home.database.transaction(tenant_id) as session:
        request = AccessRequest(mac="AABBCC001122")
        for login in demo_logins():
            decision = why(session, tenant_id, login.username, now=now, request=request)
            assert (decision.verdict, decision.reason) == EXPECTED[login.username], login
            line = find_connection(session, tenant_id, login.username)
            assert line is not None
            shown = reveal_password(
                session, tenant_id, line.connection_id, keys=home.keys(), actor=SYSTEM
            )
            assert shown == login.password
        [nas] = list_nas(session, tenant_id)
        secret = reveal_nas_secret(session, tenant_id, nas.nas_id, keys=home.keys(), actor=SYSTEM)
    assert {login.username for login in demo_logins()} == set(EXPECTED)
    assert (nas.details.address, nas.details.kind, secret) == (
        NAS_ADDRESS,
        "mikrotik",
        "testing123",
    )


def test_a_batch_is_no_larger_than_a_transaction_may_be() -> None:
    assert BATCH <= 10_000
