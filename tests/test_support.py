"""Do support statements and badges say what the cells say?"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
import report_data

from report.findings import grids
from report.findings.grids import GOOD, Grid
from report.products.badges import badges
from report.products.support import NEVER, statements, support
from report.read.cells import Results, read


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return read(report_data.write(tmp_path_factory.mktemp("data"), report_data.rows()))


@pytest.fixture(scope="module")
def found(results: Results) -> list[Grid]:
    return grids.find(results)


def test_each_pair_is_in_the_statement_that_its_cells_ask_for(
    results: Results, found: list[Grid]
) -> None:
    ids = [results.releases.label(one) for one in results.releases.ids]
    seen = 0
    for grid in found:
        for saver, said in support([grid], results.releases)[grid.format][grid.api].items():
            for place, loader in enumerate(results.releases.ids):
                verdicts = {cell.verdict for cell in grid.cells if cell.pair == (saver, loader)} - {
                    "not_applicable"
                }
                told = [one for one in said if covers(one, ids, place)]
                seen += 1
                assert len(told) == bool(verdicts - {"broken"}), (grid.name, saver, loader)
                if told:
                    partial = bool(told[0].get("partial_implementation"))
                    assert partial == (not verdicts <= GOOD)
                    assert bool(told[0].get("notes")) == partial
    assert seen > 50


def covers(statement: dict[str, object], ids: list[str], place: int) -> bool:
    if not statement["version_added"]:
        return False
    first = ids.index(str(statement["version_added"]))
    removed = statement.get("version_removed")
    return first <= place < (ids.index(str(removed)) if removed else len(ids))


def test_what_no_release_loads_was_never_added(results: Results, found: list[Grid]) -> None:
    cells = tuple(
        type(cell)(**{**vars(cell), "verdict": "broken", "outcome": "error"})
        for cell in found[0].cells
    )
    grid = Grid(found[0].scenario, found[0].format, found[0].api, cells)
    assert statements(grid, results.releases.ids[0], results.releases) == [NEVER]


def test_badges_are_drawings_and_the_same_each_time(results: Results, found: list[Grid]) -> None:
    drawn = badges(found, results.releases)
    assert drawn == badges(found, results.releases)
    assert any(name.count("/") == 2 for name in drawn)
    for name, content in drawn.items():
        root = ElementTree.fromstring(content)
        assert root.tag.endswith("svg"), name


def test_a_badge_says_whether_all_later_releases_load(results: Results, found: list[Grid]) -> None:
    drawn = {name: text(content) for name, content in badges(found, results.releases).items()}
    assert "h5 from tf-2.3 loads in tf-2.16+" in drawn["h5-load_model/tf-2.3/tf-2.16.svg"]
    values = {name: said.split()[-1] for name, said in drawn.items() if name.count("/") == 2}
    assert set(values.values()) == {"yes", "partly", "no"} & set(values.values())
    assert len(set(values.values())) > 1


def text(content: bytes) -> str:
    return " ".join(ElementTree.fromstring(content).itertext()).strip()


def test_badges_are_of_no_machine(results: Results, found: list[Grid]) -> None:
    for content in badges(found, results.releases).values():
        assert str(Path.home()).encode() not in content
