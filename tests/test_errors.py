"""Does an entry of the error index report the outcomes of its cells?"""

from __future__ import annotations

from pathlib import Path

import report_data
from report_data import cell

from report.answers.errors import entries, in_catch_all
from report.read.cells import Results, read

RELEASES = ("tf-2.3", "tf-2.9", "tf-2.16")
INDEX = {
    "layer_count": {
        "pattern": "layers into a model",
        "says": "Another number of layers.",
        "check": "Count them.",
        "remedies": [
            {"do": "Go by name.", "cells": ["missing_layer/*/h5/load_weights_by_name/*/*"]},
            {"do": "Give up.", "cells": []},
            {"do": "Wait.", "cells": ["missing_layer/*/keras/load_weights/*/*"]},
        ],
    }
}


def results(folder: Path) -> Results:
    error = ("error", "builtins.ValueError", "3 layers into a model with 2 layers")
    rows = [
        cell(
            f"{scenario}/{case}/h5/load_weights/{saver}/{loader}",
            cause=cause,
            result=error,
            error_family="layer_count",
            raised_in=module,
        )
        for scenario, case, cause, saver, loader, module in (
            ("missing_layer", "front", "missing_layer", "tf-2.3", "tf-2.3", "old.module:load"),
            ("missing_layer", "end", "missing_layer", "tf-2.9", "tf-2.9", "new.module:load"),
            ("round_trip", "mlp", "version", "tf-2.3", "tf-2.9", "new.module:load"),
            ("round_trip", "mlp", "version", "tf-2.16", "tf-2.9", "new.module:load"),
        )
    ]
    rows.append(
        cell(
            "round_trip/cnn/h5/load_model/tf-2.3/tf-2.16",
            result=("error", "KeyError", "?"),
            error_family="other",
        )
    )
    by_name = "missing_layer/front/h5/load_weights_by_name"
    rows.append(cell(f"{by_name}/tf-2.3/tf-2.3"))
    rows.append(cell(f"{by_name}/tf-2.9/tf-2.9", result=("different", "", "weights")))
    skipped = ("skipped", "", "no such argument")
    rows.append(cell(f"{by_name}/tf-2.16/tf-2.16", result=skipped))
    return read(report_data.write(folder, rows, RELEASES, error=INDEX))


def test_an_entry_joins_its_declaration_with_its_cells(tmp_path: Path) -> None:
    declared, catch_all = entries(results(tmp_path))
    assert (declared.name, declared.says, declared.check) == (
        "layer_count",
        "Another number of layers.",
        "Count them.",
    )
    assert (declared.releases, len(declared.cells)) == ("2.3–2.9", 4)
    assert declared.raised == (("new.module:load", "2.9"), ("old.module:load", "2.3"))
    assert catch_all.name == "other"


def test_a_way_out_has_the_result_of_the_loads_that_tried_it(tmp_path: Path) -> None:
    declared, _ = entries(results(tmp_path))
    assert [way_out.result for way_out in declared.ways_out] == [
        "works in 1 of 2 loads, with 2.3",
        "not tried",
        "not measured yet",
    ]


def test_the_share_of_the_catch_all_is_counted(tmp_path: Path) -> None:
    assert in_catch_all(entries(results(tmp_path))) == "20\N{NO-BREAK SPACE}%"
