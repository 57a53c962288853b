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

from billing.bill_runs import RunState
from billing.invoices import InvoiceStatus
from billing.ledger import Code
from billing.payments import PaymentMethod
from billing.run_previews import Cause
from billing.search import ClientState
from bots.forms.contents import FORMS
from bots.notices import CONCERNS
from bots.process import LISTED
from bots.screens.browse import COLUMNS
from bots.sheets import Kind
from bots.words import LANGUAGES, TEXTS, Words
from network.attempts import Problem
from network.nas import Ability, NasKind
from policy.bills import LineKind
from policy.facts import ProfileKind, Service
from storage.actors import Permission
from tenancy.login_attempts import SubjectKind
from tenancy.roles import Role
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


PLACES = {  # where a call names its text
    "say": 0, "plain": 0, "to": 1, "does": 2, "done": 2, "Column": 0, "NotAccepted": 0,
    "_back_to": 3, "_back": 3, "_card": 3,
}  # fmt: skip


def keys_in_code(*callers: str) -> set[str]:
    """The texts that calls of these names ask for by name."""
    keys = set()
    for path in BOTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                at = PLACES[name] if name in callers else len(node.args)
                key = node.args[at] if at < len(node.args) else None
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    keys.add(key.value)
    assert keys
    return keys


def keys_of_enums() -> set[str]:
    """The texts that are found by what something is."""
    names = [f"permission-{one}" for one in Permission] + [f"problem-{one}" for one in Problem]
    names += [f"code-{one}" for one in CodeCheck if one is not CodeCheck.RIGHT]
    names += [f"method-{one}" for one in PaymentMethod] + [f"command-{name}" for name in LISTED]
    names += [f"role-{one}" for one in Role] + [f"invoice-{one}" for one in InvoiceStatus]
    names += [f"line-{one}" for one in LineKind] + [f"entry-{one}" for one in Code]
    names += [f"run-{one}" for one in RunState] + [f"cause-{one}" for one in Cause]
    names += [f"service-{one}" for one in Service] + [f"kind-{one}" for one in ProfileKind]
    names += [f"nas-{one}" for one in NasKind] + [f"ability-{one}" for one in Ability]
    names += [f"state-{one}" for one in ClientState] + [f"attempt-{one}" for one in SubjectKind]
    names += [f"column-{name}" for name in COLUMNS] + [f"file-{kind}" for kind in Kind]
    names += [f"form-{form.name}" for form in FORMS]
    names += [f"notice-{event.replace('.', '-')}" for event in CONCERNS]
    for form in FORMS:
        names += [f"{part}-{field.name}" for field in form.fields for part in ("ask", "field")]
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
