"""The people's door: to pages of its own on this machine, and to nobody else."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession

from sandbox.telegram.people import People, Person
from sandbox.telegram.server import LocalTelegram

PAGE = Path(__file__).parents[3] / "sandbox" / "telegram" / "page"


async def test_the_page_brings_all_it_needs_from_this_machine(telegram: LocalTelegram) -> None:
    async with ClientSession(telegram.address) as browser:
        async with browser.get("/") as answer:
            page = await answer.text()
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Sandbox" in page
        for path in re.findall(r'(?:href|src)="([^"]+)"', page):
            async with browser.get(path) as answer:
                assert answer.status == 200, path


def test_every_script_that_is_imported_is_there() -> None:
    scripts = list(PAGE.glob("*.js"))
    assert len(scripts) > 3
    for script in scripts:
        for name in re.findall(r'from "\./([\w.]+)"', script.read_text()):
            assert (PAGE / name).exists(), f"{script.name} imports {name}"


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
    ids=["another host's name", "another site's page", "a page from nowhere"],
)
async def test_other_sites_reach_nothing(
    telegram: LocalTelegram, rahim: Person, headers: dict[str, str]
) -> None:
    path = f"/people/{rahim.id}/chats/{rahim.chat_id}/says"
    said = {"json": {"text": "pay"}, "headers": headers}
    async with ClientSession(telegram.address) as browser, browser.post(path, **said) as answer:
        assert answer.status == 403
    assert not (await rahim.screen()).messages


async def test_a_form_of_another_site_is_no_act(telegram: LocalTelegram, rahim: Person) -> None:
    path = f"/people/{rahim.id}/chats/{rahim.chat_id}/says"
    said = {"data": '{"text": "pay"}'}
    async with ClientSession(telegram.address) as browser, browser.post(path, **said) as answer:
        assert answer.status == 400


async def test_the_stream_tells_of_a_message_as_it_is_written(
    telegram: LocalTelegram, rahim: Person
) -> None:
    async with ClientSession(telegram.address) as browser, browser.get("/events") as stream:
        assert b"anew" in await stream.content.readline()
        await rahim.says("salam")
        async with asyncio.timeout(10):
            while b"salam" not in await stream.content.readline():
                pass


async def test_chats_outlive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "chats.json"
    async with LocalTelegram(file=file) as telegram, People(telegram.address) as people:
        rahim = await people.add("Rahim", phone="+8801711000001")
        await rahim.says("রহিম পেইড")
        document = await rahim.sends_file("clients.csv", b"name\n")
    assert file.stat().st_mode & 0o077 == 0
    async with LocalTelegram(file=file) as telegram, People(telegram.address) as people:
        again = Person(people, rahim.id, rahim.id)
        screen = await again.screen()
        assert [one.text for one in screen.messages] == ["রহিম পেইড", ""]
        assert screen.messages[1].id == document
        assert await again.receives(screen.messages[1]) == b"name\n"


def test_the_command_says_where_it_is_and_what_a_bot_needs() -> None:
    command = [sys.executable, "-m", "sandbox.telegram", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        lines = [running.stdout.readline() for _ in range(3)]
        running.terminate()
    assert re.match(r"Local Telegram \(sandbox\): http://127\.0\.0\.1:\d+\n", lines[0])
    assert "base_url http://127.0.0.1" in lines[1]
    assert "say /start" in lines[2]
    assert running.returncode == 0


def test_a_port_that_is_taken_is_said_in_one_sentence() -> None:
    command = [sys.executable, "-m", "sandbox.telegram", "--port"]
    with subprocess.Popen([*command, "0"], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        port = running.stdout.readline().strip().rpartition(":")[2]
        second = subprocess.run([*command, port], capture_output=True, text=True, check=False)
        running.terminate()
    assert second.returncode == 1
    assert f"port {port} cannot be opened" in second.stderr
