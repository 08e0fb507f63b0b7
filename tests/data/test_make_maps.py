import json

import numpy as np
from PIL import Image

from ms_gan.data.make_maps import k_means, main


def write_drawings(folder):
    """Discs on transparent ground: red, blue, and one of both."""
    folder.mkdir()
    y, x = np.mgrid[:32, :32]
    disc = (y - 16) ** 2 + (x - 16) ** 2 < 100
    for name, left, right in (("a", (220, 30, 40), (220, 30, 40)), ("b", (30, 60, 200), (220, 30, 40))):
        pixels = np.zeros((32, 32, 4), np.uint8)
        pixels[disc & (x < 16)], pixels[disc & (x >= 16)] = (*left, 255), (*right, 255)
        Image.fromarray(pixels).save(folder / f"{name}.png")
    return disc


def test_drawings_become_maps_of_their_colours_and_the_background(tmp_path, capsys):
    disc = write_drawings(tmp_path / "drawings")
    assert (
        main([str(tmp_path / "drawings"), "--classes", "3", "--smooth", "0", "--output", str(tmp_path / "maps")]) == 0
    )
    legend = json.loads((tmp_path / "maps" / "classes.json").read_text())
    assert legend == {"background": "#ffffff", "red": "#dc1e28", "blue": "#1e3cc8"}
    with Image.open(tmp_path / "maps" / "b.png") as image:
        numbers = np.asarray(image)
        assert image.mode == "P" and image.getpalette()[3:6] == [220, 30, 40]
    assert numbers[16, 10] == 2 and numbers[16, 20] == 1 and np.array_equal(numbers == 0, ~disc)
    assert "2 maps of 3 classes" in capsys.readouterr().out


def test_nothing_is_written_where_it_cannot_be(tmp_path, capsys):
    write_drawings(tmp_path / "drawings")
    (tmp_path / "drawings" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert main([str(tmp_path / "drawings"), "--output", str(tmp_path / "maps")]) == 1
    assert "broken.png" in capsys.readouterr().err and not (tmp_path / "maps").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    assert main([str(tmp_path / "drawings"), "--output", str(tmp_path / "full")]) == 2
    assert main([str(tmp_path / "drawings"), "--classes", "1", "--output", str(tmp_path / "maps")]) == 2


def test_k_means_finds_what_is_apart():
    random = np.random.default_rng(0)
    points = np.concatenate([centre + random.normal(0, 1, (n, 2)) for centre, n in ((0, 60), (20, 30), (90, 10))])
    centres = k_means(points.astype(np.float32), 3, 0)
    assert np.abs(centres - [[0, 0], [20, 20], [90, 90]]).max() < 1
