"""Do the descriptions for other tools agree with the published folder?"""

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
    """A published folder with schemas, and with a file that does not belong in a package."""
    data = report_data.write(tmp_path / "data", report_data.rows())
    for name, text in schemas().items():
        (data / name).write_text(text, "utf-8")
    (data / ".hidden").write_text("no")
    return data


def written(folder: Path) -> Path:
    for name, text in descriptions.describe(folder).items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_each_file_is_named_with_its_size_and_checksum(folder: Path) -> None:
    package = json.loads(descriptions.describe(folder)[descriptions.PACKAGE])
    resources = {resource["path"]: resource for resource in package["resources"]}
    assert "cells.csv" in resources
    assert ".hidden" not in resources
    for name, resource in resources.items():
        content = (folder / name).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["description"]
    assert len({resource["name"] for resource in resources.values()}) == len(resources)


def test_columns_are_those_of_the_file_in_their_order(folder: Path) -> None:
    described = descriptions.describe(folder)
    resources = json.loads(described[descriptions.PACKAGE])["resources"]
    records = json.loads(described[descriptions.CROISSANT])["recordSet"]
    for name in ("cells", "environments"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream))
        table = next(resource for resource in resources if resource["path"] == f"{name}.csv")
        assert [field["name"] for field in table["schema"]["fields"]] == header
        record = next(entry for entry in records if entry["name"] == name)
        assert [field["name"] for field in record["field"]] == header


def test_the_manifest_lists_all_but_itself(folder: Path) -> None:
    lines = descriptions.describe(written(folder))[descriptions.MANIFEST].splitlines()
    digests = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    files = {path.name for path in folder.iterdir() if path.suffix in descriptions.MEDIA}
    assert set(digests) == files
    for name, digest in digests.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_to_describe_twice_is_to_describe_once(folder: Path) -> None:
    first = descriptions.describe(folder)
    assert descriptions.describe(written(folder)) == first


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "pattern": "^[1-9][0-9]*$"}, "integer"),
        ({"type": "string", "enum": ["true", "false"]}, "boolean"),
        ({"type": "string", "pattern": r"^(inf|\d+)$"}, "any"),
    ],
)
def test_the_kind_of_a_column_follows_from_its_schema(schema: dict[str, object], kind: str) -> None:
    assert descriptions._type(schema) == kind


@pytest.mark.whole
def test_the_published_descriptions_agree_with_the_published_files() -> None:
    for name, text in descriptions.describe(PUBLISHED).items():
        assert (PUBLISHED / name).read_text("utf-8") == text, name


@pytest.mark.whole
def test_every_published_column_has_a_description() -> None:
    for path in sorted(PUBLISHED.glob("*.schema.json")):
        schema = json.loads(path.read_text("utf-8"))
        assert schema["description"], path.name
        for name, column in schema.get("items", {}).get("properties", {}).items():
            assert column.get("description") or path.name == "history.schema.json", (
                path.name,
                name,
            )


@pytest.mark.whole
def test_five_questions_are_answered_alike_by_pandas_and_by_duckdb(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert five_questions.main(PUBLISHED) == 0
    output = capsys.readouterr().out
    assert len([line for line in output.splitlines() if line.endswith("?")]) == 5
    assert len([line for line in output.splitlines() if line.startswith("    ")]) > 20


@pytest.mark.whole
def test_a_different_answer_of_duckdb_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ask, query = five_questions.QUESTIONS[0]
    wrong = ((ask, query.replace("'works'", "'broken'", 1)),)
    monkeypatch.setattr(five_questions, "QUESTIONS", wrong)
    assert five_questions.main(PUBLISHED) == 1
    assert "DuckDB has it otherwise" in capsys.readouterr().out
