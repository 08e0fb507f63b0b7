import numpy as np
import pytest
from PIL import Image

from ms_gan.data.decode import allowing
from ms_gan.data.legend import Legend, of_colours, read_legend
from ms_gan.data.maps import found_legend, in_colour, numbers_of, open_map
from ms_gan.errors import GanError, UsageError

LEGEND = Legend(("ground", "red", "blue"), ((255, 255, 255), (200, 30, 30), (20, 60, 200)))
NUMBERS = np.array([[0, 1, 2], [2, 255, 0]], np.uint8)


def saved(path, pixels, palette=None):
    image = Image.fromarray(pixels)
    if palette is not None:
        colours = [*palette, *[(0, 0, 0)] * (256 - len(palette))]  # 255, unknown, has its place in it
        image.putpalette(np.array(colours, np.uint8).reshape(-1).tolist())
    image.save(path)
    return path


def test_numbers_a_palette_and_colours_are_the_same_map(tmp_path):
    colours = in_colour(np.where(NUMBERS == 255, 0, NUMBERS)[None], LEGEND.colours)[0].transpose(1, 2, 0)
    found = [
        numbers_of(open_map(saved(tmp_path / name, *pixels)), LEGEND, name)
        for name, pixels in (("n.png", (NUMBERS,)), ("p.png", (NUMBERS, LEGEND.colours)), ("c.png", (colours,)))
    ]
    assert np.array_equal(found[0], NUMBERS) and np.array_equal(found[1], NUMBERS)
    assert np.array_equal(found[2], np.where(NUMBERS == 255, 0, NUMBERS))


def test_sixteen_bits_hold_numbers_too(tmp_path):
    path = saved(tmp_path / "deep.png", NUMBERS.astype(np.uint16))
    assert np.array_equal(numbers_of(open_map(path), LEGEND, "deep"), NUMBERS)


def test_scaling_takes_the_nearest_pixel_of_the_central_part(tmp_path):
    wide = np.zeros((8, 16), np.uint8)
    wide[:, 4:8], wide[:, 8:12] = 1, 2  # the square in the middle
    scaled = open_map(saved(tmp_path / "wide.png", wide), (4, 4)).values
    assert scaled.tolist() == [[1, 1, 2, 2]] * 4
    assert set(np.unique(open_map(tmp_path / "wide.png", (5, 5)).values)) <= {0, 1, 2}


@pytest.mark.parametrize(
    "pixels, words",
    [
        (np.array([[0, 1], [40, 0]], np.uint8), ["class 40", "(0, 1)", "3 classes", "255"]),
        (np.full((2, 2, 3), (1, 2, 3), np.uint8), ["#010203", "(0, 0)", "#c81e1e red"]),
    ],
)
def test_what_is_no_class_is_refused_by_name_and_pixel(tmp_path, pixels, words):
    path = saved(tmp_path / "wrong.png", pixels)
    with pytest.raises(GanError) as refused:
        numbers_of(open_map(path), LEGEND, str(path))
    assert all(word in str(refused.value) for word in [*words, "wrong.png"])


def test_files_that_are_no_maps_are_refused(tmp_path):
    Image.fromarray(NUMBERS).save(tmp_path / "blurred.jpg")
    (tmp_path / "text.png").write_text("class 1")
    for name, word in (("blurred.jpg", "JPEG"), ("text.png", "not a picture")):
        with pytest.raises(GanError, match=word):
            open_map(tmp_path / name)


def test_a_map_that_is_too_large_is_refused(tmp_path):
    path = saved(tmp_path / "large.png", np.zeros((300, 300), np.uint8))
    for pixels in (1_000, 60_000):  # far more, and a little more
        with allowing(pixels), pytest.raises(GanError, match="large.png: a map with more pixels than are allowed"):
            open_map(path, (16, 16))


def test_a_legend_is_found_in_maps(tmp_path):
    numbers = open_map(saved(tmp_path / "n.png", NUMBERS))
    palette = open_map(saved(tmp_path / "p.png", NUMBERS, LEGEND.colours))
    assert found_legend([numbers], "maps").names == ("class 0", "class 1", "class 2")
    assert found_legend([numbers, palette], "maps").colours == LEGEND.colours
    photograph = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    with pytest.raises(GanError, match="photographs"):
        found_legend([open_map(saved(tmp_path / "photo.png", photograph))], "maps")


def test_a_legend_is_read_from_json(tmp_path):
    path = tmp_path / "classes.json"
    path.write_text(LEGEND.to_json())
    assert read_legend(path) == LEGEND
    path.write_text('["sky", "sea"]')
    assert read_legend(path).names == ("sky", "sea")
    for text, word in (
        ('{"sky": "blue", "sea": "#000000"}', "#rrggbb"),
        ("sky", "JSON"),
        ('{"one": "#000000"}', "2 to"),
    ):
        path.write_text(text)
        with pytest.raises(UsageError, match=word):
            read_legend(path)
    assert of_colours([(250, 250, 250), (255, 255, 255)]).names == ("white", "white 2")
