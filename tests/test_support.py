"""Do support statements and badges agree with the cells?"""

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
def all_grids(results: Results) -> list[Grid]:
    return grids.find(results)


def test_each_pair_is_in_the_statement_that_its_cells_require(
    results: Results, all_grids: list[Grid]
) -> None:
    labels = [results.releases.label(release) for release in results.releases.ids]
    count = 0
    for grid in all_grids:
        for saver, statements_of_saver in support([grid], results.releases)[grid.format][
            grid.api
        ].items():
            for position, loader in enumerate(results.releases.ids):
                verdicts = {cell.verdict for cell in grid.cells if cell.pair == (saver, loader)} - {
                    "not_applicable"
                }
                covering = [
                    statement
                    for statement in statements_of_saver
                    if covers(statement, labels, position)
                ]
                count += 1
                assert len(covering) == bool(verdicts - {"broken"}), (grid.name, saver, loader)
                for statement in covering:
                    partial = bool(statement.get("partial_implementation"))
                    assert partial == (not verdicts <= GOOD)
                    assert bool(statement.get("notes")) == partial
    assert count > 50


def covers(statement: dict[str, object], labels: list[str], position: int) -> bool:
    if not statement["version_added"]:
        return False
    first = labels.index(str(statement["version_added"]))
    removed = statement.get("version_removed")
    return first <= position < (labels.index(str(removed)) if removed else len(labels))


def test_a_file_that_no_release_loads_was_never_added(
    results: Results, all_grids: list[Grid]
) -> None:
    cells = tuple(
        type(cell)(**{**vars(cell), "verdict": "broken", "outcome": "error"})
        for cell in all_grids[0].cells
    )
    grid = Grid(all_grids[0].scenario, all_grids[0].format, all_grids[0].api, cells)
    assert statements(grid, results.releases.ids[0], results.releases) == [NEVER]


def test_badges_are_drawings_with_the_same_bytes_each_time(
    results: Results, all_grids: list[Grid]
) -> None:
    drawn = badges(all_grids, results.releases)
    assert drawn == badges(all_grids, results.releases)
    assert any(name.count("/") == 2 for name in drawn)
    for name, content in drawn.items():
        root = ElementTree.fromstring(content)
        assert root.tag.endswith("svg"), name


def test_a_badge_says_whether_all_later_releases_load(
    results: Results, all_grids: list[Grid]
) -> None:
    drawn = {name: text(content) for name, content in badges(all_grids, results.releases).items()}
    assert "h5 from tf-2.3 loads in tf-2.16+" in drawn["h5-load_model/tf-2.3/tf-2.16.svg"]
    values = {name: words.split()[-1] for name, words in drawn.items() if name.count("/") == 2}
    assert set(values.values()) == {"yes", "partly", "no"} & set(values.values())
    assert len(set(values.values())) > 1


def text(content: bytes) -> str:
    return " ".join(ElementTree.fromstring(content).itertext()).strip()


def test_badges_do_not_name_a_folder_of_the_machine(
    results: Results, all_grids: list[Grid]
) -> None:
    for content in badges(all_grids, results.releases).values():
        assert str(Path.home()).encode() not in content
