"""`./skylink kick` where the router does not follow, and what `status` then says."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from commands.enforcement_state import WORDS, enforcement_lines, enforcement_state
from commands.kick import COMMAND, NoSuchUsername
from commands.settings import Settings
from network.attempts import Problem
from network.intake import Intake
from network.nas import list_nas
from network.settings import IntakeSettings
from sql.migrate import ENFORCER, INTAKE
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world
from tests.fixtures.journals import record


@pytest.fixture
def online(home: Home, tmp_path: Path) -> World:
    """Salma is online; nobody enforces here, so nothing reaches her router."""
    isp = create_world(home.database, home.keys())
    isp.connection("salma")
    isp.connection("karim")
    source = isp.nas(name="tower").details.address
    (tmp_path / "20260310T1200").write_text(record("start", source))
    dsn = home.cluster.dsn(INTAKE)
    Intake(IntakeSettings(dsn, tmp_path, isp.slug, 9e9), lambda _about, _line: None).catch_up()
    return isp


def test_who_is_not_online_is_named_and_who_is_nobody_refused(online: World, home: Home) -> None:
    said = home.run(COMMAND, "karim", "--isp", online.slug)
    assert (said.output, said.exit_code) == ("karim has no live session.\n", 0)
    with pytest.raises(NoSuchUsername, match="why nobody tells more"):
        home.run(COMMAND, "nobody", "--isp", online.slug)


def test_what_the_router_did_not_confirm_is_not_said_to_be_done(online: World, home: Home) -> None:
    said = home.run(COMMAND, "salma", "--isp", online.slug, "--wait", "0")
    assert said.exit_code == 1
    assert said.output.startswith("Asked for the end of 1 session of salma; not confirmed yet: 1.")


def test_what_keeps_a_change_from_a_session_is_told_by_kick_and_status(
    online: World, home: Home
) -> None:
    home.run(COMMAND, "salma", "--isp", online.slug, "--wait", "0")
    enforcer = closing(psycopg2.connect(home.cluster.dsn(ENFORCER)))
    with enforcer as database, database, database.cursor() as cursor:
        cursor.execute(
            """SELECT enforcement.answered(json_build_array(json_build_object(
                       'tenant_id', tenant_id, 'session_id', session_id, 'sent_at', sent_at,
                       'acked', false, 'means', means, 'tries', 0, 'rounds', 1,
                       'wait_seconds', 600, 'problem', 'silent'))::jsonb)
                     FROM enforcement.claim(%s)""",
            (f'[{{"tenant_id": {online.tenant_id}, "nas_id": {nas_id(online)}, "room": 1}}]',),
        )
        cursor.execute("SELECT enforcement.note_problems()")
    said = home.run(COMMAND, "salma", "--isp", online.slug, "--wait", "0").output
    settings = Settings.from_environ(
        {
            "SKYLINK_HOME": str(home.cluster.home),
            "SKYLINK_POSTGRES_PORT": str(home.cluster.port),
        }
    )
    [told] = [
        problem
        for problem in enforcement_state(settings)["problems"]
        if problem["isp"] == online.slug
    ]
    assert told["words"].startswith("tower at ")
    assert "does not answer CoA" in told["words"]
    assert "salma's session waits" in told["words"]
    assert told["words"] in said
    shown = enforcement_lines({"problems": [told] * 21})
    assert f"    {online.slug}: {told['words']}" in shown
    assert shown[-1] == "    and 1 more: --json lists all"


def nas_id(isp: World) -> int:
    with isp.transaction() as session:
        (nas,) = list_nas(session, isp.tenant_id)
    return nas.nas_id


def test_every_problem_has_words() -> None:
    assert WORDS.keys() == set(Problem)
