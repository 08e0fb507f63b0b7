"""Folders of plain pictures for tests of pairs and domains: of each picture the partner is its negative."""

import numpy as np
from PIL import Image


def fill(folder, names, negative=False, size=(12, 12), ending="png"):
    """Pictures in one colour each, by name: that of the number in the name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        value = 5 * int("".join(filter(str.isdigit, str(name))))
        Image.new("RGB", size, (255 - value if negative else value,) * 3).save(folder / f"{name}.{ending}")


def side_by_side(folder, names, size=(24, 12)):
    """The same as files of which the left half is a picture, and the right one its negative."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        value = 5 * int(name)
        both = Image.new("RGB", size, (value,) * 3)
        both.paste((255 - value,) * 3, (size[0] // 2, 0, *size))
        both.save(folder / f"{name}.png")


def values(images):
    """The colour of each image."""
    return np.asarray(images)[:, 0, 4, 4].tolist()


def numbered(data_names, negative=False):
    """The colours that pictures of these names have."""
    found = [5 * int(name.rpartition("/")[2]) for name in data_names]
    return [255 - value for value in found] if negative else found
