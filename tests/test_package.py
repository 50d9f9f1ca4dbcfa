"""Is the published folder described as it is, for tools that know nothing of it?"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
import report_data

from experiments.config.schema import ROOT
from report.examples import five_questions
from results import descriptions
from results.schemas import schemas

PUBLISHED = ROOT / "results" / "published"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A published folder with schemas, and with what does not belong into a package."""
    found = report_data.write(tmp_path / "data", report_data.rows())
    for name, text in schemas().items():
        (found / name).write_text(text, "utf-8")
    (found / ".hidden").write_text("no")
    return found


def written(folder: Path) -> Path:
    for name, text in descriptions.describe(folder).items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_each_file_is_named_with_its_size_and_checksum(folder: Path) -> None:
    found = json.loads(descriptions.describe(folder)[descriptions.PACKAGE])
    resources = {one["path"]: one for one in found["resources"]}
    assert "cells.csv" in resources
    assert ".hidden" not in resources
    for name, one in resources.items():
        content = (folder / name).read_bytes()
        assert one["bytes"] == len(content)
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert one["description"]
    assert len({one["name"] for one in resources.values()}) == len(resources)


def test_columns_are_those_of_the_file_in_their_order(folder: Path) -> None:
    described = descriptions.describe(folder)
    resources = json.loads(described[descriptions.PACKAGE])["resources"]
    records = json.loads(described[descriptions.CROISSANT])["recordSet"]
    for name in ("cells", "environments"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream))
        table = next(one for one in resources if one["path"] == f"{name}.csv")
        assert [field["name"] for field in table["schema"]["fields"]] == header
        record = next(one for one in records if one["name"] == name)
        assert [field["name"] for field in record["field"]] == header


def test_the_manifest_lists_all_but_itself(folder: Path) -> None:
    lines = descriptions.describe(written(folder))[descriptions.MANIFEST].splitlines()
    known = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    files = {one.name for one in folder.iterdir() if one.suffix in descriptions.MEDIA}
    assert set(known) == files
    for name, digest in known.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_to_describe_twice_is_to_describe_once(folder: Path) -> None:
    first = descriptions.describe(folder)
    assert descriptions.describe(written(folder)) == first


@pytest.mark.parametrize(
    ("of", "kind"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "pattern": "^[1-9][0-9]*$"}, "integer"),
        ({"type": "string", "enum": ["true", "false"]}, "boolean"),
        ({"type": "string", "pattern": r"^(inf|\d+)$"}, "any"),
    ],
)
def test_the_kind_of_a_column_follows_from_its_schema(of: dict[str, object], kind: str) -> None:
    assert descriptions._type(of) == kind


@pytest.mark.whole
def test_what_is_published_is_described_as_it_is() -> None:
    for name, text in descriptions.describe(PUBLISHED).items():
        assert (PUBLISHED / name).read_text("utf-8") == text, name


@pytest.mark.whole
def test_every_published_column_says_what_it_means() -> None:
    for path in sorted(PUBLISHED.glob("*.schema.json")):
        schema = json.loads(path.read_text("utf-8"))
        assert schema["description"], path.name
        for name, of in schema.get("items", {}).get("properties", {}).items():
            assert of.get("description") or path.name == "history.schema.json", (path.name, name)


@pytest.mark.whole
def test_five_questions_are_answered_alike_by_pandas_and_by_duckdb(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert five_questions.main(PUBLISHED) == 0
    told = capsys.readouterr().out
    assert len([line for line in told.splitlines() if line.endswith("?")]) == 5
    assert len([line for line in told.splitlines() if line.startswith("    ")]) > 20


@pytest.mark.whole
def test_an_answer_that_differs_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ask, query = five_questions.QUESTIONS[0]
    wrong = ((ask, query.replace("'works'", "'broken'", 1)),)
    monkeypatch.setattr(five_questions, "QUESTIONS", wrong)
    assert five_questions.main(PUBLISHED) == 1
    assert "DuckDB has it otherwise" in capsys.readouterr().out
