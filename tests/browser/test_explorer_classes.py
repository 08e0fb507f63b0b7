"""The explorer of a conditional generator in a browser: the chooser, the strip, and what follows them."""

import pytest

from ms_gan.generators.latents import sample_latents
from ms_gan.generators.weights import save_weights
from ms_gan.pictures.pixels import to_uint8
from tests.browser.test_explorer import cell, served, until_shown, watched
from tests.export.generators import CLASSES, small_generator

pytest.importorskip("flask")
pytest.importorskip("waitress")


@pytest.fixture(scope="module")
def sampler(device):
    return small_generator("mlp_classes")


@pytest.fixture(scope="module")
def address(browser, sampler, tmp_path_factory):
    path = tmp_path_factory.mktemp("explored") / "generator.ckpt"
    save_weights(path, [(parameter.name, parameter) for parameter in sampler.parameters()], sampler.card)
    with served(path) as address:
        yield address


@pytest.fixture
def explorer(page, address):
    with watched(page, address):
        yield page


def test_a_class_is_chosen_for_everything(explorer, sampler):
    own, each = sampler.samples(0, 4), to_uint8(sampler.of_classes(sample_latents(0, 0, 4, sampler.card.latent), [1]))
    assert explorer.locator("#class option").all_inner_texts() == ["any, as the training images", *CLASSES]
    until_shown(explorer, cell(3), own[3])
    explorer.dblclick(cell(2))
    explorer.select_option("#class", label="dog")
    for selector, number in (
        (cell(3), 3),
        ("#shown", 2),
        ("#pins canvas", 2),
        ("#corners button:nth-child(4) canvas", 3),
    ):
        until_shown(explorer, selector, each[number])
    assert explorer.inner_text("#shown-name") == "seed 0, number 2, class dog"
    explorer.select_option("#class", "")
    until_shown(explorer, "#shown", own[2])
    until_shown(explorer, cell(3), own[3])


def test_the_strip_shows_the_latent_in_every_class_and_chooses_one(explorer, sampler):
    each = to_uint8(sampler.of_classes(sample_latents(0, 0, 1, sampler.card.latent), range(3)))
    for i in range(3):
        until_shown(explorer, f"#strip button:nth-child({i + 1}) canvas", each[i])
    explorer.focus("#strip button")
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        explorer.keyboard.press(key)
    until_shown(explorer, "#shown", each[2])
    assert explorer.input_value("#class") == "2"
    assert explorer.evaluate("document.activeElement.ariaLabel") == "Class <b>owl</b>"
    explorer.wait_for_selector("#strip button:nth-child(3)[aria-current]")
    assert explorer.locator("#strip [tabindex='0']").count() == explorer.locator("#strip [aria-current]").count() == 1
    for width in (380, 1280):
        explorer.set_viewport_size({"width": width, "height": 800})
        assert explorer.evaluate("document.documentElement.scrollWidth") <= width
