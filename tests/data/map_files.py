"""Maps and pictures on disk."""

import numpy as np
from PIL import Image

COLOURS = ((255, 255, 255), (200, 30, 30), (20, 60, 200))


def write_pairs(folder, count=12, side=16, classes=3):
    """`count` maps with a palette in folder/maps, and their pictures in folder/pictures; returns the maps."""
    random = np.random.default_rng(0)
    (folder / "maps").mkdir(parents=True)
    (folder / "pictures").mkdir()
    maps = random.integers(0, classes, (count, 4, 4)).repeat(side // 4, 1).repeat(side // 4, 2).astype(np.uint8)
    for number, one in enumerate(maps):
        image = Image.fromarray(one)
        image.putpalette(np.array(COLOURS, np.uint8).reshape(-1).tolist())
        image.save(folder / "maps" / f"{number}.png")
        shade = random.integers(0, 30, (side, side, 3))
        pixels = np.array(COLOURS)[one] // 2 + 60 + shade
        Image.fromarray(pixels.astype(np.uint8)).save(folder / "pictures" / f"{number}.png")
    return maps
