"""How long loads and saves take: `timings.csv` and the tables beside it."""

from __future__ import annotations

from results.contract.columns import NAME, NUMBER, NUMBER_OR_EMPTY, POSITIVE, WHOLE, column, table


@table("timings.csv", filled=True)
class Timing:
    """One row per way to load or save a model in an environment."""

    case: str = column("Model: family and size.", filled=True)
    format: str = column("Format, as asked for by call and file name.", filled=True)
    api: str = column(
        "What is called: load_model, load_weights…; save, save_weights for a save.", filled=True
    )
    environment: str = column("Environment that saved the file and loads it.", pattern=NAME)
    parameters: str = column("Number of the model's weights.", pattern=WHOLE)
    file_bytes: str = column("Bytes of all files that were saved.", pattern=WHOLE)
    cache: str = column(
        "Whether the file was in the page cache (warm) or its pages had been evicted (cold).",
        values=("warm", "cold"),
    )
    rounds: str = column("Rounds in which it was timed.", pattern=WHOLE)
    samples: str = column("Calls that count, over all rounds.", pattern=WHOLE)
    median_s: str = column("Median over rounds of the time of a call, in seconds.", pattern=NUMBER)
    ci_low_s: str = column("Lower end of the 95 % interval of median_s.", pattern=NUMBER_OR_EMPTY)
    ci_high_s: str = column("Upper end of the 95 % interval of median_s.", pattern=NUMBER_OR_EMPTY)
    floor_s: str = column(
        (
            "Median over rounds of the time to read (or write) the same bytes without Keras, in"
            " seconds."
        ),
        pattern=NUMBER,
    )
    ratio_to_floor: str = column(
        "Median over rounds of the time of a call over that of its floor in the same turn.",
        pattern=NUMBER,
    )
    ratio_low: str = column("Lower end of its 95 % interval.", pattern=NUMBER_OR_EMPTY)
    ratio_high: str = column("Upper end of its 95 % interval.", pattern=NUMBER_OR_EMPTY)
    peak_rss_bytes: str = column(
        (
            "Median over rounds of how much the call raised the resident memory at its peak, in"
            " bytes; empty for a save."
        ),
        pattern=NUMBER_OR_EMPTY,
    )
    stable: str = column(
        (
            "Whether a change of the family as large as `change` in timings_provenance.json "
            "would be seen."
        ),
        values=("true", "false"),
    )
    family: str = column("Family of the model: a file of configs/family.", filled=True)
    size: str = column("Size of the model within its family.", filled=True)
    layers: str = column("Layers with weights.", pattern=WHOLE)
    first_s: str = column(
        "Median time of the call where it was the first load of its process, in seconds.",
        pattern=NUMBER_OR_EMPTY,
    )
    build_s: str = column(
        "Median time of building the model in code where nothing was loaded before, in seconds.",
        pattern=NUMBER_OR_EMPTY,
    )
    peak_over_floor_bytes: str = column(
        "peak_rss_bytes less what reading the same bytes without Keras raised it by.",
        pattern=NUMBER_OR_EMPTY,
    )
    noise: str = column(
        (
            "Standard deviation over rounds of the logarithm of the time, by its differences to"
            " its neighbours and drawn towards rows of its kind."
        ),
        pattern=NUMBER_OR_EMPTY,
    )
    detectable: str = column(
        (
            "Smallest relative change of the family's way to load or save, in the mean over its"
            " sizes, that is seen in 95 % of cases at the 5 % level."
        ),
        pattern=NUMBER,
    )
    rounds_needed: str = column(
        "Further rounds that would make the row stable; 0 if it is, -1 if no number would.",
        pattern=WHOLE,
    )


@table("timings_changes.csv")
class Change:
    """One row per comparison of a release with the one before it, or of a variant with its release.

    Each is of one family, over the sizes of its models.
    """

    before: str = column("Environment before.", pattern=NAME)
    after: str = column("Environment after.", pattern=NAME)
    family: str = column("Family of the model: a file of configs/family.", filled=True)
    format: str = column("Format, as asked for by call and file name.", filled=True)
    api: str = column(
        "What is called: load_model, load_weights…; save, save_weights for a save.", filled=True
    )
    cache: str = column(
        "Whether the file was in the page cache (warm) or its pages had been evicted (cold).",
        values=("warm", "cold"),
    )
    sizes: str = column("Sizes that both were timed in.", pattern=POSITIVE)
    rounds: str = column("Common rounds, of the size with the fewest.", pattern=WHOLE)
    ratio: str = column(
        "Time after over time before, geometric mean over sizes and rounds.", pattern=NUMBER
    )
    low: str = column("Lower end of its 95 % interval.", pattern=NUMBER)
    high: str = column("Upper end of its 95 % interval.", pattern=NUMBER)
    p: str = column("Two-sided p of no change.", pattern=NUMBER)
    q: str = column(
        "Share of false discoveries if this one counts as a change (Benjamini and Hochberg).",
        pattern=NUMBER,
    )
    changed: str = column("Whether it counts as a change: q below 0.05.", values=("true", "false"))
    reason: str = column("What else differs: the size of the files first, then what is installed.")


