"""The sections of a page, from top to bottom."""

import shlex
import time
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ms_gan import __version__
from ms_gan.config.help import as_called
from ms_gan.config.schema import leaves
from ms_gan.config.sections import RunConfig
from ms_gan.report.collect import Run
from ms_gan.report.embedded import Grid
from ms_gan.report.evaluation import evaluation_table
from ms_gan.report.markup import Markup, table, tag

NOT_RECORDED = "not recorded"
PLACES = ("output", "resume")  # options that say where a run lies, not what it is


def title(run: Run, live: bool) -> str:
    """What stands in the browser's tab."""
    done = f"{100 * run.step / run.total_steps:.0f} % · " if live and run.total_steps else ""
    return f"{done}{run.recipe} · {run.name}"


def head(run: Run, live: bool) -> Markup:
    """The run's name, how it goes, and its key figures."""
    state = "unfinished" if run.state == "running" and not live else run.state
    about = {
        "unfinished": "It trains at this moment, or it was killed: its log has no end.",
        "failed": "It ended with an error.",
        "stopped": "It was stopped, and can go on.",
    }
    written = time.time()
    return tag(
        "header",
        tag("p", tag("span", state, class_=f"state {state}"), " ", about.get(state), class_="status"),
        tag("h1", run.recipe),
        tag(
            "p",
            tag("span", run.name, class_="run"),
            " · written ",
            tag("time", clock(written), datetime=int(written), id="written"),
            tag("span", id="age"),
            tag("button", "Pause updates", type="button", id="pause", hidden=True) if live else None,
            class_="about",
        ),
        tag("dl", *(_figure(*one) for one in _key_figures(run, live) if one), class_="figures"),
    )


def _key_figures(run: Run, live: bool) -> List[Optional[Tuple[str, str, Optional[str]]]]:
    """Name, value and remark of each."""
    steps = run.total_steps
    epochs = steps / run.per_epoch if steps and run.per_epoch else None
    left = run.seconds_left if live else None
    best = run.best
    return [
        ("Epochs", f"{run.epoch:.4g}", f"of {epochs:.4g}" if epochs else None),
        (run.task.headline.name, f"{best.value:.3g}", f"best, {best.kind}, epoch {best.epoch:.4g}") if best else None,
        ("Time", duration(run.seconds), f"about {duration(left)} left" if left else None),
        ("Speed", f"{run.speed:,.0f}", "images/s") if run.speed is not None else None,
    ]


def _figure(name: str, value: str, remark: Optional[str]) -> Markup:
    return tag("div", tag("dt", name), tag("dd", value, " ", tag("small", remark) if remark else None))


def clock(seconds: float) -> str:
    """A time since the epoch as clocks show it here."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def duration(seconds: float) -> str:
    """A time for people."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours < 48 else f"{hours / 24:.1f} days"


def notices(run: Run) -> Optional[Markup]:
    """Warnings and errors of the run."""
    told = [("error", None, run.trouble)] if run.trouble else []
    told += [(one.kind, one.step, one.text) for one in run.notices]
    if not told:
        return None
    items = (
        tag("li", tag("strong", kind if step is None else f"{kind}, step {step:,}"), " ", text, class_=kind)
        for kind, step, text in told
    )
    before = tag("p", f"{run.notices_before:,} earlier ones stand in log.jsonl.") if run.notices_before else None
    return tag("section", tag("h2", "Warnings"), tag("ul", *items), before, id="warnings", class_="card")


