import subprocess
from collections.abc import Callable

import pytest
from sqlalchemy import text

from billing.errors import NoPassword
from billing.passwords import RESEAL_ROWS_MAX, reseal_passwords, reveal_password, set_password
from commands.cluster import ADMIN, Cluster
from network.nas import reseal_nas_secrets, reveal_nas_secret
from sql.migrate import APP
from storage.actors import SYSTEM, Actor, ActorKind, Permission
from storage.database import Database
from storage.secrets import KeyRing, KeyUnknown, Secret
from tests.fixtures.isps import NAS_SECRET, PASSWORD, World, create_world

CLERK = Actor(ActorKind.STAFF, "Nadia", id=3, permissions=frozenset({Permission.REVEAL_PASSWORDS}))


def test_no_clear_secret_is_anywhere_in_the_database(
    cluster: Cluster, new_database: Callable[[str], str], keys: KeyRing
) -> None:
    name = new_database("test_sealed")
    database = Database(cluster.dsn(APP, name))
    isp = create_world(database, keys)
    line = isp.connection("rahim")
    isp.nas()
    changed = Secret("Changed-Meghna-9")
    with isp.transaction() as session:
        ours = isp.tenant_id, line.connection_id
        set_password(session, *ours, changed, keys=keys, actor=SYSTEM)
        assert reveal_password(session, *ours, keys=keys, actor=SYSTEM) == changed
    database.close()
    dump = subprocess.run(
        [cluster.program("pg_dump"), "--dbname", cluster.dsn(ADMIN, name)],
        capture_output=True,
        check=True,
    ).stdout
    assert b"rahim" in dump
    for secret in (PASSWORD, NAS_SECRET, changed):
        assert secret.encode() not in dump
        assert secret.encode().hex().encode() not in dump


def test_a_reveal_is_written_down_and_does_not_say_what_was_revealed(isp: World) -> None:
    line = isp.connection()
    with isp.transaction() as session:
        revealed = reveal_password(
            session, isp.tenant_id, line.connection_id, keys=isp.keys, actor=CLERK
        )
    assert revealed == PASSWORD
    with isp.transaction() as session:
        query = """SELECT action, actor_name, subject_id, before, after FROM audit_log
                    ORDER BY id DESC LIMIT 1"""
        row = session.execute(text(query)).one()
    written = ("connection.password_revealed", "Nadia", line.connection_id, None, None)
    assert tuple(row) == written


def test_a_reveal_that_is_not_kept_was_never_shown_to_a_door(isp: World) -> None:
    line = isp.connection(password=None)
    with pytest.raises(NoPassword), isp.transaction() as session:
        reveal_password(session, isp.tenant_id, line.connection_id, keys=isp.keys, actor=CLERK)


def test_a_password_can_be_taken_away(isp: World) -> None:
    line = isp.connection()
    ours = isp.tenant_id, line.connection_id
    with isp.transaction() as session:
        set_password(session, *ours, None, keys=isp.keys, actor=SYSTEM)
    with pytest.raises(NoPassword), isp.transaction() as session:
        reveal_password(session, *ours, keys=isp.keys, actor=CLERK)


def test_rotation_leaves_nothing_under_the_old_key(
    isp: World, other_isp: World, radius_connection: object
) -> None:
    old_line, new_line = KeyRing.new_line(1), KeyRing.new_line(2)
    old, both, new = (KeyRing.from_text(t) for t in (old_line, old_line + new_line, new_line))
    line, nas = isp.connection(), isp.nas()
    bare = isp.connection(password=None)
    ours = isp.tenant_id, line.connection_id
    with isp.transaction() as session:
        set_password(session, *ours, PASSWORD, keys=old, actor=SYSTEM)
        session.execute(text("UPDATE nas_devices SET sealed_secret = :sealed"), {
            "sealed": old.seal(NAS_SECRET.encode(), f"nas-secret:{isp.tenant_id}:{nas.nas_id}"),
        })  # fmt: skip
    with pytest.raises(KeyUnknown), isp.transaction() as session:
        reveal_password(session, *ours, keys=new, actor=SYSTEM)
    for expected in (1, 0):
        with isp.transaction() as session:
            assert reseal_passwords(session, isp.tenant_id, both) == expected
            assert reseal_nas_secrets(session, isp.tenant_id, both) == expected
    with isp.transaction() as session:
        assert reveal_password(session, *ours, keys=new, actor=SYSTEM) == PASSWORD
        shown = reveal_nas_secret(session, isp.tenant_id, nas.nas_id, keys=new, actor=SYSTEM)
        assert shown == NAS_SECRET
    assert bare.connection_id
    assert RESEAL_ROWS_MAX > 1