@table("timings_control.csv")
class ControlComparison:
    """One row per comparison of a control with the environment behind it.

    Each is of one family, over the sizes of its models.
    """

    family: str = column("Family of the model: a file of configs/family.", filled=True)
    format: str = column("Format, as asked for by call and file name.", filled=True)
    api: str = column(
        "What is called: load_model, load_weights…; save, save_weights for a save.", filled=True
    )
    cache: str = column(
        "Whether the file was in the page cache (warm) or its pages had been evicted (cold).",
        values=("warm", "cold"),
    )
    environment: str = column("Environment behind it.", pattern=NAME)
    control: str = column("Name of the control.", pattern=NAME)
    difference: str = column(
        (
            "Mean over sizes and rounds of the logarithm of the control's time over the "
            "environment's."
        ),
        pattern=NUMBER,
    )
    rounds: str = column("Common rounds, of the size with the fewest.", pattern=WHOLE)
    sizes: str = column("Sizes that both were timed in.", pattern=POSITIVE)
    error: str = column("Its standard error.", pattern=NUMBER)
    slower: str = column("Part by which its loads were made slower.", pattern=NUMBER)
    between: str = column(
        "Standard deviation between two processes of one environment, from the other controls.",
        pattern=NUMBER,
    )
    p_uncorrected: str = column(
        "Two-sided p of no difference, without `between`.", pattern=NUMBER_OR_EMPTY
    )
    p: str = column("Two-sided p of no difference.", pattern=NUMBER_OR_EMPTY)
    reach: str = column(
        "Half the width of the difference's 95 % interval.", pattern=NUMBER_OR_EMPTY
    )


@table("timings_imports.csv")
class Import:
    """One row per environment: how long it took to import TensorFlow."""

    environment: str = column("Environment.", pattern=NAME)
    import_s: str = column("Wall time in seconds.", pattern=NUMBER)
    cpu_s: str = column("CPU time of the process until then, in seconds.", pattern=NUMBER)


@table("timings_profile.csv")
class Profile:
    """One row per environment and way to load: where the time of its slowest load goes."""

    environment: str = column("Environment.", pattern=NAME)
    format: str = column("Format, as asked for by call and file name.", filled=True)
    api: str = column(
        "What is called: load_model, load_weights…; save, save_weights for a save.", filled=True
    )
    case: str = column("Model: family and size.", filled=True)
    seconds: str = column("Time of the load while it was sampled.", pattern=NUMBER)
    reading: str = column("Share of the time in reading files.", pattern=NUMBER)
    building: str = column("Share in building layers, variables, functions.", pattern=NUMBER)
    assigning: str = column("Share in putting values into variables.", pattern=NUMBER)
    other: str = column("Share in none of these.", pattern=NUMBER)


@table("timings_scaling.csv")
class Exponent:
    """One row per exponent: how time or memory grows with a model."""

    environment: str = column("Environment.", pattern=NAME)
    format: str = column("Format, as asked for by call and file name.", filled=True)
    api: str = column(
        "What is called: load_model, load_weights…; save, save_weights for a save.", filled=True
    )
    measure: str = column("Column of timings.csv that grows.", filled=True)
    against: str = column("Column of timings.csv that it is held against.", filled=True)
    exponent: str = column("Mean over families of the exponent.", pattern=NUMBER)
    low: str = column("Lower end of its 95 % interval.", pattern=NUMBER)
    high: str = column("Upper end of its 95 % interval.", pattern=NUMBER)
    families: str = column("Families whose sizes could be fitted.", pattern=WHOLE)


@table("timings_untimed.csv")
class Untimed:
    """One row per way that was asked and could not be timed, and reason."""

    environment: str = column("Environment.", pattern=NAME)
    format: str = column("Format; empty where a whole turn failed.")
    api: str = column("What is called; empty where a whole turn failed.")
    outcome: str = column("What happened instead.", filled=True)
    reason: str = column("Why, in words.")
    cases: str = column("Models to which it happened.", filled=True)
