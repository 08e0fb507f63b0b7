"""The explorer of a generator of pictures as people use it."""

import contextlib
import signal
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image

from ms_gan.config.translation_sections import TranslatorConfig
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.ports import Port
from ms_gan.generators.sampling import opened_for
from ms_gan.generators.weights import save_weights

pytest.importorskip("flask")
pytest.importorskip("waitress")


@contextlib.contextmanager
def served(ckpt):
    command = [sys.executable, "-m", "ms_gan.cli.explore", "--ckpt", str(ckpt), "--device", "CPU"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


@pytest.fixture(scope="module")
def untrained(device, tmp_path_factory):
    """A small U-Net that fills in holes, as it is before its training."""
    folder = tmp_path_factory.mktemp("untrained")
    options = {"generator": asdict(TranslatorConfig(channels=4, halvings=2)), "multiple": 4}
    card = Card(
        recipe="holes", image=ImageConfig(3, 16, 16), task="paired", inputs=[Port("pictures", "image", [4, 16, 16])],
        options={**options, "degrade": {"name": "mask", "strength": 0.5}},
    )  # fmt: skip
    translator = opened_for(card)
    save_weights(folder / "generator.ckpt", [(one.name, one) for one in translator.parameters()], card)
    return folder


def pixels(page, canvas):
    """(H, W, 4) of a canvas."""
    width, height, data = page.evaluate(
        "(id) => { const c = document.getElementById(id); const d = c.getContext('2d').getImageData(0, 0, c.width,"
        " c.height); return [c.width, c.height, Array.from(d.data)] }",
        canvas,
    )
    return np.array(data, np.uint8).reshape(height, width, 4)


def test_a_hole_is_painted_and_filled_in(untrained, page, tmp_path):
    faults = []
    page.on("pageerror", lambda fault: faults.append(fault))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    picture = np.random.default_rng(0).integers(0, 256, (16, 20, 3), np.uint8)
    Image.fromarray(picture).save(tmp_path / "in.png")
    with served(untrained) as address:
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        page.set_input_files("#file", tmp_path / "in.png")
        page.locator("#size", has_text="no hole yet").wait_for()
        assert np.array_equal(pixels(page, "after")[..., :3], picture[:, 2:18])  # the square in the middle
        box = page.locator("#stage").bounding_box()
        page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
        page.mouse.up()
        page.locator("#size", has_text="made in").wait_for()
        before, after = pixels(page, "before")[..., :3], pixels(page, "after")[..., :3]
        hole = (after != picture[:, 2:18]).any(2)
        assert hole[8, 7:9].all() and not hole[:5].any() and not hole[11:].any()
        assert np.abs(before[8, 8].astype(int) - 127).max() <= 1
        page.click("#undo")
        page.locator("#size", has_text="no hole yet").wait_for()
        page.locator("#divider").fill("20")
        assert page.evaluate("getComputedStyle(document.getElementById('after')).clipPath") == "inset(0px 0px 0px 20%)"
        with page.expect_download() as saved:
            page.click("#save")
        assert saved.value.suggested_filename == "in-made.png"
    assert not faults
