import json

import mindspore as ms
import numpy as np
import pytest

from ms_gan import export
from ms_gan.errors import GanError
from ms_gan.latents import sample_latents
from ms_gan.sampling import open_generator


@pytest.mark.parametrize("batch_size", [None, 10])
def test_the_graph_makes_the_same_images(trained, tmp_path, batch_size):
    source = open_generator(trained)
    path = tmp_path / "generator.mindir"
    difference = export.export_mindir(source, path, batch_size)
    assert difference <= 1e-5
    assert sorted(file.name for file in tmp_path.iterdir()) == ["generator.json", "generator.mindir"]
    read = open_generator(path)
    latents = sample_latents(5, 0, 75, source.card.latent)
    assert np.allclose(read.generate(latents), source.generate(latents), atol=1e-5)
    assert json.loads((tmp_path / "generator.json").read_text())["batch_size"] == batch_size


def test_a_free_batch_is_free(trained, tmp_path):
    export.export_mindir(open_generator(trained), tmp_path / "g.mindir")
    graph = ms.nn.GraphCell(ms.load(str(tmp_path / "g.mindir")))
    for count in (1, 7):
        assert graph(ms.Tensor(np.zeros((count, 8), np.float32))).shape == (count, 1, 28, 28)


def test_a_graph_that_differs_is_not_written(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "_compare", lambda *_: 0.5)
    with pytest.raises(GanError, match="differ from the source's by 5.0e-01, allowed: 1e-05"):
        export.export_mindir(open_generator(trained), tmp_path / "g.mindir")
    assert not list(tmp_path.iterdir())


def test_damaged_files_are_one_sentence(trained, tmp_path):
    path = tmp_path / "g.mindir"
    export.export_mindir(open_generator(trained), path)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(GanError, match="damaged, or not the file that its g.json describes"):
        open_generator(path)
    path.with_suffix(".json").write_bytes(b"\xff\xfe")
    with pytest.raises(GanError, match="g.json: cannot be read"):
        open_generator(path)
