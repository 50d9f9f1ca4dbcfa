"""Defines the tables of the timings: `timings.csv` and the tables beside it."""

from __future__ import annotations

from results.contract.columns import NAME, NUMBER, NUMBER_OR_EMPTY, POSITIVE, WHOLE, column, table


@table("timings.csv", filled=True)
class Timing:
    """One row per way to load or save a model in an environment."""

    case: str = column("Model: kind and size.", filled=True)
    format: str = column("Format that call and file name ask for.", filled=True)
    api: str = column(
        "Timed call: load_model, load_weights…, or save, save_weights for a save.", filled=True
    )
    environment: str = column("Environment that saved the file and loads it.", pattern=NAME)
    parameters: str = column("Number of the model's weights.", pattern=WHOLE)
    file_bytes: str = column("Bytes of all saved files.", pattern=WHOLE)
    cache: str = column(
        "State of the file's pages: in the page cache (warm), or evicted before the call (cold).",
        values=("warm", "cold"),
    )
    rounds: str = column("Rounds with a time of the call.", pattern=WHOLE)
    samples: str = column("Number of calls that count, over all rounds.", pattern=WHOLE)
    median_s: str = column("Median over rounds of the time of a call, in seconds.", pattern=NUMBER)
    ci_low_s: str = column("Lower end of the 95 % interval of median_s.", pattern=NUMBER_OR_EMPTY)
    ci_high_s: str = column("Upper end of the 95 % interval of median_s.", pattern=NUMBER_OR_EMPTY)
    floor_s: str = column(
        (
            "Raw read time: median over rounds of the time to read the same bytes without Keras, "
            "in seconds. For a save, the time to write them."
        ),
        pattern=NUMBER,
    )
    ratio_to_floor: str = column(
        "Median over rounds of the ratio of a call's time to the raw read time of the same turn.",
        pattern=NUMBER,
    )
    ratio_low: str = column(
        "Lower end of the 95 % interval of ratio_to_floor.", pattern=NUMBER_OR_EMPTY
    )
    ratio_high: str = column(
        "Upper end of the 95 % interval of ratio_to_floor.", pattern=NUMBER_OR_EMPTY
    )
    peak_rss_bytes: str = column(
        (
            "Rise of the peak of resident memory by the call: median over rounds, in bytes. Empty "
            "for a save."
        ),
        pattern=NUMBER_OR_EMPTY,
    )
    stable: str = column(
        (
            "Whether a comparison of the kind of model would see a change as large as `change` in "
            "timings_provenance.json."
        ),
        values=("true", "false"),
    )
    family: str = column("Kind of model: a file of configs/family.", filled=True)
    size: str = column("Size of the model within its kind.", filled=True)
    layers: str = column("Number of layers with weights.", pattern=WHOLE)
    first_s: str = column(
        "Median time of the call as the first load of its process, in seconds.",
        pattern=NUMBER_OR_EMPTY,
    )
    build_s: str = column(
        "Median time of building the model in code before any load of the process, in seconds.",
        pattern=NUMBER_OR_EMPTY,
    )
    peak_over_floor_bytes: str = column(
        "peak_rss_bytes minus the rise by reading the same bytes without Keras.",
        pattern=NUMBER_OR_EMPTY,
    )
    noise: str = column(
        (
            "Standard deviation over rounds of the logarithm of the time. It is estimated from the "
            "differences to neighbouring environments and drawn towards similar rows."
        ),
        pattern=NUMBER_OR_EMPTY,
    )
    detectable: str = column(
        (
            "Smallest relative change that a comparison of the kind of model, in the mean over its "
            "sizes, sees in 95 % of cases at the 5 % level."
        ),
        pattern=NUMBER,
    )
    rounds_needed: str = column(
        "Further rounds that would make the row stable: 0 for a stable row, -1 if no number would.",
        pattern=WHOLE,
    )


@table("timings_changes.csv")
class Change:
    """One row per comparison of two environments, for one kind of model over its sizes.

    A release is compared with the release before it, a variant with its release.
    """

    before: str = column("Environment of the earlier release.", pattern=NAME)
    after: str = column("Environment of the later release, or of the variant.", pattern=NAME)
    family: str = column("Kind of model: a file of configs/family.", filled=True)
    format: str = column("Format that call and file name ask for.", filled=True)
    api: str = column(
        "Timed call: load_model, load_weights…, or save, save_weights for a save.", filled=True
    )
    cache: str = column(
        "State of the file's pages: in the page cache (warm), or evicted before the call (cold).",
        values=("warm", "cold"),
    )
    sizes: str = column("Number of sizes that were timed in both environments.", pattern=POSITIVE)
    rounds: str = column(
        "Rounds that both environments share, for the size with the fewest.", pattern=WHOLE
    )
    ratio: str = column(
        "Ratio of the time after to the time before: geometric mean over sizes and rounds.",
        pattern=NUMBER,
    )
    low: str = column("Lower end of the 95 % interval of ratio.", pattern=NUMBER)
    high: str = column("Upper end of the 95 % interval of ratio.", pattern=NUMBER)
    p: str = column("Two-sided p-value of no change.", pattern=NUMBER)
    q: str = column(
        "Share of false changes if this row counts as a change (Benjamini and Hochberg).",
        pattern=NUMBER,
    )
    changed: str = column(
        "Whether the row counts as a change: q below 0.05.", values=("true", "false")
    )
    reason: str = column("Other differences: sizes of the files first, then installed packages.")


