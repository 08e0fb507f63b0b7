from PIL import Image

from benchmarks.curves import draw


def test_curves_are_drawn(tmp_path):
    points = [{"value": n, "ms": 3.0 * n, "gflop": n, "peak_mb": 500 + n} for n in (16, 64, 2048)]
    figures = [
        {"recipe": "gan_mnist", "grows": "batch, images", "points": points},
        {"recipe": "dcgan_64", "grows": "batch, images", "points": points[:2]},
        {"recipe": "gan_mnist", "grows": "data set, images", "points": points},
    ]
    draw(figures, tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as picture:
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 100
