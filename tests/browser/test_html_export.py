import numpy as np
import pytest
from PIL import Image

from ms_gan.export import export_html
from ms_gan.generators.latents import between, sample_latents
from ms_gan.pictures.pixels import to_uint8
from tests.export.generators import small_generator

pytestmark = pytest.mark.usefixtures("device")
READ = "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"


@pytest.fixture
def opened(page, tmp_path):
    """Opens the page of a small generator from disk; it must raise no error and ask for nothing."""
    errors, requests = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: requests.append(request.url))

    def open_page(family="mlp"):
        path = tmp_path / "page.html"
        export_html(small_generator(family), path)
        page.goto(path.as_uri())
        wait(page)
        return page

    yield open_page
    assert not errors
    assert len(requests) == 1 + sum(url.startswith("blob:") for url in requests)


def wait(page):
    """Until all samples are made and the latest changes are drawn."""
    page.wait_for_selector("#grid:not([aria-busy])")
    page.evaluate("new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))")


def pixels(page, selector, family="mlp"):
    """What the canvas under a selector shows, (C, H, W)."""
    channels, height, width = small_generator(family).card.image.shape
    shown = np.array(page.eval_on_selector(selector, READ)).reshape(height, width, 4)
    return shown[:, :, :channels].transpose(2, 0, 1)


def near(found, expected):
    return np.abs(found - to_uint8(expected).astype(int)).max() <= 2


def test_latents_are_those_of_numpy(opened):
    page = opened()
    latent = small_generator("mlp").card.latent
    for distribution in ("normal", "uniform"):
        # Many numbers: of the normal ones one in a hundred comes from the edge of the curve.
        wide = type(latent)(width=200, distribution=distribution)
        for seed in (0, 2**63 - 1):
            blocks = [
                page.evaluate(f"latentBlock({seed}n, {i}, 200, '{distribution}').map(l => [...l])") for i in (0, 1)
            ]
            assert np.allclose(np.concatenate(blocks), sample_latents(seed, 0, 128, wide), atol=1e-6)


@pytest.mark.parametrize("family", ["mlp", "dcgan", "cnn"])
def test_images_are_those_of_the_source(opened, family):
    page, source = opened(family), small_generator(family)
    expected = source.generate(sample_latents(0, 0, 64, source.card.latent))
    for number in (0, 1, 63):
        assert near(pixels(page, f"#grid button:nth-child({number + 1}) canvas", family), expected[number])
    assert near(pixels(page, "#one", family), expected[0])
    page.fill("#seed", "7")
    page.click("text=Show")
    wait(page)
    page.click("text=More")
    wait(page)
    expected = source.generate(sample_latents(7, 0, 70, source.card.latent))
    assert near(pixels(page, "#grid button:nth-child(70) canvas", family), expected[69])


@pytest.mark.parametrize("family", ["mlp_classes", "dcgan_classes"])
def test_classes_are_drawn_as_the_source_draws_them_and_can_be_chosen(opened, family):
    page, source = opened(family), small_generator(family)
    latents = sample_latents(0, 0, 64, source.card.latent)
    for seed in (0, 2**63 - 1):
        drawn = page.evaluate(f"[0, 1].flatMap(i => labelBlock({seed}n, i, about.counts))")
        assert drawn == source.labels(seed, 0, 128).tolist()
    expected = source.generate(latents, source.labels(0, 0, 64))
    assert near(pixels(page, "#grid button:nth-child(64) canvas", family), expected[63])
    page.select_option("#class", label="dog")
    wait(page)
    expected = source.of_classes(latents[:1], range(3))
    for selector in ("#grid button canvas", "#one", "#square button canvas"):
        assert near(pixels(page, selector, family), expected[1])
    assert page.inner_text("#one-heading") == "Sample 1 of seed 0, class dog"
    page.wait_for_selector("#strip button:nth-child(3)[aria-pressed]")
    for number in range(3):
        assert near(pixels(page, f"#strip button:nth-child({number + 1}) canvas", family), expected[number])
    page.focus("#strip button")
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    wait(page)
    assert near(pixels(page, "#one", family), expected[2]) and page.input_value("#class") == "2"


