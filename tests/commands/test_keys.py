import json
import stat
from collections.abc import Callable

import pytest
from sqlalchemy import text

from billing.passwords import reveal_password
from commands.keys import COMMAND, KeysInEnvironment
from network.nas import reveal_nas_secret
from storage.actors import SYSTEM
from storage.secrets import KeyRing
from tests.fixtures.homes import Home
from tests.fixtures.isps import NAS_SECRET, PASSWORD, create_world


def test_a_rotation_brings_every_isp_under_a_new_key(new_home: Callable[[], Home]) -> None:
    home = new_home()
    worlds = [create_world(home.database, home.keys()) for _each in range(2)]
    stock = [(isp, isp.connection(), isp.nas()) for isp in worlds]
    assert json.loads(home.run(COMMAND, "list", "--json").stdout)["keys"] == [
        {"id": 1, "held": True, "seals": True, "sealed": 4}
    ]
    rotated = json.loads(home.run(COMMAND, "rotate", "--json").stdout)
    assert rotated == {"key": 2, "isps": 2, "resealed": 4}
    assert "key 1: 0 values\nkey 2: 4 values" in home.run(COMMAND, "list").stdout
    assert stat.S_IMODE(home.keys_file.stat().st_mode) == 0o600
    newest = KeyRing.from_text(home.keys_file.read_text().splitlines()[-1])
    for isp, line, nas in stock:
        with isp.transaction() as session:
            audit = "SELECT after FROM audit_log WHERE action = 'keys.rotated'"
            assert session.execute(text(audit)).scalars().all() == [{"key_id": 2}]
            ours = isp.tenant_id, line.connection_id
            assert reveal_password(session, *ours, keys=newest, actor=SYSTEM) == PASSWORD
            secret = reveal_nas_secret(
                session, isp.tenant_id, nas.nas_id, keys=newest, actor=SYSTEM
            )
            assert secret == NAS_SECRET
    again = json.loads(home.run(COMMAND, "reseal", "--json").stdout)
    assert again == {"key": 2, "isps": 2, "resealed": 0}
    home.keys_file.write_text(newest_line(home))
    assert "key 2: 4 values, seals what is new" in home.run(COMMAND, "list").stdout


def newest_line(home: Home) -> str:
    return home.keys_file.read_text().splitlines()[-1]


def test_a_ring_from_the_environment_is_not_the_commands_to_change(home: Home) -> None:
    before = home.keys_file.read_text()
    with pytest.raises(KeysInEnvironment):
        home.run(COMMAND, "rotate", keys=KeyRing.new_line(5).strip())
    assert home.keys_file.read_text() == before
