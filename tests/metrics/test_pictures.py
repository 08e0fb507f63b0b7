from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ms_gan.metrics import pictures
from ms_gan.metrics.copies import find_copies
from ms_gan.metrics.evaluate import Splits, evaluate
from ms_gan.tasks.latent import FRECHET
from tests.metrics.stand_ins import Generator, Network, data, drawn


def opened(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


@pytest.mark.parametrize("count, channels", [(40, 1), (9, 3)])
def test_pairs_are_drawn(tmp_path, count, channels):
    shape = (channels, 8, 8)
    images = np.repeat(drawn(60)[0], channels, axis=1)
    features = Network(shape).features
    copies = find_copies(Generator(images, shape), features, images, None, 0, count)
    pictures.save_nearest(copies, tmp_path / "nearest.png")
    drawn_pairs = opened(tmp_path / "nearest.png")
    assert drawn_pairs.shape[1] == 1000
    # Images are dark noise with bright stripes: a picture without them is white but for its letters.
    assert (drawn_pairs < 128).mean() > 0.05


def test_classes_are_drawn(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path))
    report = evaluate(Generator(drawn(40)[0]), Network().features, Splits(data(60), data(30, 1)), 40, 0)
    pictures.save_classes(report, tmp_path / "a.png")
    lopsided = replace(report, generated=replace(report.generated, histogram=[0, 0, 40]))
    pictures.save_classes(lopsided, tmp_path / "b.png")
    assert not np.array_equal(opened(tmp_path / "a.png"), opened(tmp_path / "b.png"))


def test_quality_is_drawn_from_whole_records_only(tmp_path):
    good = [{"epoch": e, "generator": kind, "frechet": 9 / e} for e in (1, 2) for kind in ("raw", "averaged")]
    bad = [{"epoch": 3, "generator": "raw"}, {"epoch": "x", "generator": "raw", "frechet": 1.0}, {}]
    bad += [{"epoch": 3, "generator": "raw", "frechet": float("nan")}, {"epoch": 1, "frechet": 2.0}]
    assert pictures.quality_records(bad[:2] + good + bad[2:], "frechet") == good
    pictures.save_quality(good, tmp_path / "quality.png", FRECHET)
    assert opened(tmp_path / "quality.png").shape == (450, 800, 3)
