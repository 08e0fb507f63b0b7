"""The explorer as people use it, on an untrained generator of gan_mnist's size; -s prints how long a click takes."""

import base64
import contextlib
import signal
import subprocess
import sys

import mindspore as ms
import numpy as np
import pytest
from PIL import Image

from ms_gan.generators.card import Card
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import Sampler, open_generator
from ms_gan.generators.weights import save_weights
from ms_gan.pictures.grids import grid
from ms_gan.pictures.pixels import to_uint8

pytest.importorskip("flask")
pytest.importorskip("waitress")
RECIPE = "<b>bold & untrained</b>"


@pytest.fixture(scope="module")
def sampler(device, tmp_path_factory):
    """The generator that is explored; its weights are large, so that different latents give different images."""
    path = tmp_path_factory.mktemp("explored") / "generator.ckpt"
    sampler = Sampler.from_card(Card(recipe=RECIPE))
    for parameter in sampler.parameters():
        if len(parameter.shape) == 2:
            parameter.set_data(ms.Tensor(3 * parameter.asnumpy()))
    save_weights(path, [(parameter.name, parameter) for parameter in sampler.parameters()], sampler.card)
    opened = open_generator(path)
    opened.path = path
    return opened


@pytest.fixture(scope="module")
def address(browser, sampler):
    with served(sampler.path) as address:
        yield address


@pytest.fixture
def explorer(page, address):
    with watched(page, address):
        yield page


@contextlib.contextmanager
def served(path):
    """The address of an explorer of a generator, which runs within this context."""
    command = [sys.executable, "-m", "ms_gan.cli.explore", "--device", "CPU", "--ckpt", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    yield process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


@contextlib.contextmanager
def watched(page, address):
    """The page at an address, ready; an error on its console or a request elsewhere fails the test."""
    trouble = []
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: trouble.append(request.url) if not _own(request.url, address) else None)
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    yield
    assert trouble == []


def _own(url, address):
    return url.startswith(address) or url.startswith("blob:http://127.0.0.1:")


def pixels(page, selector):
    """What a canvas shows, (1, H, W) uint8."""
    read = """canvas => [canvas.width, canvas.height,
        ...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"""
    width, height, *values = page.locator(selector).first.evaluate(read)
    return np.array(values, np.uint8).reshape(height, width, 4)[None, :, :, 0]


def until_shown(page, selector, image):
    """Wait until a canvas shows an image (1, H, W), up to rounding."""
    for _ in range(200):
        found = pixels(page, selector)
        if found.shape == image.shape and np.abs(found.astype(int) - image).max() <= 1:
            return
        page.wait_for_timeout(25)
    pytest.fail(f"{selector} never showed the expected image")


def cell(number):
    return f"#grid button:nth-child({number + 1}) canvas"


def test_samples_of_a_seed(explorer, sampler):
    expected = sampler.samples(0, 80)
    assert np.ptp(expected[:, 0].astype(int), axis=0).max() > 50, "the images should differ"
    assert explorer.locator("#grid button").count() == 64
    for number in (0, 1, 63):
        until_shown(explorer, cell(number), expected[number])
    assert RECIPE in explorer.inner_text("#about") and explorer.locator("#about b").count() == 0
    explorer.select_option("#count", "16")
    for _ in range(4):
        explorer.click("#later")
    until_shown(explorer, cell(15), expected[79])
    assert explorer.inner_text("#numbers") == "numbers 64 to 79"
    explorer.fill("#seed", "7")
    explorer.press("#seed", "Enter")
    until_shown(explorer, cell(3), sampler.samples(7, 4)[3])
    explorer.click(cell(3))
    until_shown(explorer, "#shown", sampler.samples(7, 4)[3])
    assert explorer.inner_text("#shown-name") == "seed 7, number 3"
    explorer.click("#new-seed")
    assert explorer.input_value("#seed") != "7"
    explorer.fill("#seed", "-1")
    explorer.press("#seed", "Enter")
    explorer.wait_for_selector("#status.wrong")
    assert "whole number, 0 to" in explorer.inner_text("#status")


