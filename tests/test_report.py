"""Does the report agree with the results, in the same bytes each time?"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import report_data
from hypothesis import given
from hypothesis import strategies as st

import report
from report.__main__ import build, main
from report.answers.wording import pattern
from report.findings.grids import find, headline, together
from report.findings.histories import histories
from report.products.pages import pages
from report.read.cells import DataError, Results, read
from report.writing.listings import pairs_text, restored
from report.writing.markdown import code, plain
from report.writing.numbers import percent
from results.contract.cells import CELLS
from results.releases import Releases, natural

PACKAGE = Path(report.__file__).parent
TF = Releases.of(f"tf-2.{minor}" for minor in range(22))


def written(results: Results) -> dict[str, str]:
    grids = find(results)
    return pages(results, grids, headline(grids))


def page(results: Results, name: str = "COMPATIBILITY.md") -> str:
    return written(results)[name]


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def rows() -> list[report_data.Row]:
    return report_data.rows()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, rows: list[report_data.Row]) -> Path:
    return report_data.write(tmp_path_factory.mktemp("published"), rows)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory, rows: list[report_data.Row]) -> Path:
    """Results of one format and two models, because figures take most of the time."""
    kept = [row for row in rows if row["format"] == "h5" and row["case"] not in {"cnn", "rnn"}]
    return report_data.write(tmp_path_factory.mktemp("few"), kept)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, few: Path) -> Path:
    out = tmp_path_factory.mktemp("out")
    build(few, out)
    return out


@pytest.mark.whole
def test_same_records_give_same_bytes_in_another_process(
    tmp_path: Path, few: Path, built: Path
) -> None:
    subprocess.run(
        [sys.executable, "-m", "report", "--data", str(few), "--out", str(tmp_path)],
        cwd=PACKAGE.parent,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        check=True,
        capture_output=True,
    )
    assert contents(tmp_path) == contents(built)


def test_order_of_rows_does_not_matter(
    tmp_path: Path, data: Path, rows: list[report_data.Row]
) -> None:
    turned = report_data.write(tmp_path, rows[::-1], report_data.RELEASES[::-1])
    assert written(read(turned)) == written(read(data))


def test_figures_have_no_date_and_all_are_shown(built: Path) -> None:
    text = "".join(path.read_text("utf-8") for path in built.rglob("*.md"))
    figures = sorted((built / "figures").iterdir())
    assert {"headline.svg", "scenarios.svg", "round_trip-h5.svg"} <= {f.name for f in figures}
    for figure in figures:
        assert f"figures/{figure.name})" in text
        assert b"<dc:date>" not in figure.read_bytes()


def test_every_link_leads_somewhere(few: Path, built: Path) -> None:
    names = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    texts = written(read(few))
    followed = 0
    for name, text in texts.items():
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", text):
            path = os.path.normpath(Path(name).parent / target) if target else name
            assert path in names, (name, target)
            assert not anchor or f'<a id="{anchor}"></a>' in texts[path], (name, anchor)
            followed += 1
    assert followed > len(texts)


def test_every_row_of_a_table_has_all_columns(data: Path) -> None:
    columns = 0
    for before, line in pairwise("\n".join(written(read(data)).values()).splitlines()):
        if line.startswith("|"):
            bars = line.replace(r"\|", "").count("|")
            columns = columns if before.startswith("|") else bars
            assert bars == columns, line


def test_the_page_begins_with_the_answer(data: Path) -> None:
    text = page(read(data))
    answer = text[: text.index("## ")]
    assert "5 TensorFlow releases (2.3\N{EN DASH}2.16)" in answer
    assert "figures/headline.svg" in answer
    for part in ("Silent failures", "What changed, and in which release", "Limits and provenance"):
        assert f"## {part}" in text
    assert "Is a layer of another size noticed?" in text
    assert "Suite 0.0.0, commit `0123456789ab`" in text


def changed(rows: list[report_data.Row], name: str, **columns: str) -> list[report_data.Row]:
    assert any(row["cell"] == name for row in rows)
    return [row | columns if row["cell"] == name else row for row in rows]


def test_a_changed_cell_shows(tmp_path: Path, data: Path, rows: list[report_data.Row]) -> None:
    name = "round_trip/mlp/weights_h5/load_weights/tf-2.9/tf-2.10"
    silent = {"outcome": "different", "verdict": "silent", "differs": "weights"}
    before, after = (
        page(read(folder))
        for folder in (data, report_data.write(tmp_path, changed(rows, name, **silent)))
    )
    assert "| 2.9 → 2.10 | weights differ |" in after
    assert "| 2.9 → 2.10 |" not in before


def test_a_reworded_message_shows(tmp_path: Path, rows: list[report_data.Row]) -> None:
    name = "bad_path/no_such_file/h5/load_model/tf-2.16/tf-2.16"
    folder = report_data.write(tmp_path, changed(rows, name, error_message="Whatever | `that` is"))
    text = page(read(folder), "CHANGES.md")
    since = text[text.index('<a id="since-2.16">') :]
    assert r"``OSError: Whatever \| `that` is``" in since


def test_errors_of_the_harness_are_shown_first(tmp_path: Path, rows: list[report_data.Row]) -> None:
    name = "bad_path/no_such_file/h5/load_model/tf-2.9/tf-2.9"
    ours = {"outcome": "harness_error", "verdict": "not_applicable", "reason": "the worker died"}
    text = page(read(report_data.write(tmp_path, changed(rows, name, **ours))))
    assert "**1 cell failed in the suite itself**" in text
    assert "2.9 not measured" not in "".join(written(read(tmp_path)).values())


def test_a_new_scenario_needs_no_code(tmp_path: Path, rows: list[report_data.Row]) -> None:
    news = [
        report_data.cell(f"moon_phase/full/h5/load_model/{saver}/{loader}", cause="security")
        for saver in report_data.RELEASES
        for loader in report_data.RELEASES
    ]
    text = page(read(report_data.write(tmp_path, [*rows, *news])), "scenarios/moon_phase.md")
    assert "# Moon phase" in text
    assert "(../figures/moon_phase-h5.svg)" in text


def test_old_pages_and_figures_are_removed(tmp_path: Path, few: Path, built: Path) -> None:
    out = tmp_path / "report"
    stale = [out / "scenarios" / "gone.md", out / "figures" / "gone-h5.svg"]
    for path in stale:
        path.parent.mkdir(parents=True)
        path.touch()
    build(few, out)
    assert not any(path.exists() for path in stale)
    assert contents(out) == contents(built)


@pytest.mark.parametrize(
    "releases",
    [("tf-2.4",), ("tf-2.4", "tf-2.21", "keras-3.15-jax")],
    ids=["one", "another kind"],
)
def test_any_set_of_releases_gives_a_report(tmp_path: Path, releases: tuple[str, ...]) -> None:
    cells = [
        report_data.cell(f"round_trip/mlp/h5/load_model/{saver}/{loader}")
        for saver in releases
        for loader in releases
    ]
    folder = report_data.write(tmp_path, cells)
    assert build(folder, tmp_path / "out")
    assert build(report_data.write(tmp_path, []), tmp_path / "out")


@pytest.mark.parametrize("column", sorted(set(CELLS.names) - set(CELLS.added)))
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    report_data.write(tmp_path, [])
    header = ",".join(name for name in CELLS.names if name != column)
    (tmp_path / "cells.csv").write_text(header + "\n", "utf-8")
    with pytest.raises(DataError, match=rf"cells.csv: no column {column}\."):
        read(tmp_path)


def test_bad_folders_are_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "cells.csv: no such file. Publish a finished run" in capsys.readouterr().err
    cell = report_data.cell("round_trip/mlp/h5/load_model/tf-2.4/tf-2.4")
    with pytest.raises(DataError, match="occurs 2 times"):
        read(report_data.write(tmp_path, [cell, cell]))
    with pytest.raises(DataError, match="row 2: outcome 'eqal' is none of equal"):
        read(report_data.write(tmp_path, [cell | {"outcome": "eqal"}]))
    report_data.write(tmp_path, [cell])
    (tmp_path / "provenance.json").write_text("[]", "utf-8")
    with pytest.raises(DataError, match="expected a JSON object, not list"):
        read(tmp_path)


@given(st.sets(st.sampled_from(TF.ids)))
def test_runs_cover_exactly_their_releases(chosen: set[str]) -> None:
    runs = TF.runs(chosen)
    covered = [
        release
        for first, last in runs
        for release in TF.ids[TF.positions[first] : TF.positions[last] + 1]
    ]
    assert covered == TF.sort(chosen)
    gaps = pairwise(runs)
    assert all(TF.positions[last] + 1 < TF.positions[first] for (_, last), (first, _) in gaps)


@given(st.dictionaries(st.sampled_from(TF.ids), st.sampled_from("ab")))
def test_stretches_are_maximal_and_cover_all_releases(states: dict[str, str]) -> None:
    stretches = TF.stretches(states)
    covered = {
        release: state
        for first, last, state in stretches
        for release in TF.ids[TF.positions[first] : TF.positions[last] + 1]
    }
    assert covered == {release: states.get(release) for release in TF.ids}
    assert all(first[2] != second[2] for first, second in pairwise(stretches))


@pytest.mark.parametrize(
    ("minors", "span"),
    [
        ([], "none"),
        (range(22), "all"),
        (range(4, 22), "since 2.4"),
        (range(16), "until 2.15"),
        ([9], "2.9"),
        ([0, 1, 2, 3, 7, 9, 10, 20, 21], "until 2.3, 2.7, 2.9\N{EN DASH}2.10, since 2.20"),
    ],
)
def test_a_span_names_its_first_and_last_release(minors: list[int], span: str) -> None:
    assert TF.span([f"tf-2.{minor}" for minor in minors]) == span


@given(st.permutations(TF.ids))
def test_order_comes_from_the_ids(ids: list[str]) -> None:
    assert Releases.of(ids) == TF
    assert sorted(ids, key=natural)[-1] == "tf-2.21"


def test_a_variant_stands_in_no_run_and_breaks_none() -> None:
    varied = Releases.of([*TF.ids, "tf-2.1-h5py-3", "tf-2.16-keras-3.1"])
    assert varied.ids == TF.ids
    assert varied.intervals(TF.ids) == "2.0–2.21"
    assert varied.span(TF.ids) == "all"
    assert varied.intervals({"tf-2.0", "tf-2.1", "tf-2.1-h5py-3"}) == "2.0–2.1, 2.1-h5py-3"
    assert varied.sort(["tf-2.2", "tf-2.1-h5py-3", "tf-2.1"])[1] == "tf-2.1-h5py-3"


@pytest.mark.parametrize(
    ("glob", "count"),
    [
        ("round_trip/mlp/h5/load_model/tf-2.3/tf-2.9", 1),
        ("round_trip/mlp/h5/*/tf-2.3/tf-2.1[056]", 3),
        ("round_trip/mlp*/h5/*/tf-2.3/tf-2.9", 2),
        ("round_trip/mlp/h5/load_model/*/=", 5),
        ("round_trip/*/tf-2.3/tf-2.9", 0),
        ("*/*/*/*/*/none", 0),
    ],
)
def test_globs_match_part_by_part(data: Path, glob: str, count: int) -> None:
    assert len(read(data).matching([glob, glob])) == count


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ([("", "")], "–"),
        ([("4", "4"), ("6", "6")], "all"),
        ([("0", "4")], "0 of 4"),
        ([("3", "4"), ("", ""), ("0", "4")], "0 of 4–3 of 4"),
    ],
)
def test_uncounted_weights_are_not_called_restored(
    tmp_path: Path, counts: list[tuple[str, str]], text: str
) -> None:
    silent = ("different", "", "weights")
    rows = [
        report_data.cell(
            f"layer_size/case_{number}/h5/load_weights/tf-2.3/tf-2.3",
            result=silent,
            weights_restored=count,
            weights_saved=saved,
        )
        for number, (count, saved) in enumerate(counts)
    ]
    assert restored(read(report_data.write(tmp_path, rows, ("tf-2.3",))).loads) == text


def test_labels_keep_what_the_ids_do_not_share() -> None:
    mixed = Releases.of(["tf-2.15", "keras-3.15-jax"])
    assert [mixed.label(release) for release in mixed.ids] == ["keras-3.15-jax", "tf-2.15"]
    assert TF.label("tf-2.15") == "2.15"


def test_pairs_are_written_from_the_shorter_side() -> None:
    pairs = [(f"tf-2.{saver}", f"tf-2.{loader}") for saver in range(4, 22) for loader in range(4)]
    assert pairs_text(pairs, TF) == "2.4\N{EN DASH}2.21 → 2.0\N{EN DASH}2.3"
    assert pairs_text([("tf-2.4", "tf-2.4"), ("tf-2.5", "tf-2.5")], TF) == "2.4\N{EN DASH}2.5"


@pytest.mark.parametrize(
    ("kinds", "word"),
    [
        (["works", "refused"], "every"),
        (["works", "error"], "some"),
        (["error", "timeout", "not_saved"], "none"),
        (["works", "not_saved"], "every"),
        (["error", "silent"], "silent"),
        (["skipped", "not_saved"], "not_saved"),
    ],
)
def test_the_verdicts_of_several_models_become_one_word(kinds: list[str], word: str) -> None:
    assert together(kinds) == word


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("Shapes (10, 64) and (10, 32) differ", "Shapes (3,) and () differ", True),
        ("Unable to open file 'a.h5' (errno 2)", "Unable to open file 'b/c.h5' (errno 13)", True),
        ("No file or directory found at m.h5", "No file or directory found at /x/m.h5", True),
        ("expected 2 variables", "expected 14 variables", True),
        ("Layer count mismatch", "Layer size mismatch", False),
        ("Can't read: the config has {'a': [1, 2", "Can't read: the config has {'b': 3}", True),
    ],
)
def test_messages_that_differ_in_numbers_and_names_have_one_pattern(
    first: str, second: str, alike: bool
) -> None:
    assert (pattern(first) == pattern(second)) is alike


@given(st.text(st.sampled_from("ab `|\n")))
def test_code_stays_in_its_cell(text: str) -> None:
    shown = code(text)
    assert "\n" not in shown
    assert "|" not in shown.replace(r"\|", "")


def test_special_characters_of_prose_are_no_markup() -> None:
    assert plain("a|b <i> _x_ snake_case") == "a&#124;b &#60;i&#62; &#95;x&#95; snake_case"


@pytest.mark.parametrize(
    ("part", "total", "text"),
    [(0, 0, "\N{EN DASH}"), (1, 500, "1 %"), (499, 500, "99 %"), (5, 5, "100 %")],
)
def test_shares_are_never_rounded_to_all_or_nothing(part: int, total: int, text: str) -> None:
    assert percent(part, total).replace("\N{NO-BREAK SPACE}", " ") == text


def test_histories_merge_formats_and_cases(data: Path) -> None:
    results = read(data)
    merged = histories(results.scenarios["layer_size"], results.releases)
    assert [(row.cases.count("`") // 2, len(row.runs)) for row in merged] == [(1, 1), (4, 1)]
    assert merged[1].runs == (("2.3\N{EN DASH}2.16", "rejected, as it should be"),)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            yield node.module or ""


def test_the_report_imports_the_results_and_a_list_of_libraries_only() -> None:
    named = {name for path in PACKAGE.rglob("*.py") for name in imports(path)}
    assert not {name for name in named if name.partition(".")[0] == "experiments"}
    ours = {"matplotlib", "numpy", "jinja2", "pandas", "report", "results", "scipy"}
    ours |= {"anybadge", "markdown_it", "markupsafe", "plotly", "pylatexenc"}
    ours |= {"duckdb", "playwright"}  # in the example and in the benchmark
    assert {name.partition(".")[0] for name in named} <= ours | set(sys.stdlib_module_names)
