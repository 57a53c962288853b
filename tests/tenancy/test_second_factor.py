import base64
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import text

from storage.actors import SYSTEM, Actor
from storage.secrets import Secret, sent_code
from tenancy.errors import (
    CodeSentLately,
    NoPhone,
    SecondFactorMissing,
    SecondFactorThere,
    StaffNotFound,
)
from tenancy.links import get_link, invite_staff, redeem_invitation
from tenancy.login_attempts import FAILURES_MAX, FAILURES_WITHIN, recent_attempts
from tenancy.roles import Role, StaffId
from tenancy.second_factor import (
    SENT_AGAIN_AFTER,
    SENT_CODE_LIFE,
    CodeCheck,
    backup_codes_left,
    check_code,
    make_backup_codes,
    offer_totp,
    reset_second_factor,
    send_code,
)
from tenancy.staff import add_staff, set_phone, staff_actor
from tests.fixtures.isps import NOON, World, new_account

TICK = timedelta(microseconds=1)
STEP = timedelta(seconds=30)
BANGLA = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
RIGHT, WRONG, LOCKED = CodeCheck.RIGHT, CodeCheck.WRONG, CodeCheck.LOCKED


class Person:
    """A staff member with an authenticator."""

    def __init__(self, isp: World) -> None:
        self.isp = isp
        with isp.transaction() as session:
            added = add_staff(session, isp.tenant_id, name="Nadia", role=Role.ADMIN, actor=SYSTEM)
            self.staff_id: StaffId = added.staff_id
            self.actor: Actor = staff_actor(session, isp.tenant_id, self.staff_id, origin="test")
            code = invite_staff(session, isp.tenant_id, self.staff_id, now=NOON, actor=SYSTEM).code
        with isp.database.transaction(None) as session:
            redeem_invitation(session, code, account_id=new_account(), now=NOON)
        self.secret = self.offered()

    def offered(self) -> Secret:
        with self.isp.transaction() as session:
            return offer_totp(
                session, self.isp.tenant_id, self.actor, isp_name="Padma Net", keys=self.isp.keys
            ).secret

    def code(self, at: datetime) -> str:
        return pyotp.TOTP(self.secret).at(at)

    def tries(self, code: str, now: datetime = NOON) -> CodeCheck:
        with self.isp.transaction() as session:
            return check_code(
                session, self.isp.tenant_id, self.staff_id, code,
                keys=self.isp.keys, now=now, origin=f"telegram:{self.staff_id}",
            )  # fmt: skip

    def backup_codes(self) -> tuple[Secret, ...]:
        with self.isp.transaction() as session:
            return make_backup_codes(session, self.isp.tenant_id, self.actor)


@pytest.fixture
def nadia(isp: World) -> Person:
    return Person(isp)


def test_a_right_code_is_remembered_on_the_link(nadia: Person, isp: World) -> None:
    assert nadia.tries(nadia.code(NOON)) is RIGHT
    with isp.transaction() as session:
        assert get_link(session, isp.tenant_id, nadia.staff_id).verified_at == NOON


def test_a_code_in_bangla_digits_with_a_space_is_the_same_code(nadia: Person) -> None:
    code = nadia.code(NOON).translate(BANGLA)
    assert nadia.tries(f"{code[:3]} {code[3:]}") is RIGHT


def test_a_code_never_works_twice(nadia: Person) -> None:
    code = nadia.code(NOON)
    assert [nadia.tries(code), nadia.tries(code)] == [RIGHT, WRONG]
    assert nadia.tries(nadia.code(NOON - STEP)) is WRONG  # nor one from before it


@pytest.mark.parametrize(
    ("steps", "outcome"), [(-2, WRONG), (-1, RIGHT), (0, RIGHT), (1, RIGHT), (2, WRONG)]
)
def test_a_clock_may_be_half_a_minute_off(nadia: Person, steps: int, outcome: CodeCheck) -> None:
    assert nadia.tries(nadia.code(NOON + steps * STEP)) is outcome


