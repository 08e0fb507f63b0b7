"""The page to paint on as people use it, on an untrained generator; -s prints how long a picture follows a stroke."""

import contextlib
import signal
import subprocess
import sys

import mindspore as ms
import numpy as np
import pytest
from PIL import Image

from ms_gan.config.map_sections import SpadeConfig
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.ports import Port
from ms_gan.generators.sampling import Sampler
from ms_gan.generators.weights import save_weights

pytest.importorskip("flask")
pytest.importorskip("waitress")
COLOURS = ["#ffffff", "#c81e1e", "#143cc8"]


@pytest.fixture(scope="module")
def checkpoint(device, tmp_path_factory):
    """A generator of 16x16 pictures; its weights are large, so that different maps give different pictures."""
    path = tmp_path_factory.mktemp("painted") / "generator.ckpt"
    ports = [Port("maps", "map", [16, 16], classes=["background", "red", "<b>blue</b>"], colours=COLOURS)]
    ports.append(Port("latents", "latent", [3], "normal"))
    options = {"generator": {"channels": 2, "hidden": 4, "style": 3}}
    card = Card(recipe="painted", task="map", image=ImageConfig(3, 16, 16), inputs=ports, options=options)
    assert set(options["generator"]) <= set(vars(SpadeConfig()))
    sampler, random = Sampler.from_card(card), np.random.default_rng(0)
    for parameter in sampler.parameters():
        if parameter.name.endswith(("weight", "weight_u", "start.bias")):
            parameter.set_data(ms.Tensor(random.normal(0, 0.5, parameter.shape).astype(np.float32)))
    save_weights(path, [(parameter.name, parameter) for parameter in sampler.parameters()], card)
    return path


@contextlib.contextmanager
def served(path):
    """The address of the page of a generator, which is served within this context."""
    command = [sys.executable, "-m", "ms_gan.cli.explore", "--device", "CPU", "--ckpt", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    yield process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


@pytest.fixture(params=["served", "alone"])
def painting(request, page, checkpoint, tmp_path):
    """The page, served or in a file of its own; nothing it says to the console is a complaint."""
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    with contextlib.ExitStack() as stack:
        if request.param == "served":
            address = stack.enter_context(served(checkpoint))
        else:
            from ms_gan.cli.export import main

            file = tmp_path / "paint.html"
            flags = ["--ckpt", str(checkpoint), "--format", "HTML", "--output", str(file), "--device", "CPU"]
            assert main(flags) == 0
            address = file.as_uri()
        page.goto(address)
        page.wait_for_selector("body[data-ready]", timeout=120_000)
        yield page
    # What the browser refuses the server's error answer with, and the many pixels that this test reads, are no faults.
    assert [text for text in said if "400" not in text and "willReadFrequently" not in text] == []


def pixels(page, canvas):
    """The pixels of a canvas, (H, W, 3)."""
    script = "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
    return np.array(page.locator(canvas).evaluate(script), np.uint8).reshape(16, 16, 4)[..., :3]


def test_a_stroke_changes_the_picture_and_is_undone(painting, tmp_path):
    before = pixels(painting, "#picture")
    assert painting.locator("#swatches label").all_inner_texts() == ["background", "red", "<b>blue</b>"]
    painting.locator("#swatches label").nth(2).click()
    box = painting.locator("#map").bounding_box()
    at = [(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"]) for share in (0.05, 0.95)]
    painting.mouse.move(*at[0])
    painting.mouse.down()
    painting.mouse.move(*at[1], steps=10)
    painting.mouse.up()
    painting.wait_for_timeout(1500)  # the last picture comes
    assert "<b>blue</b>" in painting.locator("#picture").get_attribute("aria-label")
    row = pixels(painting, "#map")[8]
    assert (row == [20, 60, 200]).all() and not np.array_equal(pixels(painting, "#picture"), before)
    times = painting.evaluate("performance.getEntriesByName('stroke').map(entry => entry.duration)")
    print(f"a picture follows a stroke in {np.median(times):.0f} ms (median of {len(times)})")
    painting.keyboard.press("Control+z")
    assert not (pixels(painting, "#map")[8] == [20, 60, 200]).all()

    painting.locator("#map").focus()
    painting.keyboard.press("f")
    for key in ("Home", "ArrowLeft", "ArrowUp", " "):
        painting.keyboard.press(key)
    assert "<b>blue</b>" in painting.locator("#map").get_attribute("aria-label")

    file = tmp_path / "map.png"
    Image.fromarray(np.full((40, 40, 3), (200, 30, 30), np.uint8)).save(file)
    painting.locator("#load").set_input_files(str(file))
    painting.locator("#status", has_text="Loaded").wait_for()
    painting.locator("#map").blur()
    assert (pixels(painting, "#map") == [200, 30, 30]).all()
    Image.fromarray(np.full((40, 40, 3), (1, 2, 3), np.uint8)).save(file)
    painting.locator("#load").set_input_files(str(file))
    painting.locator("#status", has_text="#010203").wait_for()
    assert (pixels(painting, "#map") == [200, 30, 30]).all()