def test_classes_are_mixed_between_corners(opened):
    page, source = opened("mlp_classes"), small_generator("mlp_classes")
    page.evaluate("state.corners.forEach((corner, i) => (corner.label = pure(i % 3)))")
    for slider in ("#across", "#down"):
        page.focus(slider)
        page.keyboard.press("Home")
    for _ in range(25):
        page.focus("#across")
        page.keyboard.press("ArrowRight")
    wait(page)
    first, second = sample_latents(0, 0, 2, source.card.latent)
    latent = between(first, second, np.array([0.25]), spherical=True).astype(np.float32)
    assert near(pixels(page, "#four"), source.generate(latent[None], np.array([[0.75, 0.25, 0]], np.float32))[0])


def test_sliders_move_the_chosen_sample(opened):
    page, source = opened(), small_generator("mlp")
    page.click("#grid button:nth-child(5)")
    assert page.inner_text("#one-heading") == "Sample 5 of seed 0"
    page.focus("#direction-2")
    page.keyboard.press("End")
    wait(page)
    direction = np.array(page.evaluate("about.directions[1]"))
    latent = sample_latents(0, 4, 1, source.card.latent)
    assert page.inner_text("#one-heading") == "Sample 5 of seed 0, moved"
    assert near(pixels(page, "#one"), source.generate((latent + 6 * direction).astype(np.float32))[0])
    page.click("#reset")
    wait(page)
    assert near(pixels(page, "#one"), source.generate(latent)[0])


def test_the_image_between_four_corners(opened):
    page, source = opened(), small_generator("mlp")
    first, second = sample_latents(0, 0, 2, source.card.latent)
    latent = between(first, second, np.array([0.75]), spherical=True).astype(np.float32)
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] - 5)
    page.mouse.up()
    wait(page)
    assert page.input_value("#across") == "75" and page.input_value("#down") == "0"
    assert near(pixels(page, "#four"), source.generate(latent[None])[0])
    page.click("#grid button:nth-child(9)")
    page.click("#square button >> nth=1")
    for slider, key in (("#across", "End"), ("#down", "Home")):
        page.focus(slider)
        page.keyboard.press(key)
    wait(page)
    assert near(pixels(page, "#four"), source.generate(sample_latents(0, 8, 1, source.card.latent))[0])
    assert "Sample 9 of seed 0" in page.get_attribute("#square button >> nth=1", "aria-label")


def test_keys_move_in_the_grid(opened):
    page = opened()
    page.focus("#grid button")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    columns = page.evaluate("getComputedStyle(find('grid')).gridTemplateColumns.split(' ').length")
    assert page.inner_text("#one-heading") == f"Sample {columns + 1} of seed 0"
    assert page.locator("#grid [tabindex='0']").count() == page.locator("#grid [aria-pressed=true]").count() == 1


def test_pictures_can_be_saved(opened, tmp_path):
    page = opened()
    for button, name, size in (("#save-grid", "small-mlp-seed-0.png", (242, 242)), ("#save-one", None, (28, 28))):
        with page.expect_download() as download:
            page.click(button)
        assert name in (None, download.value.suggested_filename)
        download.value.save_as(tmp_path / "saved.png")
        assert Image.open(tmp_path / "saved.png").size == size


def test_what_is_no_seed_is_refused(opened):
    page = opened()
    page.fill("#seed", "-1")
    page.click("text=Show")
    assert page.evaluate("!find('seed').checkValidity() && state.seed === 0n")
    page.fill("#seed", str(2**63))
    page.click("text=Show")
    assert page.inner_text("#status") == "A seed is a number from 0 to 9223372036854775807."
    assert page.evaluate("state.seed === 0n")


@pytest.mark.parametrize("family", ["mlp", "mlp_classes"])
def test_everything_is_named_and_fits_a_phone(opened, family):
    page = opened(family)
    assert page.locator("#class, #strip").count() == (2 if family == "mlp_classes" else 0)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    nameless = """() => [...document.querySelectorAll('button, input, select, #one, #four')].filter(element =>
        !(element.getAttribute('aria-label') || element.getAttribute('aria-labelledby') || element.labels?.length
          || element.textContent.trim())).map(element => element.outerHTML)"""
    assert page.evaluate(nameless) == []
