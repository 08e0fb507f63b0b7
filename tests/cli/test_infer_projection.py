import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.infer_projection import held_out, nearest_other, read_target
from ms_gan.config.data_section import DataConfig
from ms_gan.generators.card import ImageConfig
from ms_gan.pictures.grids import save_grid
from tests.refusals import failed, refused


def test_a_picture_is_brought_to_the_generator(tmp_path):
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert np.array_equal(read_target(tmp_path / "a.png", ImageConfig(), False), np.full((1, 28, 28), 255))
    colours = ImageConfig(channels=3, height=8, width=8)
    assert np.array_equal(read_target(tmp_path / "a.png", colours, True), np.zeros((3, 8, 8)))


def test_what_cannot_be_brought_to_the_generator(tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    with failed(option="--project", says="a.png: cannot be read"):
        read_target(tmp_path / "a.png", ImageConfig(), False)
    with refused("--project", says="this generator makes 2x28x28"):
        read_target(tmp_path / "a.png", ImageConfig(channels=2), False)


def test_a_picture_is_read_as_those_of_the_run(tmp_path):
    Image.fromarray(np.full((9, 9), 1000, np.uint16)).save(tmp_path / "deep.png")
    found = read_target(tmp_path / "deep.png", ImageConfig(), False, DataConfig(source="folder", range=[0, 4000]))
    assert found.max() == found.min() == 64
    assert read_target(tmp_path / "deep.png", ImageConfig(width=20), False).shape == (1, 28, 20)
    Image.new("L", (60, 60), 9).save(tmp_path / "large.png")
    with failed(option="--project", says=r"is too large \(60x60 pixels are more than 3,000\); make it smaller$"):
        read_target(tmp_path / "large.png", ImageConfig(), False, DataConfig(source="folder", max_pixels=3000))
    allowed = DataConfig(source="folder", max_pixels=3600)
    assert read_target(tmp_path / "large.png", ImageConfig(), False, allowed).max() == 9


def test_the_picture_itself_is_no_neighbour():
    images = np.zeros((2500, 1, 2, 2), np.uint8)
    images[1200], images[2400] = 100, 103
    assert nearest_other(images, images[1200]) == 3
    assert nearest_other(images[1200:1201], images[1200]) == np.inf


def test_held_out_images_are_never_fetched(trained, tmp_path, monkeypatch):
    assert held_out(trained, (1, 28, 28)).images.shape == (1000, 1, 28, 28)
    assert held_out(trained, (3, 28, 28)) is None
    assert held_out(tmp_path, (1, 28, 28)) is None
    config = (trained / "config.yaml").read_text()
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("ms_gan.data.mnist.fetch", lambda *_: pytest.fail("fetches"))
    monkeypatch.setattr("ms_gan.runtime.paths.SYSTEM_FOLDERS", ())
    monkeypatch.delenv("MS_GAN_DATA", raising=False)
    (tmp_path / "config.yaml").write_text(config.replace("source: synthetic", "source: mnist"))
    assert held_out(tmp_path, (1, 28, 28)) is None


def test_a_sample_that_infer_made_itself_can_be_looked_for(tmp_path):
    sample = np.full((1, 1, 28, 28), 200, np.uint8)
    save_grid(sample, tmp_path / "one.png")
    pixels = read_target(tmp_path / "one.png", ImageConfig(1, 28, 28), False)
    assert pixels.shape == (1, 28, 28) and pixels[0, 14, 14] == 200
