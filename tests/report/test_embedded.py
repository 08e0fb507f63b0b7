import base64
import io

import numpy as np
import pytest
from PIL import Image

from ms_gan.report import embedded
from ms_gan.report.embedded import Album, evenly_spread


def picture_of(uri):
    return Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1])))


def save_noise(path, side):
    Image.fromarray(np.random.default_rng(side).integers(0, 256, (side, side, 3), np.uint8)).save(path)
    return path


def test_evenly_keeps_both_ends():
    assert evenly_spread([], 3) == [] and evenly_spread([1, 2], 3) == [1, 2]
    chosen = evenly_spread(range(1000), 40)
    assert len(chosen) == 40 and chosen[0] == 0 and chosen[-1] == 999
    assert set(np.diff(chosen)) <= {25, 26}


def test_small_pictures_are_embedded_as_they_are_and_damaged_ones_left_out(tmp_path):
    samples = [save_noise(tmp_path / f"epoch-{i:05d}.png", 8) for i in range(1, 101)]
    samples[0].unlink()
    real, grids = Album().pictures(tmp_path / "real.png", samples, 10)
    assert real is None and len(grids) == embedded.MOST_GRIDS - 1
    assert grids[-1].label == "epoch 100" and grids[-1].epoch == 100
    assert base64.b64decode(grids[-1].source.split(",")[1]) == samples[-1].read_bytes()


def test_large_pictures_are_made_smaller_and_fewer_and_only_once(tmp_path, monkeypatch):
    for name, value in (("PLAIN_BYTES", 1000), ("GRIDS_BYTES", 2000), ("SIDE", 60)):
        monkeypatch.setattr(embedded, name, value)
    samples = [save_noise(tmp_path / f"step-{i:09d}.png", 70) for i in range(1, 13)]
    album = Album()
    _, grids = album.pictures(samples[0], samples, 5)
    assert len(grids) == embedded.FEWEST_GRIDS and grids[0].label == "step 1" and grids[0].epoch == 0.2
    picture = picture_of(grids[-1].source)
    assert picture.format == "JPEG" and picture.size == (60, 60)
    monkeypatch.setattr(embedded, "_encoded", lambda *_: pytest.fail("made again"))
    assert album.pictures(samples[0], samples, 5)[1] == grids


def test_what_is_no_picture_is_left_out(tmp_path):
    bad = tmp_path / "epoch-00001.png"
    bad.write_bytes(b"x" * (embedded.PLAIN_BYTES + 1))
    assert Album().pictures(bad, [bad], None) == (None, [])