def test_sliders_and_truncation(explorer, sampler):
    first = sampler.samples(0, 1)[0]
    until_shown(explorer, "#shown", first)
    slider = explorer.locator("#sliders input").first
    slider.fill("3")
    explorer.locator("#shown-name", has_text="moved").wait_for()
    assert np.abs(pixels(explorer, "#shown").astype(int) - first).max() > 10
    explorer.click("#reset")
    until_shown(explorer, "#shown", first)
    explorer.check("input[value=axis]")
    explorer.click("#further")
    assert explorer.inner_text("#sliders label:first-child span") == "axis 7"
    slider.focus()
    for _ in range(20):
        explorer.keyboard.press("ArrowRight")
    latents = sample_latents(0, 0, 1, sampler.card.latent)
    latents[0, 6] += 2
    until_shown(explorer, "#shown", to_uint8(sampler.generate(latents))[0])
    explorer.fill("#truncation", "0.5")
    until_shown(explorer, "#shown", to_uint8(sampler.generate(latents * np.float32(0.5)))[0])
    half = sample_latents(0, 0, 4, sampler.card.latent) * np.float32(0.5)
    until_shown(explorer, cell(3), to_uint8(sampler.generate(half))[3])


def test_pins_corners_and_walks(explorer, sampler, tmp_path):
    expected = sampler.samples(0, 64)
    assert explorer.is_hidden("#pins-tools")
    assert explorer.is_hidden("#class-tool") and explorer.is_hidden("#in-classes")
    for number in (9, 18, 27, 36, 45):
        explorer.dblclick(cell(number))
    until_shown(explorer, "#pins li:nth-child(5) canvas", expected[45])
    for i, number in enumerate((9, 18, 27, 36)):
        until_shown(explorer, f"#corners button:nth-child({i + 1}) canvas", expected[number])
    box = explorer.locator("#pad").bounding_box()
    explorer.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    explorer.mouse.down()
    explorer.mouse.move(box["x"] + box["width"] - 2, box["y"] + 2, steps=5)
    explorer.mouse.up()
    until_shown(explorer, "#shown", expected[18])
    assert explorer.get_attribute("#pad", "aria-valuetext") == "100 % right, 0 % down"
    explorer.click("#pins li:nth-child(5) button")
    until_shown(explorer, "#shown", expected[45])
    explorer.click("#corners button:nth-child(1)")
    until_shown(explorer, "#corners button:nth-child(1) canvas", expected[45])

    for _ in range(3):
        explorer.click("#pins li:nth-child(1) .remove")
    assert explorer.locator("#pins li").count() == 2
    explorer.fill("#steps", "4")
    with explorer.expect_download() as download:
        explorer.click("#walk-gif")
    assert download.value.suggested_filename == "walk.gif"
    download.value.save_as(tmp_path / "walk.gif")
    with Image.open(tmp_path / "walk.gif") as film:
        assert film.n_frames == 8
        assert np.abs(np.asarray(film.convert("L"))[4::9, 4::9].astype(int) - expected[36, 0]).max() <= 1
    with explorer.expect_download() as download:
        explorer.click("#grid-png")
    with Image.open(download.value.path()) as picture:
        assert np.array_equal(np.asarray(picture), grid(expected)[0])
    explorer.click("#unpin-all")
    assert explorer.is_hidden("#pins-tools")


