"""The sections of a page that compares runs."""

import json
import time
from typing import Optional, Sequence

from ms_gan.report.charts import colour_key
from ms_gan.report.collect import Run
from ms_gan.report.markup import Markup, join, table, tag
from ms_gan.report.sections import NOT_RECORDED, PLACES, clock, duration, options_of, value_text


def head(runs: Sequence[Run]) -> Markup:
    """The title of a comparison."""
    return tag("header", tag("h1", f"{len(runs)} runs"), tag("p", f"Compared {clock(time.time())}.", class_="about"))


def key_figures(runs: Sequence[Run], names: Sequence[str]) -> Markup:
    """The key figures of each run, a row each."""
    rows = []
    for number, (run, name) in enumerate(zip(runs, names)):
        best = run.best
        rows.append(
            (
                join([colour_key(number), name]),
                run.recipe,
                "unfinished" if run.state == "running" else run.state,
                f"{run.epoch:.4g}",
                f"{best.value:{run.task.headline.form}} (epoch {best.epoch:.4g})" if best else "–",
                duration(run.seconds),
                "–" if run.speed is None else f"{run.speed:,.0f}",
            )
        )
    measures = " / ".join(dict.fromkeys(run.task.headline.name for run in runs))
    heads = ("run", "recipe", "state", "epochs", f"best {measures}", "time", "images/s")
    return tag("section", table(heads, rows), _unlike(runs), class_="card")


def _unlike(runs: Sequence[Run]) -> Optional[Markup]:
    """In what the runs were measured differently, so that they do not compare; other latents do no harm."""
    rules = [json.loads(run.measurements[-1].rules) for run in runs if run.measurements]
    keys = sorted({key for one in rules for key in one})
    unlike = [key for key in keys if any(one.get(key) != rules[0].get(key) for one in rules)]
    if not unlike:
        return None
    text = f"The measurements do not compare: they were measured with different {', '.join(unlike)}."
    return tag("p", text, class_="error")


def differing_options(runs: Sequence[Run], names: Sequence[str]) -> Optional[Markup]:
    """The options in which the runs differ."""
    known = [options_of(run.config) if run.config else {} for run in runs]
    keys = dict.fromkeys(key for options in known for key in options if key not in PLACES)
    rows = [
        (tag("code", key), *(value_text(one[key]) if key in one else NOT_RECORDED for one in known))
        for key in keys
        if len({value_text(one[key]) for one in known if key in one}) > 1
    ]
    if not rows:
        return None
    return tag("section", tag("h2", "What they differ in"), table(("option", *names), rows), class_="card")
