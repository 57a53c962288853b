"""Both languages say the same things, and all that is asked for is said."""

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast

import portal.words
from portal.words import LANGUAGES, TEXTS

HOME = Path(portal.words.__file__).parent
PLACEHOLDER = re.compile(r"\{ \$(\w+) \}")


def messages(language: str) -> dict[str, set[str]]:
    """By name, what each wants to be told."""
    found: dict[str, set[str]] = {}
    for path in (TEXTS / language).glob("*.ftl"):
        for entry in FluentParser().parse(path.read_text()).body:
            assert not isinstance(entry, ast.Junk), f"{path}: {entry.content}"
            if isinstance(entry, ast.Message):
                assert entry.id.name not in found, f"{entry.id.name} twice"
                span = entry.value.span if entry.value else None
                text = path.read_text()[span.start : span.end] if span else ""
                found[entry.id.name] = set(PLACEHOLDER.findall(text))
    return found


def test_both_languages_say_the_same() -> None:
    english, bangla = (messages(language) for language in ("en", "bn"))
    assert set(LANGUAGES) == {"en", "bn"}
    assert english == bangla


@pytest.mark.parametrize("language", LANGUAGES)
def test_bangla_is_in_bangla_and_english_in_english(language: str) -> None:
    for path in (TEXTS / language).glob("*.ftl"):
        for line in path.read_text().splitlines():
            name, _, text = line.partition(" = ")
            if not text or name in {"other-language", "of-limit", "speed-pair"}:
                continue
            bangla = re.search("[\u0980-\u09ff]", text) is not None
            assert bangla == (language == "bn"), line


def test_all_that_is_asked_for_is_said_and_nothing_else() -> None:
    sources = "".join(path.read_text() for path in [*HOME.rglob("*.html"), *HOME.rglob("*.py")])
    named = set(re.findall(r"""["']([a-z0-9-]+)["']""", sources))
    beginnings = set(re.findall(r"""t\(["']([a-z-]+-)["'] ~""", sources))
    said = set(messages("en"))
    used = {key for key in said if key in named or key.startswith(tuple(beginnings))}
    assert said - used - {key for key in said if key.startswith(("problem-", "password-"))} == set()
    asked = set(re.findall(r"""\bt\(["']([a-z0-9-]+)["'][,)]""", sources))
    assert asked <= said