def test_keys(explorer, sampler):
    expected = sampler.samples(0, 64)
    explorer.focus("#grid button")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        explorer.keyboard.press(key)
    assert explorer.evaluate("document.activeElement.ariaLabel") == "seed 0, number 10"
    explorer.keyboard.press("Enter")
    until_shown(explorer, "#shown", expected[10])
    explorer.keyboard.press("p")
    until_shown(explorer, "#pins li canvas", expected[10])
    explorer.focus("#pad")
    explorer.keyboard.press("ArrowLeft")
    explorer.keyboard.press("Shift+ArrowDown")
    assert explorer.get_attribute("#pad", "aria-valuetext") == "45 % right, 51 % down"
    for _ in range(10):
        explorer.keyboard.press("ArrowLeft")
        explorer.keyboard.press("ArrowUp")
        explorer.keyboard.press("ArrowUp")
    until_shown(explorer, "#shown", expected[10])  # the first pin is the upper left corner
    explorer.keyboard.press("Home")
    assert explorer.get_attribute("#pad", "aria-valuetext") == "50 % right, 50 % down"
    assert explorer.locator("#grid [tabindex='0']").count() == 1
    explorer.focus("#pins .remove")
    explorer.keyboard.press("Enter")
    assert explorer.evaluate("document.activeElement.id") == "pin"


def test_all_controls_have_names_and_fit_a_phone(explorer):
    explorer.dblclick(cell(1))
    nameless = explorer.evaluate("""[...document.querySelectorAll('button, input, select, [role=slider], [role=img]')]
        .filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)""")
    assert nameless == []
    for width in (380, 800, 1280):
        explorer.set_viewport_size({"width": width, "height": 800})
        assert explorer.evaluate("document.documentElement.scrollWidth") <= width


def test_failures_are_told(page, address):
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    page.route("**/samples", lambda route: route.abort())
    page.click("#later")
    page.wait_for_selector("#status.wrong")
    assert "has ended. Start it again." in page.inner_text("#status")
    page.dblclick(cell(0))
    page.dblclick(cell(1))
    page.fill("#milliseconds", "5")
    page.click("#walk-webp")
    page.locator("#status", has_text="milliseconds").wait_for()
    assert page.inner_text("#status") == "milliseconds: 5 is not allowed; allowed: a whole number, 20 to 1000"


def test_colours_arrive(page, address):
    pixels = base64.b64encode(bytes([255, 0, 9, 0, 128, 7])).decode()
    page.route("**/colours", lambda route: route.fulfill(json={"latents": [[0]], "images": pixels}))
    page.goto(address)
    read = """async () => {
        const {ask} = await import("./ask.js");
        const [{image}] = await ask("colours", {}, {channels: 3, height: 1, width: 2});
        return [...image.data];
    }"""
    assert page.evaluate(read) == [255, 0, 9, 255, 0, 128, 7, 255]


CLICKS = """async () => {
    let drawn;
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...given) {
        put.apply(this, given);
        if (this.canvas.id === "shown" || this.canvas.closest("#grid button:last-child")) drawn();
    };
    const times = {slider: [], seed: []};
    const slider = document.querySelector("#sliders input"), seed = document.getElementById("seed");
    for (let i = 0; i < 40; i++) {
        for (const [name, field, event] of [["slider", slider, "input"], ["seed", seed, "change"]]) {
            const done = new Promise(resolve => (drawn = resolve)), began = performance.now();
            field.value = i / 20;
            if (name === "seed") field.value = i;
            field.dispatchEvent(new Event(event));
            await done;
            times[name].push(performance.now() - began);
        }
    }
    const requests = performance.getEntriesByType("resource");
    const of = path => requests.filter(e => e.name.endsWith(path)).slice(-40).map(e => e.duration);
    return {...times, "slider, its request": of("/shifted"), "seed, its request": of("/samples")};
}"""


def test_a_click_takes_less_than_a_tenth_of_a_second(explorer):
    for name, times in sorted(explorer.evaluate(CLICKS).items()):
        least, middle, late = np.percentile(times, [10, 50, 95])
        print(f"\n{name}: p50 {middle:.0f} ms, p95 {late:.0f} ms of {len(times)}", end="")
        # The quickest tenth: other work on the machine delays the rest.
        assert least < 100, name