def samples(run: Run, real: Optional[str], grids: Sequence[Grid]) -> Optional[Markup]:
    """The sample grids with a slider over the training, and real images beside them."""
    if not grids and not real:
        return None
    count = f"{run.config.train.sample_count} " if run.config else ""
    page = run.task.page
    sheets = []
    if grids:
        last = grids[-1]
        control = tag(
            "p",
            tag("button", "▶", type="button", id="play", aria_label="Play the training"),
            tag("label", "Training time", for_="when", class_="unseen"),
            tag("input", type="range", id="when", min=0, max=len(grids) - 1, value=len(grids) - 1, step=1,
                aria_valuetext=last.label),
            class_="control",
        )  # fmt: skip
        sheets.append(
            tag(
                "figure",
                tag("figcaption", f"{page.made} ", tag("output", last.label, id="label", for_="when")),
                tag("img", src=last.source, alt=f"{count}generated images after {last.label}", id="grid"),
                control if len(grids) > 1 else None,
            )
        )
    if real:
        sheets.append(
            tag("figure", tag("figcaption", page.real), tag("img", src=real, alt=f"{count}real images of the data set"))
        )
    about = tag("p", page.sheets, class_="about")
    return tag("section", tag("h2", "Samples"), about, tag("div", *sheets, class_="sheets card"), id="samples")


def evaluation(run: Run) -> Optional[Markup]:
    """What eval.py has found, if it has been asked."""
    found = run.evaluation
    if found is None:
        return None
    return tag("section", tag("h2", "Evaluation"), evaluation_table(found), id="evaluation", class_="card")


def commands(run: Run) -> Markup:
    """How to go on with the run."""
    folder, picture = shlex.quote(str(run.folder.path)), shlex.quote(f"{run.recipe}.png")
    more = ""
    if run.state == "finished" and run.config:
        train = run.config.train
        more = f" --steps {2 * train.steps}" if train.steps else f" --epochs {2 * train.epochs}"
    rows = (
        ("Go on", f"python train.py --resume {folder}{more}"),
        *run.task.page.commands(folder, picture),
        ("This page", f"python -m ms_gan.cli.report {folder}"),
    )
    lines = (tag("div", tag("dt", name), tag("dd", tag("code", as_called(command)))) for name, command in rows)
    return tag("section", tag("h2", "Commands"), tag("dl", *lines, class_="commands"), id="commands", class_="card")


def configuration(run: Run) -> Optional[Markup]:
    """What differs from the defaults; everything else is folded away."""
    if run.config is None:
        return None
    usual = options_of(type(run.config)())
    rows = [(key, value_text(value), f.metadata["help"]) for key, f, value in leaves(run.config)]
    own = [
        (tag("code", key), value_text(value), value_text(usual[key]))
        for key, value in options_of(run.config).items()
        if value != usual[key] and key not in PLACES
    ]
    changed = table(("option", "this run", "default"), own) if own else tag("p", "Nothing: these are the defaults.")
    everything = table(("option", "value", "meaning"), ((tag("code", key), *others) for key, *others in rows))
    return tag(
        "section",
        tag("h2", "Configuration"),
        tag("h3", "What differs from the defaults"),
        changed,
        tag("details", tag("summary", f"All {len(rows)} options"), everything),
        id="configuration",
        class_="card",
    )


def options_of(config: RunConfig) -> Dict[str, Any]:
    """All options, as {dotted key: value}."""
    return {key: value for key, _, value in leaves(config)}


def value_text(value: Any) -> str:
    """An option's value as a person types it."""
    if value is None:
        return "unset"
    return str(value).lower() if isinstance(value, bool) else str(value)


def origin(run: Run) -> Markup:
    """Device, versions and data."""
    start = run.start
    names = (
        ("Device", "device"), ("Workers", "workers"), ("MindSpore", "mindspore"), ("Python", "python"),
        ("ms_gan", "version"), ("Mode", "mode"), ("Precision", "precision"), ("Kernels", "convolution"),
        ("Data", "data"), ("From", "origin"),
    )  # fmt: skip
    lines = [(name, str(start.get(key, NOT_RECORDED))) for name, key in names]
    if "classes" in start:
        lines.append(("Images by class", str(start["classes"])))
    lines.append(("Seed", str(run.config.seed) if run.config else NOT_RECORDED))
    return tag(
        "section",
        tag("h2", "Where it ran"),
        tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in lines), class_="origin"),
        tag("p", f"Page by ms_gan {__version__}.", class_="about"),
        id="origin",
        class_="card",
    )
