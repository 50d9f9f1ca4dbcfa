"""Defines the tables of damaged and forged files: `corruption.csv` and `hostile.csv`."""

from __future__ import annotations

from results.contract.cells import FORMATS, PUBLISHED_OUTCOMES
from results.contract.columns import COUNT, DECIMAL, NAME, column, table


@table("corruption.csv")
class DamageCount:
    """One row per format, environment, place in the file and kind of damage.

    It counts the damaged files by their result.
    """

    format: str = column("Format that call and file name ask for, as in cells.csv.", values=FORMATS)
    environment: str = column("Environment that saved the file and loaded it again.", pattern=NAME)
    place: str = column(
        (
            "Part of the file's structure that the damaged bytes belong to. `file`: the whole "
            "file; `member`: a whole member of an archive."
        ),
        pattern=NAME,
    )
    damage: str = column(
        (
            "Damage: `bit` and `byte`: one changed; `zero`: a stretch of zeros; `swap`: two "
            "exchanged stretches; `cut`: the file ends inside the place; `boundary`: the file ends "
            "before the place; `missing`, `doubled`: a member or file; other names: damages of a "
            "whole file by a transfer."
        ),
        pattern=NAME,
    )
    files: str = column("Number of damaged files, each with another damage.", pattern=COUNT)
    right: str = column(
        "Files that loaded with all weights and predictions as saved.", pattern=COUNT
    )
    wrong: str = column(
        "Files that loaded without an error, with other weights or predictions.", pattern=COUNT
    )
    refused_damaged: str = column(
        "Files rejected with a message that says that the file is damaged.", pattern=COUNT
    )
    refused_misleading: str = column(
        "Files rejected with a message that says something else.", pattern=COUNT
    )
    crash: str = column("Files whose load died of a signal or ended its process.", pattern=COUNT)
    hang: str = column("Files whose load did not end within the limit of time.", pattern=COUNT)
    out_of_memory: str = column(
        "Files whose load took more memory than the limit, or than the machine has.", pattern=COUNT
    )
    varies: str = column(
        (
            "Files with another result or message when they were loaded again. No other column "
            "counts them."
        ),
        pattern=COUNT,
    )
    wrong_share: str = column("Share of the files in column wrong.", pattern=DECIMAL)
    wrong_low: str = column(
        "Lower end of the exact 95 % interval of wrong_share (Clopper and Pearson).",
        pattern=DECIMAL,
    )
    wrong_high: str = column("Upper end of this interval.", pattern=DECIMAL)
    said_share: str = column(
        "Share of the files in column refused_damaged.",
        pattern=DECIMAL,
    )
    said_low: str = column(
        "Lower end of the exact 95 % interval of said_share (Clopper and Pearson).", pattern=DECIMAL
    )
    said_high: str = column("Upper end of this interval.", pattern=DECIMAL)


@table("hostile.csv")
class ForgedLoad:
    """One row per forged file, call and environment: the effect of the file on its reader."""

    case: str = column("Kind of forged file: a case of the scenario hostile.", pattern=NAME)
    format: str = column("Format that call and file name ask for, as in cells.csv.", values=FORMATS)
    api: str = column(
        "Call that loads; `load_model_unsafe` is load_model with safe_mode=False.", pattern=NAME
    )
    environment: str = column(
        "Environment that saved the original file and loaded the forged file.", pattern=NAME
    )
    end: str = column(
        (
            "Worst effect of the load: code of the file ran, another file was written or read, "
            "memory or time ran out, or the process died. Without an effect the file loaded "
            "(inert) or was rejected (refused). not_applicable: the environment has no such file "
            "or call."
        ),
        values=("ran", "wrote", "read", "exhausted", "crash", "inert", "refused", "not_applicable"),
    )
    ran: str = column(
        (
            "Time at which code of the file ran: during the load, or at the first use of the "
            "model. Empty if no code ran."
        ),
        values=("", "load", "use"),
    )
    wrote: str = column(
        "Whether the load wrote a file outside of the current folder.", values=("yes", "no")
    )
    read: str = column(
        "Whether the load read a file other than the given file.", values=("yes", "no")
    )
    outcome: str = column("Result of the load, as in cells.csv.", values=PUBLISHED_OUTCOMES)
    phase: str = column("Phase in which the load ended, as in cells.csv.")
    error_type: str = column("Fully qualified exception class, or the signal's name.")
    error_message: str = column("Normalised message, as in cells.csv.", longest=2000)
    error_family: str = column("Id of the entry of the error index that the message belongs to.")
    reason: str = column("Reason for not_applicable, in words.")
