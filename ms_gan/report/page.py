"""A run as one HTML page that needs nothing else: no server, no network."""

from pathlib import Path
from string import Template
from typing import Iterator, Optional, Sequence

from ms_gan.files import write_text
from ms_gan.report import comparison, sections
from ms_gan.report.charts import Chart, compared_charts, figure, run_charts
from ms_gan.report.collect import Run
from ms_gan.report.embedded import Album, Grid
from ms_gan.report.inlined import policy, script_json
from ms_gan.report.markup import Markup, join, tag

SOURCES = Path(__file__).parent


def write_run_page(run: Run, path: Path, album: Optional[Album] = None, reload: Optional[int] = None) -> None:
    """Write the page of a run, whole or not at all.

    Args:
        run: what its folder tells.
        path: the file.
        album: keeps pictures from one page to the next.
        reload: seconds after which an open page loads itself again; None: never, because the run is not training now.

    Raises:
        GanError: the file cannot be written.
    """
    write_text(path, run_page(run, album or Album(), reload))


def run_page(run: Run, album: Album, reload: Optional[int] = None) -> Iterator[str]:
    """The page of a run, in pieces; see `write_run_page`."""
    samples = run.folder.all_samples(round(run.per_epoch or 1))
    real, grids = album.pictures(run.folder.samples / "real.png", samples, run.per_epoch)
    charts = run_charts(run)
    parts = [
        sections.head(run, live=reload is not None),
        sections.notices(run),
        sections.samples(run, real, grids),
        _charts(charts),
        sections.evaluation(run),
        sections.commands(run),
        sections.configuration(run),
        sections.origin(run),
    ]
    return _page(sections.title(run, live=reload is not None), parts, charts, grids, reload)


def compared_page(runs: Sequence[Run], names: Sequence[str]) -> str:
    """The curves of several runs over each other, and what the runs differ in."""
    charts = compared_charts(runs, names)
    parts = [
        comparison.head(runs),
        comparison.key_figures(runs, names),
        _charts(charts),
        comparison.differing_options(runs, names),
    ]
    return "".join(_page(f"{len(runs)} runs compared", parts, charts, []))


def _charts(charts: Sequence[Chart]) -> Optional[Markup]:
    if not charts:
        return None
    return tag("section", tag("h2", "Curves"), tag("div", *map(figure, charts), class_="charts"), id="curves")


def _page(
    title: str,
    parts: Sequence[Optional[Markup]],
    charts: Sequence[Chart],
    grids: Sequence[Grid],
    reload: Optional[int] = None,
) -> Iterator[str]:
    """A page in pieces: its pictures are megabytes, of which a training should not make several copies each time."""
    style, script = (
        "\n" + (SOURCES / name).read_text(encoding="utf-8").strip() + "\n" for name in ("page.css", "page.js")
    )
    body = tag(
        "body",
        tag("main", *parts),
        tag("p", class_="unseen", aria_live="polite", id="spoken"),
        tag("script", type="application/json", id="data"),
        tag("script", Markup(script)),
        data_reload=reload,
    )
    fixed = {"style": style, "policy": policy(style, script, "data:"), "title": join([title]), "body": body}
    page = Template((SOURCES / "page.html").read_text(encoding="utf-8")).substitute(fixed)
    # JSON is no script: the policy does not let anything in it run.
    before, opening, after = page.partition('<script type="application/json" id="data">')
    yield before + opening
    yield from _data(charts, grids)
    yield after


def _data(charts: Sequence[Chart], grids: Sequence[Grid]) -> Iterator[str]:
    """What the page's script shows, as JSON in pieces."""
    yield '{"charts":' + script_json({chart.key: chart.data for chart in charts}) + ',"grids":['
    for grid in grids:
        last = grid is grids[-1]  # it stands in the page itself
        yield script_json({**grid._asdict(), "source": None if last else grid.source}) + ("" if last else ",")
    yield "]}"
