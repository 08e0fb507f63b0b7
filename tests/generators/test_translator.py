import json
from dataclasses import asdict
from types import SimpleNamespace

import mindspore as ms
import numpy as np
import pytest

from ms_gan.config.translation_sections import TranslatorConfig
from ms_gan.errors import GanError, UsageError
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.ports import Port
from ms_gan.generators.sampling import open_generator, opened_for
from ms_gan.generators.weights import save_weights
from tests.generators.toy_translators import HALVING, PER_PIXEL, toy_run, toy_translator

pytestmark = pytest.mark.usefixtures("device")


def noise(*shape):
    return np.random.default_rng(3).uniform(-1, 1, shape).astype(np.float32)


def test_pixels_stay_where_they_are_in_any_size_and_in_tiles():
    translator, pictures = toy_translator(PER_PIXEL), noise(2, 3, 33, 50)
    expected = translator.network(ms.Tensor(pictures)).asnumpy()
    assert np.abs(translator.translate(pictures) - expected).max() < 1e-6
    translator.limit_tiles(16)
    assert np.abs(translator.translate(pictures) - expected).max() < 1e-6


def test_a_side_that_halvings_do_not_divide_is_reflected_and_cut_back():
    translator, pictures = toy_translator(HALVING), noise(1, 3, 21, 32)
    padded = np.pad(pictures, ((0, 0), (0, 0), (1, 2), (0, 0)), "reflect")
    expected = translator.network(ms.Tensor(padded)).asnumpy()[:, :, 1:22]
    assert np.array_equal(translator.translate(pictures), expected)
    assert translator.translate(noise(1, 3, 1, 1)).shape == (1, 3, 1, 1)


def test_tiles_fade_into_each_other():
    translator, picture = toy_translator(HALVING), noise(1, 3, 96, 60)
    whole = translator.translate(picture)
    translator.limit_tiles(49)
    assert translator.tile == (48, 48)
    # A tile's own border has zeros beyond it, where the whole picture has pixels: it does not count.
    assert 0 < np.abs(translator.translate(picture) - whole).max() < 0.01


def test_a_hole_is_filled_and_nothing_else_changes():
    translator = toy_translator(inputs=4, degrade={"name": "mask", "strength": 0.5})
    picture = np.random.default_rng(1).integers(0, 256, (3, 20, 24), np.uint8)
    hole = np.zeros((20, 24), bool)
    hole[5:9, 6:12] = True
    assert translator.takes_hole and translator.channels == 3
    given = translator.prepared(picture, hole)
    made = translator.finished(given)
    assert np.array_equal(made[:, ~hole], picture[:, ~hole]) and (made[:, hole] != picture[:, hole]).any()
    assert set(np.unique(translator.shown(given)[:, hole])) <= {127, 128}
    with pytest.raises(UsageError, match="no hole"):
        translator.prepared(picture)


def test_a_small_picture_becomes_larger():
    translator = toy_translator(degrade={"name": "downscale", "strength": 4})
    picture = np.full((3, 8, 10), 200, np.uint8)
    given = translator.prepared(picture)
    assert (translator.shown(given) == 200).all() and translator.finished(given).shape == (3, 32, 40)


def test_both_directions_of_a_run(tmp_path):
    folder, picture = toy_run(tmp_path / "run", ("generator_ab", "generator_ba")), noise(1, 3, 16, 16)
    ab, ba = (open_generator(folder, direction).translate(picture) for direction in ("ab", "ba"))
    assert np.array_equal(open_generator(folder).translate(picture), ab) and np.abs(ab - ba).max() > 0.01
    with pytest.raises(UsageError, match="chooses in a run folder"):
        open_generator(folder / "generator_ab.ckpt", "ba")
    with pytest.raises(UsageError, match="holds no generator_ba.ckpt"):
        open_generator(toy_run(tmp_path / "one"), "ba")


@pytest.mark.parametrize("multiple", [0, 1.5, True, "16", 2000])
def test_impossible_multiples(multiple):
    translator = toy_translator()
    translator.card.options["multiple"] = multiple
    with pytest.raises(GanError, match="options.multiple should be a whole number"):
        type(translator)(translator.network, translator.card)


def test_unknown_degradations():
    with pytest.raises(GanError, match="options.degrade: "):
        toy_translator(degrade={"name": "melt"})


def wrong_channels(card):
    card["options"]["generator"]["channels"] = 1024


def wrong_network(card):
    card["options"]["generator"]["name"] = "vgg"


def no_network(card):
    card["options"]["generator"] = None


def no_picture(card):
    card["inputs"][0]["shape"] = [3]


def other_pictures(card):
    card["inputs"][0]["shape"] = [7, 8, 8]


def other_multiple(card):
    card["options"]["multiple"] = 1 << 40


@pytest.mark.parametrize("task", ["paired", "unpaired"])
@pytest.mark.parametrize(
    "change", [wrong_channels, wrong_network, no_network, no_picture, other_pictures, other_multiple]
)
def test_a_card_of_a_stranger_is_refused_before_anything_large_is_made(task, change, tmp_path):
    options = {"generator": asdict(TranslatorConfig(channels=2, halvings=2)), "multiple": 4, "degrade": None}
    ports = [Port("pictures", "image", [3, 8, 8])]
    translator = opened_for(Card(image=ImageConfig(3, 8, 8), task=task, options=options, inputs=ports))
    named, path = [(one.name, one) for one in translator.parameters()], tmp_path / "generator.ckpt"
    save_weights(path, named, translator.card)
    assert open_generator(path).translate(noise(1, 3, 8, 8)).shape == (1, 3, 8, 8)
    values = json.loads(translator.card.to_json())
    change(values)
    save_weights(path, named, SimpleNamespace(to_json=lambda: json.dumps(values)))
    with pytest.raises(GanError, match="generator.ckpt|the card's options.multiple"):
        open_generator(path)
