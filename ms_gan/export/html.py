"""A generator as one page for a browser: opened from disk, without a server and without a request of any kind."""

import base64
import html
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np

from ms_gan.errors import GanError, UsageError
from ms_gan.export.directions import principal_directions
from ms_gan.export.folded import Folded, fold_graph, generate, matrix_of
from ms_gan.export.graph import read_graph
from ms_gan.export.layers import Rectifier, Tanh
from ms_gan.export.read_back import images_of_both
from ms_gan.files import write_text
from ms_gan.generators.card import Card
from ms_gan.generators.sampling import Sampler
from ms_gan.report.inlined import policy, script_json

LEVELS = 2.0  # largest difference between two pixels of one latent, of 255
MOST_PRODUCTS = 500_000_000  # multiplications for an image: about half a second in a browser
DIRECTIONS = 6  # sliders
PAGE = Path(__file__).parent / "page"
# As network.js has them: tanh, the slope below zero of a rectifier, or null.
ACTIVATIONS = {Rectifier: lambda rectifier: rectifier.slope, Tanh: lambda _: "tanh", type(None): lambda _: None}
SCRIPTS = ("latents.js", "classes.js", "network.js", "strip.js", "page.js")


def export_html(source: Sampler, path: Path) -> float:
    """Write a generator as a page that makes images by itself.

    Its weights are float16. What the page computes is computed here, with the same numbers, and compared.

    Args:
        source: the generator.
        path: the file to write, ending in .html.

    Returns:
        the largest difference between its pixels and those of the source, in levels of 255.

    Raises:
        UsageError: a generator of something else than latents and labels, or with layers that a page does not compute;
            one that is too large for a browser, or whose images are neither grey nor coloured.
        GanError: the difference is above LEVELS, a layer has no rule, or the file cannot be written.
    """
    card = source.card
    if card.port("map"):
        raise UsageError("--format HTML: shows generators of latents and labels, not of maps; use --format ONNX")
    network = fold_graph(read_graph(source.network, card.graph_inputs), len(card.classes))
    if card.image.channels not in (1, 3):
        raise UsageError(f"--format HTML: shows images of 1 or 3 channels, not of {card.image.channels}; use ONNX")
    products = sum(layer.products for layer in network)
    if products > MOST_PRODUCTS:
        raise UsageError(
            f"--format HTML: an image of this generator takes {products / 1e6:,.0f} million multiplications, too many "
            f"for a page; allowed: {MOST_PRODUCTS / 1e6:,.0f} million; use --format ONNX"
        )
    # What becomes infinite in float16 is found by the comparison.
    with np.errstate(over="ignore", invalid="ignore"):
        network = [_halved(layer) for layer in network]
        expected, found = images_of_both(
            source, lambda drawn, labels=None: generate(network, drawn, card.image.shape, labels)
        )
    levels = 127.5 * float(np.abs(expected - found).max())
    if not levels <= LEVELS:
        raise GanError(
            f"{path}: not written; its pixels differ from the source's by {levels:.1f} of 255, allowed: {LEVELS:.0f}; "
            "16 bits are too few for these weights, use --format ONNX",
            code="inexact",
        )
    write_text(path, _page(card, network))
    return levels


def _halved(layer: Folded) -> Folded:
    """A layer with numbers that float16 holds exactly."""

    def half(array: Optional[np.ndarray]) -> Optional[np.ndarray]:
        return None if array is None else array.astype("<f2").astype(np.float32)

    numbers = layer.layer._replace(weight=half(layer.layer.weight), bias=half(layer.layer.bias))
    return replace(layer, layer=numbers, scale=half(layer.scale), shift=half(layer.shift))


def _page(card: Card, network: List[Folded]) -> str:
    """The page: style, scripts, description and weights in one file, with nothing else allowed to run."""
    style = (PAGE / "page.css").read_text(encoding="utf-8")
    script = "\n".join((PAGE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    numbers = b"".join(array.astype("<f2").tobytes() for layer in network for array in layer.channels_last())
    parts = {
        "policy": policy(style, script, "blob: data:"),
        "title": html.escape(card.recipe or "A generator"),
        "style": style,
        "script": script,
        "description": script_json(_description(card, network)),
        "weights": base64.b64encode(numbers).decode(),
    }
    page = (PAGE / "page.html").read_text(encoding="utf-8")
    before, *pieces = page.split("{{")
    for piece in pieces:
        name, rest = piece.split("}}", 1)
        before += parts[name] + rest
    return before


def _description(card: Card, network: List[Folded]) -> Dict[str, Any]:
    """What the page must know, as JSON takes it."""
    labels = card.port("label")
    return {
        "version": card.version,
        "epoch": card.epoch,
        "step": card.step,
        "averaged": card.averaged,
        "width": card.latent.width,
        "distribution": card.latent.distribution,
        "image": card.image.shape,
        "classes": card.classes,
        "counts": (labels.counts or [1] * len(card.classes)) if labels else [],
        "layers": [_described(layer) for layer in network],
        "directions": [
            [round(float(part), 4) for part in direction]
            for direction in principal_directions(matrix_of(network[0]))[:DIRECTIONS]
        ],
    }


def _described(folded: Folded) -> Dict[str, Any]:
    """A layer as ms_gan/export/page/network.js takes it."""
    layer = folded.layer
    inputs, outputs, kernel, _ = layer.weight.shape
    return {
        "inputs": inputs,
        "outputs": outputs,
        "kernel": kernel,
        "stride": layer.stride,
        "before": layer.borders[0],
        "taken": folded.taken,
        "made": folded.made,
        "scaled": folded.scale is not None,
        "shifted": folded.shift is not None,
        "activation": ACTIVATIONS[type(folded.activation)](folded.activation),
    }
