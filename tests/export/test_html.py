import base64
import hashlib
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from mindspore import nn

from ms_gan.export import export_html, html, layers
from ms_gan.export.folded import fold_graph, generate
from ms_gan.export.graph import Graph, read_graph
from ms_gan.formats.graph_input import GraphInput
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import Sampler
from tests.export.generators import CLASSES, CONDITIONAL, FAMILIES, small_generator
from tests.graph_inputs import labels, latents, pictures
from tests.refusals import failed, refused

pytestmark = pytest.mark.usefixtures("device")


@pytest.mark.parametrize("family", FAMILIES)
def test_folded_layers_compute_the_same(family, tmp_path):
    source = small_generator(family)
    drawn = sample_latents(3, 0, 64, source.card.latent)
    network = fold_graph(read_graph(source.network, [latents(8)]))
    found = generate(network, drawn, source.card.image.shape)
    assert found.dtype == np.float32
    # MindSpore's Tanh is off by 1e-4 where it is saturated: ms_gan/export/onnx.py.
    assert np.abs(found - source.generate(drawn)).max() < 1.1e-4
    assert 0 < export_html(source, tmp_path / "page.html") < html.LEVELS


@pytest.mark.parametrize("family", CONDITIONAL)
def test_folded_layers_compute_the_same_in_every_class(family, tmp_path):
    source = small_generator(family)
    drawn = sample_latents(3, 0, 9, source.card.latent)
    network = fold_graph(read_graph(source.network, source.card.graph_inputs), len(CLASSES))
    found = [generate(network, drawn, source.card.image.shape, np.full(9, label)) for label in range(3)]
    assert np.abs(np.concatenate(found) - source.of_classes(drawn, range(3))).max() < 1.1e-4
    assert np.abs(found[0] - found[1]).max() > 0.05
    assert 0 < export_html(source, tmp_path / "page.html") < html.LEVELS


def test_batch_norm_after_what_labels_do_is_refused():
    graph = Graph([*LATENTS, labels()])
    row = graph.add(
        layers.Multiply(), graph.add(DENSE, "latents"), graph.add(layers.Embedding(np.ones((3, 4))), "labels")
    )
    graph.output = graph.add(NORM, row)
    with refused("--format"):
        fold_graph(graph, 3)


DENSE = layers.Dense(np.zeros((4, 4), np.float32), None)
NORM = layers.BatchNorm(*np.ones((4, 4), np.float32), 1e-5)
CONVOLUTION = layers.Convolution(np.zeros((1, 1, 1, 1), np.float32), None, 2, (0, 0))
IMAGES = layers.Reshape((1, 2, 2))
LATENTS = (latents(4),)


def row_of(*row, inputs=LATENTS):
    graph = Graph(inputs)
    result = inputs[0].name
    for layer in row:
        result = graph.add(layer, result)
    graph.output = result
    return graph


def residual():
    graph = row_of(DENSE)
    graph.output = graph.layer("add", graph.output, "latents")
    return graph


@pytest.mark.parametrize(
    "graph",
    [
        row_of(DENSE, layers.Tanh(), NORM),
        row_of(DENSE, IMAGES, DENSE),
        row_of(DENSE, IMAGES, CONVOLUTION),
        row_of(DENSE, IMAGES, layers.Upsample(2)),
        row_of(NORM),
        row_of(layers.Tanh()),
        row_of(CONVOLUTION, inputs=[pictures((1, 2, 2))]),
        row_of(DENSE, inputs=[*LATENTS, labels()]),
        row_of(DENSE, inputs=[GraphInput("codes", (4,))]),
        residual(),
    ],
)
def test_what_is_no_row_of_these_layers_is_refused(graph):
    message = "--format HTML: pages are made of generators of latents; use ONNX"
    with refused("--format", says=f"^{message}$"):
        fold_graph(graph)


def spoil(scale):
    def dense(cell):
        layer = layers.Dense.read(cell)
        return layer._replace(weight=layer.weight * scale)

    return dense


@pytest.mark.parametrize("scale", [1.2, 1e6])  # the latter is infinite in float16
def test_what_differs_is_not_written(scale, tmp_path, monkeypatch):
    monkeypatch.setitem(layers.READERS, nn.Dense, spoil(scale))
    with failed("inexact", says=r"by \S+ of 255, allowed: 2"):
        export_html(small_generator("mlp"), tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_a_generator_that_a_browser_is_too_slow_for_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(html, "MOST_PRODUCTS", 1)
    with refused("--format", says="million multiplications, too many for a page; .* use --format ONNX"):
        export_html(small_generator("mlp"), tmp_path / "page.html")


def test_the_page_is_complete_and_lets_nothing_else_run(tmp_path):
    source = small_generator("mlp")
    text = '</script><img src=x onerror="alert(1)">'
    export_html(Sampler(source.network, replace(source.card, recipe=text, version=text)), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "{{" not in page and "<img" not in page
    assert not re.search(r"https?://|\bsrc=|@import|url\(", page.replace("src=x", ""))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page).group(1)
    for element, kind in (("style", "style-src"), ("script", "script-src")):
        (inline,) = re.findall(f"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert f"{kind} 'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    description = json.loads(re.search(r'id="description">(.*?)</script>', page, re.DOTALL).group(1))
    assert description["version"] == text and description["image"] == [1, 28, 28]
