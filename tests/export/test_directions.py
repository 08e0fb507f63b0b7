import json
import re

import numpy as np
import pytest

from ms_gan.explorer.studio import Studio
from ms_gan.export import export_html, export_mindir
from ms_gan.export.directions import principal_directions
from ms_gan.export.folded import first_matrix
from ms_gan.export.graph import Graph, read_graph
from ms_gan.generators.sampling import open_generator
from tests.export.generators import small_generator
from tests.graph_inputs import labels, latents


def test_principal_directions_are_those_that_a_layer_answers_most():
    random = np.random.default_rng(0)
    width, strengths = 6, np.array([9.0, 5.0, 3.0, 2.0, 1.0, 0.5])
    turned, _ = np.linalg.qr(random.standard_normal((width, width)))
    outputs, _ = np.linalg.qr(random.standard_normal((20, width)))
    weight = (outputs * strengths) @ turned.T  # its direction i is column i of `turned`, with its strength
    found = principal_directions(weight.astype(np.float32))
    assert np.allclose(np.abs((found * turned.T).sum(1)), 1, atol=1e-4)
    assert np.allclose(np.linalg.norm(weight @ found.T, axis=0), strengths, atol=1e-4)
    assert (found[np.arange(width), np.abs(found).argmax(1)] > 0).all()


def test_a_layer_with_few_outputs_has_few_principal_directions():
    weight = np.random.default_rng(0).standard_normal((3, 8)).astype(np.float32)
    assert principal_directions(weight).shape == (3, 8)


@pytest.mark.parametrize("family", ["mlp", "dcgan", "cnn", "mlp_classes", "dcgan_classes"])
def test_the_explorer_and_the_page_move_along_the_same_directions(device, family, tmp_path):
    source = small_generator(family)
    export_html(source, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    description = json.loads(re.search(r'id="description">(.*?)</script>', page, re.DOTALL).group(1))
    shown = np.array(description["directions"])
    explored = Studio(source).principal
    assert explored.dtype == np.float32 and shown.shape == (6, 8)
    # The page's weights are float16, and its directions have four decimals.
    assert np.allclose(explored[:6], shown, atol=5e-3)
    export_mindir(source, tmp_path / "g.mindir")
    assert np.array_equal(Studio(open_generator(tmp_path / "g.mindir")).principal, explored)


def test_batch_norm_after_the_first_layer_counts(device):
    """What a dcgan makes of latents, measured: its first layer and BatchNorm are linear."""
    network = small_generator("dcgan").network
    drawn = np.random.default_rng(0).standard_normal((20, 8)).astype(np.float32)
    graph = read_graph(network, [latents(8)])
    made = drawn
    for node in graph.nodes[:3]:
        made = node.layer.compute(made)
    zero = np.zeros((1, 8), np.float32)
    for node in graph.nodes[:3]:
        zero = node.layer.compute(zero)
    assert np.allclose((made - zero).reshape(20, -1), drawn @ first_matrix(graph).T, atol=1e-5)
    raw = principal_directions(network.dense.weight.asnumpy())
    assert np.abs(raw - principal_directions(first_matrix(graph))).max() > 0.1


def test_latents_that_meet_labels_first_have_no_matrix():
    graph = Graph([latents(4), labels()])
    graph.output = graph.layer("concat", "latents", "labels")
    assert first_matrix(graph) is None


def test_a_mindir_file_with_another_card_has_no_principal_directions(device, tmp_path):
    export_mindir(small_generator("mlp"), tmp_path / "g.mindir")
    opened = open_generator(tmp_path / "g.mindir")
    opened.card.generator.hidden = [1 << 40, 1 << 40]  # nothing of that size is made to find out
    assert Studio(opened).principal.shape == (0, 8)
