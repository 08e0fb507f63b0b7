"""An entry of the zoo made from a finished run: its generator in half precision, compared with the one that it was."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import mindspore as ms
import numpy as np

from ms_gan import tasks
from ms_gan.config.parser import known_recipes, read_yaml
from ms_gan.config.schema import leaves, plain
from ms_gan.data import load
from ms_gan.data.batches import evenly_spaced
from ms_gan.data.unseen import unseen
from ms_gan.errors import GanError, UsageError
from ms_gan.files import whole_folder
from ms_gan.generators.opened import Opened
from ms_gan.generators.sampling import open_generator
from ms_gan.generators.weights import save_weights, weights_digest
from ms_gan.pictures.pixels import to_uint8
from ms_gan.zoo.drawing import KEPT, drawn, takes_maps
from ms_gan.zoo.entries import ENTRY, GENERATOR, PICTURES, PLACE, Entry

CLOSE = 1  # of 255 levels, by which pixels of a generator in half precision may differ
COMPARED = 256  # images of latents that are compared
COMPARED_PICTURES = 32  # and pictures of pictures
ELSEWHERE = {
    "output",
    "device",
    "resume",
    "init_from",
    "data.dir",
    "data.a",
    "data.b",
    "mode",
    "metrics.samples",
    *(
        f"train.{name}"
        for name in ("log_every", "sample_every", "sample_count", "checkpoint_every", "keep_checkpoints")
    ),
}  # no part of a command: they change nothing in what is trained


class About(NamedTuple):
    """What a person says of a generator: what it makes; the licences of its data; where its evaluation.json is."""

    makes: str
    licence: str
    evaluation: Path


def add(run: Path, name: str, about: About, place: Path = PLACE) -> Entry:
    """Make an entry from a finished run.

    Parameters are kept in float16 where that changes no pixel by more than one level of 255, else in float32.

    Args:
        run: its folder, or one of its generators' files.
        name: of the entry.
        about: what a person says of it.
        place: the folder of all entries.

    Raises:
        UsageError: the name is taken or not allowed, or the generator takes what the zoo cannot keep examples of.
        GanError: the evaluation or the generator cannot be read, or the evaluation is of another generator.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or (place / name).exists():
        raise UsageError(f"--add {name}: is taken, or not a name of small letters, digits and _; choose another one")
    source, folder = open_generator(run), run if run.is_dir() else run.parent
    quality, protocol = read_quality(about.evaluation, weights_digest(source.parameters()))
    protocol += f"; step {source.card.step:,}"
    given = _given(source, folder)
    with whole_folder(place / name) as draft:
        path = draft / GENERATOR
        for precision in (np.float16, np.float32):
            halves = (
                (one.name, ms.Parameter(ms.Tensor(one.asnumpy().astype(precision)))) for one in source.parameters()
            )
            save_weights(path, halves, source.card)
            made = open_generator(path)
            deviation = _deviation(source, made, given)
            if deviation <= CLOSE:
                break
        kept = {} if given is None else {"given": given[:KEPT]}
        np.savez_compressed(draft / PICTURES, made=drawn(made, kept.get("given")), **kept)
        content = path.read_bytes()
        entry = Entry(
            name, about.makes, source.card.task, trained_by(folder), about.licence, quality, protocol,
            np.dtype(precision).name, deviation, len(content), hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
        (draft / ENTRY).write_text(entry.to_json(), encoding="utf-8")
    return entry


def _given(source: Opened, folder: Path) -> Any:
    """Pictures that a run has held out, (n, C', H, W) uint8, or maps, (n, H, W); None for a generator of latents."""
    if source.card.kind in ("latent", "latent+label"):
        return None
    given = _held_out_maps(folder) if takes_maps(source) else _held_out_pictures(source, folder)
    if given is None:
        raise UsageError(
            f"{folder}: takes {source.card.kind} of which no examples are on this machine; the zoo keeps generators of "
            "latents, and those of pictures or maps whose run holds some out"
        )
    return given


def _held_out_pictures(source: Opened, folder: Path) -> Optional[np.ndarray]:
    """Some of the pictures that a run's data hold out, (n, C', H, W) uint8; None where there are none."""
    held = unseen(folder) if source.card.kind == "image" else None
    return None if held is None else to_uint8(held.inputs(source.card.network, COMPARED_PICTURES))


def _held_out_maps(folder: Path) -> Optional[np.ndarray]:
    """Some of the maps that a run's data hold out, evenly taken, (n, H, W) uint8; None where they hold out none."""
    config = tasks.read_config(folder)
    held = load(config.data, config.seed).held_out
    return None if held is None else held.maps[evenly_spaced(len(held.maps), COMPARED_PICTURES)]


def _deviation(source: Opened, made: Opened, given: Any) -> int:
    """The largest difference of two generators' pixels, in levels of 255."""
    if given is None:
        images = [one.samples(0, COMPARED) for one in (source, made)]
    else:
        images = [drawn(one, given) for one in (source, made)]
    return int(np.abs(images[0].astype(int) - images[1]).max())


def trained_by(folder: Path) -> str:
    """The command that trains such a run: its recipe, and the options in which the run differs from that.

    Raises:
        UsageError: config.yaml cannot be read.
    """
    config = tasks.read_config(folder)
    recipe = known_recipes().get(config.recipe)
    usual = type(config)() if recipe is None else read_yaml(type(config), recipe)
    words = [f"python train.py --config {config.recipe}"] if recipe else [f"python train.py --task {config.task}"]
    if config.task == "map":
        words.append("--data.a MAPS --data.b PICTURES")
    elif config.data.source == "folder":
        words.append("--data-dir PICTURES")
    for (key, _, value), (_, _, before) in zip(leaves(config), leaves(usual)):
        if value != before and key not in ELSEWHERE:
            words.append(f"--{key} {plain(value)}")
    return " ".join(words)


def read_quality(path: Path, weights: str) -> Tuple[List[Dict[str, Any]], str]:
    """The measures that eval.py wrote, as `Entry` keeps them, and how they were measured.

    Args:
        path: of evaluation.json.
        weights: the digest of the generator's, which the evaluation should be of.

    Raises:
        GanError: it is no evaluation, or one of another generator.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        protocol = found["protocol"]
        of_latents = "generated" in found
        measured = [protocol["generator"]] if of_latents else protocol["generators"]
        measured = [one["weights"] for one in measured if one.get("column") != "beside"]  # that is another run
        own = next((place for place, digest in enumerate(measured) if weights.startswith(digest)), None)
        if own is None:
            raise GanError(f"{path}: measures a generator with other weights; run eval.py again", code="mismatch")
        quality = _of_latents(found) if of_latents else _of_pictures(found["parts"][own])
        count = f"{protocol['generated']:,} images beside " if of_latents else ""
        said = f"eval.py: {count}{protocol['data']}; features {protocol['features']['name']}"
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise GanError(f"{path}: no evaluation ({type(error).__name__}); eval.py --ckpt RUN writes it") from None
    return quality, said


def _of_latents(found: Dict[str, Any]) -> List[Dict[str, Any]]:
    wanted = (("frechet", "Fréchet distance", ".4f"), ("accuracy", "class accuracy", ".4f"))
    floor = found.get("floor") or {}
    return [
        _measure(name, found["generated"][key], form, {"real test images": floor[key]} if key in floor else {})
        for key, name, form in wanted
        if key in found["generated"]
    ]


def _of_pictures(part: Dict[str, Any]) -> List[Dict[str, Any]]:
    columns = [column for column in part["columns"] if column not in ("output", "beside", "real")]
    return [
        _measure(
            one["name"], one["values"][0], one["form"],
            {column: one["values"][part["columns"].index(column)] for column in columns},
        )
        for one in part["measures"]
        if one["key"] in ("miou", "psnr", "ssim", "frechet")
    ]  # fmt: skip


def _measure(name: str, value: float, form: str, beside: Dict[str, float]) -> Dict[str, Any]:
    scale = 100 if name.endswith(", %") else 1
    beside = {what: scale * number for what, number in beside.items()}
    return {"name": name, "value": scale * value, "form": form, "beside": beside}