def test_five_wrong_codes_within_a_quarter_of_an_hour_lock_and_tell_the_owners(
    nadia: Person, isp: World
) -> None:
    tries = [nadia.tries("000000") for _ in range(FAILURES_MAX)]
    assert tries == [WRONG] * (FAILURES_MAX - 1) + [LOCKED]
    assert nadia.tries(nadia.code(NOON)) is LOCKED
    end = NOON + FAILURES_WITHIN
    assert nadia.tries(nadia.code(end - TICK), end - TICK) is LOCKED
    assert nadia.tries(nadia.code(end), end) is RIGHT
    with isp.transaction() as session:
        told = session.execute(text("SELECT count(*) FROM outbox WHERE event = 'staff.locked'"))
        assert told.scalar_one() == 1
        attempts = recent_attempts(session, isp.tenant_id, actor=SYSTEM)
    assert [attempt.succeeded for attempt in attempts] == [True] + [False] * FAILURES_MAX


def test_a_success_forgives_the_failures_before_it(nadia: Person) -> None:
    for _ in range(FAILURES_MAX - 1):
        nadia.tries("000000")
    assert nadia.tries(nadia.code(NOON)) is RIGHT
    later = NOON + STEP
    assert [nadia.tries("000000", later) for _ in range(FAILURES_MAX - 1)][-1] is WRONG


def test_eight_backup_codes_work_once_each(nadia: Person, isp: World) -> None:
    codes = nadia.backup_codes()
    assert len(set(codes)) == 8
    assert nadia.tries(codes[0].lower().replace("-", " ")) is RIGHT
    assert nadia.tries(codes[0]) is WRONG
    with isp.transaction() as session:
        assert backup_codes_left(session, isp.tenant_id, nadia.staff_id) == 7


def test_new_backup_codes_end_the_former(nadia: Person) -> None:
    former = nadia.backup_codes()
    fresh = nadia.backup_codes()
    assert (nadia.tries(former[0]), nadia.tries(fresh[0])) == (WRONG, RIGHT)


def test_a_code_that_was_sent_works_once_and_for_five_minutes(nadia: Person, isp: World) -> None:
    def sent(now: datetime = NOON) -> str:
        with isp.transaction() as session:
            session.execute(text("DELETE FROM outbox"))
            send_code(session, isp.tenant_id, nadia.staff_id, keys=isp.keys, now=now)
            payload = session.execute(text("SELECT payload FROM outbox")).scalar_one()
        sealed = base64.b64decode(payload["sealed_code"])
        context = sent_code(isp.tenant_id, f"staff:{nadia.staff_id}")
        return isp.keys.open(sealed, context).decode()

    with pytest.raises(NoPhone):
        sent()
    with isp.transaction() as session:
        set_phone(session, isp.tenant_id, nadia.staff_id, "+8801711000009", actor=SYSTEM)
    code = sent()
    assert nadia.tries(code, NOON + SENT_CODE_LIFE) is WRONG
    with pytest.raises(CodeSentLately):
        sent(NOON + SENT_AGAIN_AFTER - TICK)
    code = sent(NOON + SENT_AGAIN_AFTER)
    last = NOON + SENT_AGAIN_AFTER + SENT_CODE_LIFE - TICK
    assert [nadia.tries(code, last), nadia.tries(code, last)] == [RIGHT, WRONG]


def test_a_secret_that_counts_is_not_replaced_but_by_a_reset(nadia: Person, isp: World) -> None:
    nadia.tries(nadia.code(NOON))
    with pytest.raises(SecondFactorThere):
        nadia.offered()
    with isp.transaction() as session:
        reset_second_factor(session, isp.tenant_id, nadia.staff_id, actor=SYSTEM)
        assert get_link(session, isp.tenant_id, nadia.staff_id).verified_at is None
    with pytest.raises(SecondFactorMissing):
        nadia.tries(nadia.code(NOON))


def test_only_staff_have_a_second_factor(isp: World) -> None:
    with isp.transaction() as session, pytest.raises(StaffNotFound):
        offer_totp(session, isp.tenant_id, SYSTEM, isp_name="Padma Net", keys=isp.keys)
    with isp.transaction() as session, pytest.raises(StaffNotFound):
        make_backup_codes(session, isp.tenant_id, SYSTEM)


def test_a_key_that_was_scanned_stays_good_until_another_account_joins(isp: World) -> None:
    nadia = Person(isp)
    assert nadia.offered() == nadia.secret
    with isp.transaction() as session:
        code = invite_staff(session, isp.tenant_id, nadia.staff_id, now=NOON, actor=SYSTEM).code
    with isp.database.transaction(None) as session:
        redeem_invitation(session, code, account_id=new_account(), now=NOON)
    assert nadia.offered() != nadia.secret
