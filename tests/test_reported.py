"""Is a report shown beside the most similar of its cells, or with its reason for none?"""

from __future__ import annotations

from pathlib import Path

import report_data
from report_data import cell

from report.answers.reported import reported
from report.read.cells import read

SAID = "ValueError: Shapes (3, 3) and (5, 5) are incompatible"


def test_the_most_similar_cell_of_a_report_is_shown(tmp_path: Path) -> None:
    name = "layer_size/{}/h5/load_weights/tf-2.3/tf-2.3"
    shapes = ("error", "ValueError", "Shapes (10, 64) and (10, 32) are incompatible")
    rows = [
        cell(name.format("units"), result=("error", "ValueError", "Layer count mismatch")),
        cell(name.format("filters"), result=shapes),
        cell(name.format("dtype"), result=("different", "", "weights+predictions")),
    ]
    cells = [name.format("units"), name.format("filters")]
    topics = {
        "sizes": {
            "reports": {
                "a/b#10": {"url": "u10", "causes": ["dtype"], "cells": [name.format("dtype")]},
                "a/b#9": {
                    "url": "u9",
                    "causes": ["layer_parameters"],
                    "said": SAID,
                    "cells": cells,
                },
                "a/b#11": {"url": "u11", "causes": ["none"], "cannot": "no GPU here"},
                "a/b#12": {"causes": ["none"], "cells": ["other/case/h5/load_model/tf-2.3/tf-2.3"]},
            }
        }
    }
    shown = reported(read(report_data.write(tmp_path, rows, ("tf-2.3",), report=topics)))
    assert [report.name for report in shown] == ["a/b#9", "a/b#10", "a/b#11", "a/b#12"]
    assert (shown[0].cell, shown[0].alike) == (name.format("filters"), 1.0)
    assert shown[0].seen.startswith("ValueError: Shapes (10, 64)")
    assert (shown[1].seen, shown[1].alike) == ("weights and predictions differ", None)
    assert (shown[2].cell, shown[2].cannot) == ("", "no GPU here")
    assert (shown[3].cell, shown[3].cannot) == ("", "")
