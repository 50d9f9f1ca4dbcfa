"""Are the tables valid LaTeX and the figures PDF, always in the same bytes?"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import report_data

from report.products.paper import Table, build, main, text

HOSTILE = "\\input{/etc/passwd} 100% $x$ a_b #1 {x} ~ ^ & \u202etxt\u202c \x1b[31mred \u2028 モデル"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_data.write(tmp_path_factory.mktemp("data"), report_data.rows())


@pytest.fixture(scope="module")
def paper(data: Path) -> dict[Path, bytes]:
    return build(data)


def test_hostile_text_is_no_command() -> None:
    shown = text(HOSTILE)
    bare = re.sub(r"\\[A-Za-z]+(?![A-Za-z])|\\[%$#&_{}~^\\]", "", shown)
    assert not set(bare) & set("\\%$#&_~^")
    assert "\\input" not in shown
    assert shown.isascii()


def test_a_table_has_the_rules_of_booktabs_and_escapes_its_texts() -> None:
    rows = pd.DataFrame({HOSTILE: [HOSTILE], "Count": [3]})
    table = Table("name", HOSTILE, rows).latex()
    for rule in ("\\toprule", "\\midrule", "\\bottomrule", "\\label{tab:name}", "{lr}"):
        assert rule in table
    assert "\\input" not in table
    assert "& 3 \\\\" in table


@pytest.mark.whole
def test_the_paper_names_exactly_the_files_that_exist(paper: dict[Path, bytes]) -> None:
    text = paper[Path("paper.tex")].decode("ascii")
    named = re.findall(r"\{((?:tables|figures)/[^}]+)\}", text)
    assert {Path(name) for name in named} == set(paper) - {Path("paper.tex")}
    assert any(name.endswith(".pdf") for name in named)
    assert text.count("\\caption") == text.count("\\includegraphics")
    for name, content in paper.items():
        if name.suffix == ".pdf":
            assert content.startswith(b"%PDF")
            assert b"CreationDate" not in content


@pytest.mark.whole
def test_a_second_build_over_the_first_gives_the_same_bytes(
    data: Path, paper: dict[Path, bytes], tmp_path: Path
) -> None:
    for _ in range(2):
        assert main(["--data", str(data), "--out", str(tmp_path)]) == 0
        assert {name: (tmp_path / name).read_bytes() for name in paper} == paper
