"""The rivals: as we say they are, and they answer."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from bench.figures import BenchError
from bench.load import Load, Radload, attribute_numbers
from bench.radius import refuse_unlike
from bench.rivals import (
    PASSWORD,
    Limits,
    StockFiles,
    fill_rlm_sql,
    make_bare,
    make_files,
    make_rlm_sql,
    make_yes,
    render,
)
from bench.servers import RadiusServer, free_port
from commands.cluster import ADMIN, Cluster
from tests.fixtures.databases import connected

USERS, CYCLE = 20, 5
CLASS, FRAMED_POOL, INTERIM, SIGNATURE, MIKROTIK = 25, 88, 85, 80, 14988
SENT = (
    (CLASS,),
    (26, MIKROTIK, 3),
    (26, MIKROTIK, 8),
    (SIGNATURE,),
    (INTERIM,),
    (FRAMED_POOL,),
)


@pytest.fixture(scope="module")
def radload(tmp_path_factory: pytest.TempPathFactory) -> Radload:
    return Radload(tmp_path_factory.mktemp("radload"))


def log_in(server: RadiusServer, radload: Radload, **options: object) -> Load:
    """Each user a few times; whatever is wrong about the answers raises."""
    with server.run() as running:
        load = radload.closed(
            running.port, window=4, seconds=20, warmup=0, users=USERS, count=5 * USERS, **options
        )
    load.refuse_wrong(server.name)
    return load


def test_bare_lets_everybody_in_with_the_attributes_of_ours(
    tmp_path: Path, radload: Radload
) -> None:
    server = RadiusServer("bare", tmp_path / "bare", free_port(), tmp_path / "log", {})
    make_bare(server.folder, server.port, Limits.of_ours())
    load = log_in(server, radload, password=PASSWORD)
    assert load.said["accepts"] == 5 * USERS
    assert attribute_numbers(load.reply) == tuple(sorted(SENT))


def test_files_knows_every_user_by_a_password_of_their_own(
    tmp_path: Path, radload: Radload
) -> None:
    server = RadiusServer("files", tmp_path / "files", free_port(), tmp_path / "log", {})
    make_files(server.folder, server.port, Limits.of_ours(), USERS)
    load = log_in(server, radload)
    assert load.said["accepts"] == 5 * USERS
    assert attribute_numbers(load.reply) == tuple(sorted(SENT))


def test_rlm_sql_knows_every_user_by_the_stock_schema_and_queries(
    tmp_path: Path, radload: Radload, cluster: Cluster
) -> None:
    try:
        StockFiles(tmp_path / "stock").read("schema.sql")
    except BenchError as error:
        pytest.skip(str(error))
    server = RadiusServer("rlm_sql", tmp_path / "rlm_sql", free_port(), tmp_path / "log", {})
    dsn = cluster.dsn(ADMIN, "bench_rlm_sql")
    make_rlm_sql(server.folder, server.port, Limits.of_ours(), dsn)
    fill_rlm_sql(cluster.dsn(ADMIN, "postgres"), dsn, USERS, tmp_path)
    load = log_in(server, radload)
    assert load.said["accepts"] == 5 * USERS
    assert attribute_numbers(load.reply) == tuple(sorted(SENT))


def acknowledge(server: RadiusServer, radload: Radload) -> Load:
    """Five records of each user after its Start; whatever is wrong about the answers raises."""
    with server.run() as running:
        load = radload.closed(
            running.port, window=4, seconds=20, warmup=0, users=USERS, count=6 * USERS,
            records=True, cycle=CYCLE,
        )  # fmt: skip
    load.refuse_wrong(server.name)
    assert load.said["accepts"] == 6 * USERS
    return load


def test_yes_acknowledges_every_record(tmp_path: Path, radload: Radload) -> None:
    server = RadiusServer("yes", tmp_path / "yes", free_port(), tmp_path / "log", {})
    make_yes(server.folder, server.port, Limits.of_ours())
    acknowledge(server, radload)


def test_rlm_sql_keeps_every_session_by_the_stock_schema_and_queries(
    tmp_path: Path, radload: Radload, cluster: Cluster
) -> None:
    try:
        StockFiles(tmp_path / "stock").read("schema.sql")
    except BenchError as error:
        pytest.skip(str(error))
    server = RadiusServer("rlm_sql", tmp_path / "rlm_sql", free_port(), tmp_path / "log", {})
    dsn = cluster.dsn(ADMIN, "bench_rlm_sql_accounting")
    make_rlm_sql(server.folder, server.port, Limits.of_ours(), dsn, "rlm_sql_accounting.conf")
    fill_rlm_sql(cluster.dsn(ADMIN, "postgres"), dsn, USERS, tmp_path)
    load = acknowledge(server, radload)
    with connected(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(acctstoptime), sum(acctinputoctets + acctoutputoctets)"
            " FROM radacct"
        )
        sessions, stopped, octets = cursor.fetchone() or ()
    repeated = USERS // CYCLE  # whose Start comes with the first turn and again with the second
    assert sessions == load.said["starts"] - repeated
    assert stopped == load.said["stops"]
    assert octets == load.said["octets"]


def test_the_rivals_get_our_own_limits() -> None:
    limits = Limits.of_ours()
    assert all(getattr(limits, each.name) > 0 for each in fields(limits))
    assert limits.max_requests >= 65_536, "or answered logins, remembered for 5 s, cap the rate"


def test_a_limit_that_ours_does_not_set_is_missed(tmp_path: Path) -> None:
    (tmp_path / "sites-enabled").mkdir()
    (tmp_path / "radiusd.conf").write_text("thread pool {\n\tmax_servers = 8\n}\n")
    (tmp_path / "sites-enabled/access").write_text("")
    with pytest.raises(BenchError, match="max_queue_size"):
        Limits.of_ours(tmp_path)


def test_a_mark_without_a_value_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        render("bare.conf", tmp_path, {"folder": "x"})


def test_servers_that_send_different_attributes_are_not_compared() -> None:
    with_class = bytes([2, 0, 0, 23]) + bytes(16) + bytes([CLASS, 3, 1])
    with_pool = bytes([2, 0, 0, 23]) + bytes(16) + bytes([FRAMED_POOL, 3, 1])
    alike = {"ours": Load({"sample_reply": with_class.hex()})}
    refuse_unlike({**alike, "bare": Load({"sample_reply": with_class.hex()})})
    with pytest.raises(BenchError, match="different attributes"):
        refuse_unlike({**alike, "bare": Load({"sample_reply": with_pool.hex()})})


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "radiusd.conf").write_text("nonsense\n")
    server = RadiusServer("broken", tmp_path, free_port(), tmp_path / "log", {})
    with pytest.raises(BenchError, match="broken does not start"), server.run():
        pass
