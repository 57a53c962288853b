"""The Procfile: a process a line, in the order in which they start."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.processes import Line, ProcfileUnreadable, read_procfile

ROOT = Path(__file__).resolve().parents[2]


def written(folder: Path, text: str) -> Path:
    path = folder / "Procfile"
    path.write_text(text)
    return path


def test_the_database_starts_first() -> None:
    names = [line.name for line in read_procfile(ROOT / "Procfile")]
    assert names == ["postgres", "radius", "intake", "clock", "web", "gateways", "telegram", "bot"]


def test_comments_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, '# why\n\nweb: serve "$PORT" --now\n')
    assert read_procfile(path) == [Line("web", 'serve "$PORT" --now')]


@pytest.mark.parametrize("text", ["web", "web:", "Web: x", "web: it's", "web: 100%", ": x"])
def test_a_line_that_would_be_misread_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ProcfileUnreadable, match="Procfile"):
        read_procfile(written(tmp_path, text))
