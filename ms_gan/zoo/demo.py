"""One page that shows what the generators of the zoo make: pictures by class, walks, pictures of pictures."""

import base64
import io
import tempfile
from pathlib import Path
from string import Template
from typing import Iterable, List, Tuple

import numpy as np

from ms_gan import report
from ms_gan.config.help import as_called
from ms_gan.files import write_text
from ms_gan.generators.latents import is_spherical, sample_latents
from ms_gan.generators.opened import Opened
from ms_gan.generators.walks import round_trip
from ms_gan.pictures.grids import grid, to_pillow
from ms_gan.pictures.movies import save_movie
from ms_gan.pictures.pixels import to_uint8
from ms_gan.report.inlined import policy
from ms_gan.report.markup import Markup, join, tag
from ms_gan.zoo.drawing import KEPT, drawn, shown_as, takes_maps
from ms_gan.zoo.entries import PREFIX, Entry

SOURCES = Path(report.__file__).parent
TITLE = "What trained generators make"
STOPS, STEPS = 4, 12  # latents that a walk goes through, and frames from one to the next
SECONDS = 6.0  # of a walk
SIDE = 64  # pixels of a picture on the page


def save_demo(found: Iterable[Tuple[Entry, Opened]], path: Path) -> int:
    """Write the page, one file that needs nothing else.

    Args:
        found: entries of the zoo, each with its generator.
        path: the file.

    Returns:
        how many generators are on it.

    Raises:
        CannotWrite: the file.
    """
    sections = [_section(entry, opened) for entry, opened in found]
    style = "\n" + (SOURCES / "page.css").read_text(encoding="utf-8").strip() + "\n"
    about = (
        "Made on this machine by generators that come with ms_gan, of latents and pictures that no training has seen; "
        "what was painted of maps was kept from another one."
    )
    body = tag("body", tag("main", tag("h1", TITLE), tag("p", about), *sections))
    page = Template((SOURCES / "page.html").read_text(encoding="utf-8"))
    fixed = {"style": style, "policy": policy(style, "", "data:"), "title": join([TITLE]), "body": body}
    write_text(path, page.substitute(fixed))
    return len(sections)


def _section(entry: Entry, opened: Opened) -> Markup:
    kept = entry.pictures()
    given = kept.get("given")
    paints = takes_maps(opened)  # its graph alone would take as long to compile as all others together
    made, said = (
        (kept["made"], "made of them, kept with the generator") if paints else (drawn(opened, given), "made of them")
    )
    name, parts = f"{PREFIX}{entry.name}", []
    if given is not None:
        parts = [_picture(shown_as(opened, given)[:, :3], "given"), _picture(made, said)]
        tried = [f"python infer.py --ckpt {name} --input {'MAPS' if paints else 'PICTURES'} --output made"]
        if paints:
            tried.append(f"python -m ms_gan.cli.explore --ckpt {name} --open")
    else:
        classes = f" --classes {','.join(opened.card.classes[:2])}" if opened.card.classes else ""
        parts = [_picture(made, "a row a latent"), _walk(opened)]
        tried = [
            f"python infer.py --ckpt {name}{classes} --output pictures.png",
            f"python -m ms_gan.cli.explore --ckpt {name} --open",
        ]
    return tag(
        "section",
        tag("h2", f"{entry.name}: {entry.about}"),
        *parts,
        tag("pre", as_called("\n".join(tried))),
        tag("p", f"{entry.in_words()}. Measured by {entry.protocol}."),
        tag("p", f"Trained by {as_called(entry.command)}. Learnt from: {entry.licence}."),
    )


def _picture(images: np.ndarray, said: str) -> Markup:
    """A grid of images (N, C, H, W), uint8, and a few words below it."""
    file = io.BytesIO()
    to_pillow(_sheet(images)).save(file, "PNG")
    return _figure("png", file.getvalue(), said)


def _walk(opened: Opened) -> Markup:
    """Walks through latents side by side, each in a class of its own where there are classes."""
    latent, classes = opened.card.latent, opened.card.classes
    walks = min(KEPT, len(classes) or KEPT)
    stops = sample_latents(1, 0, STOPS * walks, latent).reshape(STOPS, walks, latent.width)
    way = round_trip(stops, STEPS, is_spherical(latent))
    labels = np.tile(np.arange(walks, dtype=np.int32), len(way)) if classes else None
    images = to_uint8(opened.generate(way.reshape(-1, latent.width), labels))
    frames: List[np.ndarray] = [_sheet(frame) for frame in images.reshape(len(way), walks, *images.shape[1:])]
    with tempfile.TemporaryDirectory(prefix="ms_gan-demo-") as folder:
        path = Path(folder) / "walk.gif"
        save_movie(frames, path, SECONDS)
        return _figure("gif", path.read_bytes(), "walks from latent to latent")


def _sheet(images: np.ndarray) -> np.ndarray:
    """Images (N, C, H, W), uint8, as one picture (C, height, width) with a row for each KEPT of them."""
    scale = max(1, SIDE // images.shape[-1])
    return grid(images.repeat(scale, axis=2).repeat(scale, axis=3), min(KEPT, len(images)))


def _figure(kind: str, content: bytes, said: str) -> Markup:
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return tag("figure", tag("img", src=source, alt=said), tag("figcaption", said))
