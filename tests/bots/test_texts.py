"""Both languages say all, of the same figures; what the code asks for is there."""

from __future__ import annotations

import ast
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fluent.syntax import ast as fluent
from fluent.syntax import parse
from fluent.syntax.visitor import Visitor

from bots.process import LISTED
from bots.screens.payments import METHODS
from bots.words import LANGUAGES, TEXTS, Words
from network.attempts import Problem
from storage.actors import Permission
from tenancy.second_factor import CodeCheck

BOTS = Path(__file__).parents[2] / "bots"
TAGS = {"b", "i", "code", "tg-spoiler", "blockquote"}


class Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: fluent.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def messages(language: str) -> dict[str, set[str]]:
    """By key, the figures that a message names."""
    found: dict[str, set[str]] = {}
    for path in sorted((TEXTS / language).glob("*.ftl")):
        for entry in parse(path.read_text()).body:
            assert not isinstance(entry, fluent.Junk), f"{path}: {entry.content}"
            if isinstance(entry, fluent.Message):
                assert entry.id.name not in found, f"{entry.id.name} is there twice"
                variables = Variables()
                variables.visit(entry)
                found[entry.id.name] = variables.names
    return found


def test_both_languages_have_each_text_with_the_same_figures() -> None:
    english, bangla = (messages(language) for language in LANGUAGES)
    assert english == bangla


PLACES = {"say": 0, "plain": 0, "to": 1, "does": 2}  # where a call names its text


def keys_in_code(*callers: str) -> set[str]:
    """The texts that calls of these names ask for by name."""
    keys = set()
    for path in BOTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                at = PLACES[node.func.attr] if node.func.attr in callers else len(node.args)
                key = node.args[at] if at < len(node.args) else None
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    keys.add(key.value)
    assert keys
    return keys


def keys_of_enums() -> set[str]:
    """The texts that are found by what something is."""
    names = [f"permission-{one}" for one in Permission] + [f"problem-{one}" for one in Problem]
    names += [f"code-{one}" for one in CodeCheck if one is not CodeCheck.RIGHT]
    names += [f"method-{one}" for one in METHODS] + [f"command-{name}" for name in LISTED]
    return {name.replace("_", "-") for name in names}


def test_every_text_that_the_code_asks_for_is_there() -> None:
    assert keys_in_code(*PLACES) | keys_of_enums() <= set(messages("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_markup_is_what_telegram_takes(language: str) -> None:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:
            assert tag in TAGS, key
            self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag, key

    words = Words(language, ZoneInfo("UTC"))
    for key, names in messages(language).items():
        reader = Reader()
        reader.feed(words.say(key, **dict.fromkeys(names, "<b> & <script>")))
        assert not reader.open, key


def test_what_people_are_called_is_never_markup() -> None:
    words = Words("en", ZoneInfo("UTC"))
    said = words.say("search-none", words="<a href='tg://x'>Rahim</a> & sons")
    assert "&lt;a href" in said
    assert "&amp; sons" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_and_toasts_have_no_markup(language: str) -> None:
    words = Words(language, ZoneInfo("UTC"))
    said = messages(language)
    refusals = {key for key in said if key.startswith(("refused", "permission", "method"))}
    for key in keys_in_code("plain", "to", "does") | refusals:
        assert "<" not in words.plain(key, **dict.fromkeys(said[key], "x")), key
