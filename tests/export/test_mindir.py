import json
import shutil
from pathlib import Path

import mindspore as ms
import numpy as np
import pytest

from ms_gan.export import export_mindir, read_back
from ms_gan.export.mindir import write_mindir
from ms_gan.formats.mindir import check_mindir
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import open_generator
from tests.export.generators import CONDITIONAL, small_generator
from tests.export.networks import NETWORKS, examples, small_network
from tests.refusals import failed


@pytest.fixture(scope="module")
def exported(device, tmp_path_factory):
    """The MindIR file of a small generator, with a free batch size."""
    path = tmp_path_factory.mktemp("exported") / "generator.mindir"
    assert export_mindir(small_generator("mlp"), path) <= 1e-5
    return path


def check_same_images(path, batch_size):
    source = small_generator("mlp")
    assert sorted(file.name for file in path.parent.iterdir()) == ["generator.json", "generator.mindir"]
    latents = sample_latents(5, 0, 75, source.card.latent)
    assert np.allclose(open_generator(path).generate(latents), source.generate(latents), atol=1e-5)
    assert json.loads(path.with_suffix(".json").read_text())["batch_size"] == batch_size


def test_the_graph_makes_the_same_images(exported):
    check_same_images(exported, None)


def test_a_batch_can_be_fixed(device, tmp_path):
    assert export_mindir(small_generator("mlp"), tmp_path / "generator.mindir", 10) <= 1e-5
    check_same_images(tmp_path / "generator.mindir", 10)


@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("family", CONDITIONAL)
def test_a_file_of_a_conditional_generator_takes_labels(device, kernels, family, batch_size, tmp_path):
    source, path = small_generator.__wrapped__(family), tmp_path / "generator.mindir"
    assert export_mindir(source, path, batch_size) <= 1e-5
    latents = sample_latents(5, 0, 4, source.card.latent)
    expected = source.of_classes(latents, range(3))
    assert np.abs(expected[:4] - expected[4:8]).max() > 0.05
    assert np.allclose(open_generator(path).of_classes(latents, range(3)), expected, atol=1e-5)


def test_a_free_batch_is_free(exported):
    graph = ms.nn.GraphCell(ms.load(str(exported)))
    for count in (1, 7):
        assert graph(ms.Tensor(np.zeros((count, 8), np.float32))).shape == (count, 1, 28, 28)


def test_a_graph_that_differs_is_not_written(device, tmp_path, monkeypatch):
    both = read_back.images_of_both
    monkeypatch.setattr(read_back, "images_of_both", lambda *given: (both(*given)[0], both(*given)[0] + 0.5))
    with failed("inexact", says="by 5.0e-01, allowed: 1e-05"):
        export_mindir(small_generator("mlp"), tmp_path / "g.mindir")
    assert not list(tmp_path.iterdir())


def test_damaged_files_are_one_sentence(exported, tmp_path):
    path = Path(shutil.copy(exported, tmp_path / "g.mindir"))
    shutil.copy(exported.with_suffix(".json"), tmp_path / "g.json")
    path.write_bytes(path.read_bytes()[:-50])
    with failed("damaged", says="g.json"):
        open_generator(path)
    path.with_suffix(".json").write_bytes(b"\xff\xfe")
    with failed("unreadable", says="g.json"):
        open_generator(path)


@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_graph_that_branches_makes_the_same_images(device, name, batch_size, tmp_path):
    network, path = small_network(name), tmp_path / "g.mindir"
    write_mindir(network, network.inputs, path, batch_size)
    check_mindir(path.read_bytes(), network.inputs, network.image_shape, batch_size)
    given = [ms.Tensor(values) for values in examples(network, 3)]
    graph = ms.nn.GraphCell(ms.load(str(path)))
    assert np.allclose(graph(*given).asnumpy(), network(*given).asnumpy(), atol=1e-5)
