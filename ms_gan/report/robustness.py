"""The page of a robustness measurement: its numbers, pictures to look at, and what the numbers do not show."""

import base64
import io
from pathlib import Path
from string import Template
from typing import Any, Iterable, List, Mapping

import numpy as np

from ms_gan.files import write_text
from ms_gan.pictures.grids import to_pillow
from ms_gan.pictures.pixels import perturbation
from ms_gan.report.inlined import policy
from ms_gan.report.markup import Markup, join, table, tag

SOURCES = Path(__file__).parent
TIMES = 10  # how much stronger a perturbation is shown than it is
SIDE = 84  # pixels, of a picture on the page, at least

# What the numbers do not show.
LIMITS = (
    "A defence that an attack does not know of looks strong. The columns of defences show attacks on the classifier "
    "alone; only the adaptive rows say what somebody reaches who knows the defence.",
    "An adaptive attack that fails proves nothing: a stronger one may succeed. BPDA takes the gradient at the cleaned "
    "picture, as if cleaning changed nothing, which is a rough guide through a search.",
    "Accuracy under one bound says nothing of other bounds, and small L-infinity or L2 norms are not what eyes notice.",
    "Pictures are the first ones of the test split. A share of n pictures is sure to about 1 / (2 sqrt(n)).",
)


def write_robustness_page(path: Path, protocol: Mapping[str, Any], found: Mapping[str, Any], strips: Mapping) -> None:
    """Write the page, whole or not at all.

    Args:
        path: the file.
        protocol: how it was measured, by name.
        found: clean, attacks, adaptive and transfer, as ms_gan.attacks.robustness.Table.to_dict gives them.
        strips: by attack: pictures (n, C, H, W), uint8, by kind, "verdicts/KIND" (n,), and "labels" (n,).

    Raises:
        GanError: the file cannot be written.
    """
    style = "\n" + (SOURCES / "page.css").read_text(encoding="utf-8").strip() + "\n"
    title = "Robustness of a classifier"
    classes = protocol["classifier"]["classes"]
    body = tag(
        "body",
        tag(
            "main",
            tag("header", tag("h1", title), tag("p", _summary(protocol), class_="about")),
            _section("Attacks on the classifier alone", _attacks(found)),
            _section("Attacks on the defences", _adaptive(found["adaptive"])) if found["adaptive"] else None,
            _section("The same pictures before other classifiers", _transfer(found)) if found["transfer"] else None,
            *(_section(name, _strip(strip, classes)) for name, strip in strips.items()),
            _section("What the numbers do not show", tag("ul", *(tag("li", line) for line in LIMITS))),
            _section("Protocol", table(("", ""), _flat(protocol))),
        ),
    )
    fixed = {"style": style, "policy": policy(style, "", "data:"), "title": join([title]), "body": body}
    write_text(path, Template((SOURCES / "page.html").read_text(encoding="utf-8")).substitute(fixed))


def _summary(protocol: Mapping[str, Any]) -> str:
    classifier = protocol["classifier"]
    return (
        f"{classifier['name']}, on {protocol['pictures']:,} of {protocol['data']}. Bounds and norms are those of "
        "pixels in [0, 1]; all pictures are rounded to 8 bits before they are measured."
    )


def _section(title: str, content: Markup) -> Markup:
    return tag("section", tag("h2", title), content)


def _attacks(found: Mapping[str, Any]) -> Markup:
    """A row for clean pictures and for each attack."""
    clean, names = found["clean"], list(found["clean"]["defended"])
    head = ("Attack", "No defence", *names, "Success rate", "Mean L∞", "Mean L2")
    rows = [("none", _share(clean["accuracy"]), *(_share(clean["defended"][name]) for name in names), "", "0", "0")]
    for row in found["attacks"]:
        defended = (_share(row["defended"][name]) for name in names)
        rows.append((row["attack"], _share(row["accuracy"]), *defended, _share(row["success_rate"]), *_norms(row)))
    return table(head, rows)


def _adaptive(rows: Iterable[Mapping[str, Any]]) -> Markup:
    head = ("Attack", "Pictures", "Clean, defended", "Attacked, defended", "Success rate", "Mean L∞", "Mean L2")
    cells = (
        (r["attack"], r["pictures"], _share(r["clean"]), _share(r["accuracy"]), _share(r["success_rate"]), *_norms(r))
        for r in rows
    )
    return table(head, cells)


def _transfer(found: Mapping[str, Any]) -> Markup:
    head = ("Attack", "Classifier", "Clean", "Attacked", "Success rate")
    rows = (
        (r["attack"], r["classifier"], _share(r["clean"]), _share(r["accuracy"]), _share(r["success_rate"]))
        for r in found["transfer"]
    )
    return table(head, rows)


def _strip(strip: Mapping[str, np.ndarray], classes: List[str]) -> Markup:
    """A row for each kind of picture; below each picture what the classifier takes it for."""
    labels = strip["labels"]
    rows = []
    for name, images in strip.items():
        if name == "labels" or name.startswith("verdicts/"):
            continue
        verdicts = strip[f"verdicts/{name}"]
        rows.append((name, *(_picture(one, _verdict(v, t, classes)) for one, v, t in zip(images, verdicts, labels))))
        if name == "clean":
            noise = perturbation(strip["attacked"], images, TIMES)
            rows.append((f"noise x{TIMES}", *(_picture(one, "") for one in noise)))
    return table(("", *(classes[label] for label in labels)), rows)


def _verdict(verdict: int, truth: int, classes: List[str]) -> str:
    return classes[verdict] if verdict == truth else f"{classes[verdict]} (wrong)"


def _picture(image: np.ndarray, caption: str) -> Markup:
    times = max(1, -(-SIDE // image.shape[1]))
    larger = image.repeat(times, axis=1).repeat(times, axis=2)
    file = io.BytesIO()
    to_pillow(larger).save(file, "PNG", optimize=True)
    source = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return tag("figure", tag("img", src=source, alt=caption or "perturbation"), tag("figcaption", caption))


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _norms(row: Mapping[str, Any]) -> List[str]:
    return [f"{row['linf']:.3f}", f"{row['l2']:.3f}"]


def _flat(values: Mapping[str, Any], prefix: str = "") -> List[Any]:
    """Nested values as rows of dotted names and texts."""
    rows: List[Any] = []
    for key, value in values.items():
        rows += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", str(value))]
    return rows
