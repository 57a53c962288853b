"""What the environment may say, and what is said of it when it cannot be used."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from commands.settings import BadSettings, Settings

ROOT = Path(__file__).resolve().parents[2]


def problems_of(**environ: str) -> tuple[str, ...]:
    with pytest.raises(BadSettings) as refused:
        Settings.from_environ(environ)
    return refused.value.problems


def test_nothing_said_means_the_documented_defaults() -> None:
    settings = Settings.from_environ({})
    assert settings.home == ROOT / "var"
    assert (settings.radius_auth_port, settings.radius_acct_port) == (1812, 1813)
    assert (settings.radius_operator_port, settings.web_port) == (18120, 8080)
    assert (settings.radius_address, settings.database_url) == ("*", None)
    assert (settings.isp, settings.language) == ("demo", "en")
    assert (settings.telegram_token, settings.telegram_api) == (None, "")


def test_an_empty_variable_is_an_unset_one() -> None:
    empty = {"SKYLINK_HOME": "", "SKYLINK_WEB_PORT": " ", "DATABASE_URL": ""}
    assert Settings.from_environ(empty) == Settings.from_environ({})


def test_all_that_is_wrong_is_told_at_once() -> None:
    problems = problems_of(
        SKYLINK_HOME="var",
        SKYLINK_RADIUS_AUTH_PORT="radius",
        SKYLINK_WEB_PORT="0",
        SKYLINK_RADIUS_ADDRESS="example.net",
        SKYLINK_LANGUAGE="fr",
        SKYLINK_ISP="Demo ISP",
        DATABASE_URL="mysql:skylink",
    )
    assert len(problems) == 7


@pytest.mark.parametrize("port", ["1", "65535"])
def test_the_outermost_ports_are_ports(port: str) -> None:
    assert Settings.from_environ({"SKYLINK_WEB_PORT": port}).web_port == int(port)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "1812.0", "٣", "0x10", "9" * 5000])
def test_what_is_no_port_is_refused_with_the_way_out(port: str) -> None:
    (problem,) = problems_of(SKYLINK_WEB_PORT=port)
    assert problem.startswith("SKYLINK_WEB_PORT is ")
    assert "from 1 to 65535, or unset it for 8080" in problem


def test_two_radius_ports_cannot_be_one() -> None:
    (problem,) = problems_of(SKYLINK_RADIUS_ACCT_PORT="1812")
    assert "SKYLINK_RADIUS_AUTH_PORT" in problem
    assert "SKYLINK_RADIUS_ACCT_PORT" in problem


@pytest.mark.parametrize("home", ["var", "/a'b", '/a"b', "/a%b", "/a$b", "/a\\b", "/a\nb"])
def test_a_home_that_a_configuration_file_would_misread_is_refused(home: str) -> None:
    (problem,) = problems_of(SKYLINK_HOME=home)
    assert "absolute path" in problem


def test_a_home_may_have_spaces_and_bangla_in_it() -> None:
    assert Settings.from_environ({"SKYLINK_HOME": "/srv/my আকাশ"}).home == Path("/srv/my আকাশ")


@pytest.mark.parametrize("url", ["postgresql://", "postgresql://host/", "skylink", "a://b/c"])
def test_a_database_url_without_a_database_is_refused(url: str) -> None:
    (problem,) = problems_of(DATABASE_URL=url)
    assert "postgresql://USER@HOST/DATABASE" in problem


def test_the_password_of_a_database_is_never_shown() -> None:
    settings = Settings.from_environ({"DATABASE_URL": "postgresql://sky:hunter2@db/skylink"})
    assert "hunter2" not in repr(settings)
    assert not any("hunter2" in problem for problem in problems_of(DATABASE_URL="x://sky:hunter2@"))


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.from_environ({}).web_port = 1  # type: ignore[misc]


def test_the_tables_of_variables_name_each_one_that_is_read() -> None:
    code = [ROOT / name for name in ("skylink", "Procfile", "storage/secrets.py")]
    rooms = ("commands", "radius_modules", "network")
    code += [ROOT / room / "settings.py" for room in rooms]
    code += [path for path in (ROOT / "raddb").rglob("*") if path.is_file()]
    variable = re.compile(r"\b(?:SKYLINK_[A-Z_]*[A-Z]|DATABASE_URL|TELEGRAM_BOT_TOKEN)\b")
    read = {name for path in code for name in variable.findall(path.read_text())}
    tables = (ROOT / "docs/environment.md").read_text()
    assert read == set(re.findall(r"^\| `([A-Z_]+)`", tables, re.MULTILINE))


def test_a_token_that_is_none_is_refused_and_not_repeated() -> None:
    (problem,) = problems_of(TELEGRAM_BOT_TOKEN="123:hush")
    assert "@BotFather" in problem
    assert "hush" not in problem


@pytest.mark.parametrize(
    "address",
    ["https://api.telegram.org", "http://10.0.0.7:8081", "127.0.0.1:8081", "http://[::1]"],
)
def test_another_telegram_is_on_this_machine_alone(address: str) -> None:
    (problem,) = problems_of(SKYLINK_TELEGRAM_API=address)
    assert "http://127.0.0.1:PORT" in problem


@pytest.mark.parametrize("url", ["http://isp.example/x", "isp.example", "https://a b"])
def test_a_webhook_is_an_https_url(url: str) -> None:
    with pytest.raises(BadSettings, match="SKYLINK_TELEGRAM_WEBHOOK"):
        Settings.from_environ({"SKYLINK_TELEGRAM_WEBHOOK": url})
    good = {"SKYLINK_TELEGRAM_WEBHOOK": "https://isp.example/telegram"}
    assert Settings.from_environ(good).telegram_webhook == good["SKYLINK_TELEGRAM_WEBHOOK"]


def test_a_local_telegram_is_named_by_its_address() -> None:
    settings = Settings.from_environ({"SKYLINK_TELEGRAM_API": "http://127.0.0.1:8081/"})
    assert settings.telegram_api == "http://127.0.0.1:8081"