@table("timings_control.csv")
class ControlComparison:
    """One row per comparison of a control with its environment.

    A control is the environment under a second name. A row is for one kind of model.
    """

    family: str = column("Kind of model: a file of configs/family.", filled=True)
    format: str = column("Format that call and file name ask for.", filled=True)
    api: str = column(
        "Timed call: load_model, load_weights…, or save, save_weights for a save.", filled=True
    )
    cache: str = column(
        "State of the file's pages: in the page cache (warm), or evicted before the call (cold).",
        values=("warm", "cold"),
    )
    environment: str = column("Environment that the control runs.", pattern=NAME)
    control: str = column("Name of the control.", pattern=NAME)
    difference: str = column(
        (
            "Logarithm of the ratio of the control's time to the environment's: mean over sizes "
            "and rounds."
        ),
        pattern=NUMBER,
    )
    rounds: str = column(
        "Rounds that both environments share, for the size with the fewest.", pattern=WHOLE
    )
    sizes: str = column("Number of sizes that were timed in both environments.", pattern=POSITIVE)
    error: str = column("Standard error of difference.", pattern=NUMBER)
    slower: str = column(
        "Planted slowdown of the control's loads, as a fraction: 0.1 is 10 %.", pattern=NUMBER
    )
    between: str = column(
        "Standard deviation between two processes of one environment, as added to error.",
        pattern=NUMBER,
    )
    p_uncorrected: str = column(
        "Two-sided p-value of no difference, without `between`.", pattern=NUMBER_OR_EMPTY
    )
    p: str = column("Two-sided p-value of no difference.", pattern=NUMBER_OR_EMPTY)
    reach: str = column(
        "Half the width of the 95 % interval of difference.", pattern=NUMBER_OR_EMPTY
    )


@table("timings_imports.csv")
class Import:
    """One row per environment: the time of importing TensorFlow."""

    environment: str = column("Environment.", pattern=NAME)
    import_s: str = column("Wall time in seconds.", pattern=NUMBER)
    cpu_s: str = column(
        "CPU time of the process up to the end of the import, in seconds.", pattern=NUMBER
    )


@table("timings_profile.csv")
class Profile:
    """One row per environment and way to load: the parts of the time of its slowest load."""

    environment: str = column("Environment.", pattern=NAME)
    format: str = column("Format that call and file name ask for.", filled=True)
    api: str = column(
        "Timed call: load_model, load_weights…, or save, save_weights for a save.", filled=True
    )
    case: str = column("Model: kind and size.", filled=True)
    seconds: str = column("Time of the sampled load, in seconds.", pattern=NUMBER)
    reading: str = column("Share of the time for reading files.", pattern=NUMBER)
    building: str = column(
        "Share of the time for building layers, variables and functions.", pattern=NUMBER
    )
    assigning: str = column("Share of the time for putting values into variables.", pattern=NUMBER)
    other: str = column("Share of the time for everything else.", pattern=NUMBER)


@table("timings_scaling.csv")
class Exponent:
    """One row per exponent of the growth of time or memory with the size of the model."""

    environment: str = column("Environment.", pattern=NAME)
    format: str = column("Format that call and file name ask for.", filled=True)
    api: str = column(
        "Timed call: load_model, load_weights…, or save, save_weights for a save.", filled=True
    )
    measure: str = column("Column of timings.csv that grows: time or memory.", filled=True)
    against: str = column("Column of timings.csv that measures the size of the model.", filled=True)
    exponent: str = column("Mean of the exponent over kinds of model.", pattern=NUMBER)
    low: str = column("Lower end of the 95 % interval of exponent.", pattern=NUMBER)
    high: str = column("Upper end of the 95 % interval of exponent.", pattern=NUMBER)
    families: str = column("Number of kinds of model with enough sizes for a fit.", pattern=WHOLE)


@table("timings_untimed.csv")
class Untimed:
    """One row per environment, call and reason for which a load or save could not be timed."""

    environment: str = column("Environment.", pattern=NAME)
    format: str = column("Format; empty if a whole turn failed.")
    api: str = column("Call that could not be timed; empty if a whole turn failed.")
    outcome: str = column("Outcome in place of a time.", filled=True)
    reason: str = column("Reason in words.")
    cases: str = column("Models with this outcome.", filled=True)
