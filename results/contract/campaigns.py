"""Defines the tables of damaged and forged files: `corruption.csv` and `hostile.csv`."""

from __future__ import annotations

from results.contract.cells import FORMATS, PUBLISHED_OUTCOMES
from results.contract.columns import COUNT, DECIMAL, NAME, column, table


@table("corruption.csv")
class DamageCount:
    """One row per format, environment, kind of place and kind of damage.

    It counts how many damaged files ended in which way.
    """

    format: str = column(
        "What was asked for by call and file name, as in cells.csv.", values=FORMATS
    )
    environment: str = column("Environment that saved the file and loaded it again.", pattern=NAME)
    place: str = column(
        (
            "What the damaged bytes are of the file's structure; `file` for what is done to a "
            "whole file, `member` to a member of one."
        ),
        pattern=NAME,
    )
    damage: str = column(
        (
            "What was done: `bit` and `byte` flipped, `zero`: a stretch zeroed, `swap`: two "
            "stretches in each other's place, `cut`: the file ends there, `boundary`: it ends "
            "where this place begins; `missing`, `doubled`: a member or file; or what happened "
            "to a whole file on its way."
        ),
        pattern=NAME,
    )
    files: str = column("Damaged files, each damaged otherwise.", pattern=COUNT)
    right: str = column(
        "Loaded, and all weights and predictions are those that were saved.", pattern=COUNT
    )
    wrong: str = column(
        "Loaded without an error, and weights or predictions are others.", pattern=COUNT
    )
    refused_damaged: str = column(
        "Refused with a message that says that the file is damaged.", pattern=COUNT
    )
    refused_misleading: str = column(
        "Refused with a message that says something else.", pattern=COUNT
    )
    crash: str = column("The process died of a signal or ended itself.", pattern=COUNT)
    hang: str = column("Did not end within the limit of time.", pattern=COUNT)
    out_of_memory: str = column("Took more memory than the limit, or than there is.", pattern=COUNT)
    varies: str = column(
        (
            "Ended or said something else when it was loaded with other bytes in memory: "
            "nothing is concluded of it."
        ),
        pattern=COUNT,
    )
    wrong_share: str = column("Share of the files that were loaded and wrong.", pattern=DECIMAL)
    wrong_low: str = column(
        "Lower end of its exact 95 % interval (Clopper and Pearson).", pattern=DECIMAL
    )
    wrong_high: str = column("Upper end of it.", pattern=DECIMAL)
    said_share: str = column(
        "Share of the files that were refused with a message that says that the file is damaged.",
        pattern=DECIMAL,
    )
    said_low: str = column(
        "Lower end of its exact 95 % interval (Clopper and Pearson).", pattern=DECIMAL
    )
    said_high: str = column("Upper end of it.", pattern=DECIMAL)


@table("hostile.csv")
class ForgedLoad:
    """One row per forged file, call and environment: what the file made its reader do."""

    case: str = column("How the file is forged: cases of configs/hostile.yaml.", pattern=NAME)
    format: str = column(
        "What was asked for by call and file name, as in cells.csv.", values=FORMATS
    )
    api: str = column(
        "What is called to load; `load_model_unsafe` with safe_mode=False.", pattern=NAME
    )
    environment: str = column(
        "Environment that saved the file and loaded what was forged of it.", pattern=NAME
    )
    end: str = column(
        (
            "The worst that happened: its code ran, it wrote or read another file, it used up "
            "memory or time, the process died; or it was loaded and did nothing, or was "
            "refused; or there was no such file or call."
        ),
        values=("ran", "wrote", "read", "exhausted", "crash", "inert", "refused", "not_applicable"),
    )
    ran: str = column(
        (
            "When code of the file ran: while it was loaded, or not before the model was used; "
            "empty if it did not."
        ),
        values=("", "load", "use"),
    )
    wrote: str = column(
        "Whether a file outside of the current folder was written.", values=("yes", "no")
    )
    read: str = column(
        "Whether another file was read than the one that was given.", values=("yes", "no")
    )
    outcome: str = column("What happened, as in cells.csv.", values=PUBLISHED_OUTCOMES)
    phase: str = column("The phase in which it ended, as in cells.csv.")
    error_type: str = column("Fully qualified exception class, or the signal's name.")
    error_message: str = column("The message after normalisation, as in cells.csv.", longest=2000)
    error_family: str = column("Entry of the error index that the message belongs to.")
    reason: str = column("Why there is nothing to tell, in words.")
