"""The page of a generator of pictures, opened from disk: it makes what the generator makes."""

from dataclasses import asdict

import mindspore as ms
import numpy as np
import pytest
from PIL import Image

from ms_gan.config.translation_sections import TranslatorConfig
from ms_gan.data.whole import decode_whole
from ms_gan.explorer.alone import LEVELS, export_page
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.ports import Port
from ms_gan.generators.sampling import opened_for
from tests.browser.test_picture_explorer import pixels

pytestmark = pytest.mark.usefixtures("device")
UNET, RESNET = TranslatorConfig(channels=4, halvings=2), TranslatorConfig("resnet", 4, blocks=1, norm="instance")
KINDS = {
    "mask": (UNET, 4, {"name": "mask", "strength": 0.5}),
    "downscale": (UNET, 3, {"name": "downscale", "strength": 2}),
    "grey": (RESNET, 1, {"name": "grey", "strength": None}),
    "edges": (UNET, 1, {"name": "edges", "strength": None}),
    "none": (RESNET, 3, None),
}


def translator_of(config, inputs, degrade):
    """A generator with weights and statistics that matter."""
    options = {"generator": asdict(config), "multiple": 4, "degrade": degrade}
    card = Card(
        recipe="<b>page</b>", image=ImageConfig(3, 16, 16), task="paired", options=options,
        inputs=[Port("pictures", "image", [inputs, 16, 16])],
    )  # fmt: skip
    translator, random = opened_for(card), np.random.default_rng(1)
    for parameter in translator.parameters():
        if len(parameter.shape) == 4:
            values = random.normal(0, 1.5 / np.sqrt(np.prod(parameter.shape[1:])), parameter.shape)
        else:
            low, high = (0.5, 2.0) if parameter.name.endswith(("moving_variance", "gamma")) else (-0.3, 0.3)
            values = random.uniform(low, high, parameter.shape)
        parameter.set_data(ms.Tensor(values.astype(np.float32)))
    return translator


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_makes_what_the_generator_makes(kind, page, tmp_path):
    faults = []
    page.on("pageerror", lambda fault: faults.append(fault))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "blob:")) else faults.append(request.url)
    )
    translator = translator_of(*KINDS[kind])
    assert export_page(translator, tmp_path / "page.html") <= LEVELS
    # Smooth, so that a contour is not a matter of one level, and of a size that the halvings do not divide.
    rows, columns = np.mgrid[:14, :14]
    picture = np.stack([rows * 18, columns * 18, (rows + columns) * 9, np.full_like(rows, 255)], 2).astype(np.uint8)
    if kind in ("mask", "none"):
        picture[3:8, 4:9, 3] = 0
    Image.fromarray(picture).save(tmp_path / "in.png")
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector("body[data-ready]")
    page.select_option("#side", "16")  # so that it stays as it is where the training's inputs were smaller
    page.set_input_files("#file", tmp_path / "in.png")
    page.locator("#size", has_text="made in").wait_for()
    whole, _ = decode_whole(tmp_path / "in.png", 3, (255, 255, 255))
    given = translator.prepared(whole, picture[..., 3] < 128)
    expected = translator.finished(given).astype(int)
    assert expected.std() > 20
    shown, made = (pixels(page, canvas)[..., :3].transpose(2, 0, 1).astype(int) for canvas in ("before", "after"))
    # A canvas forgets the colour of what is transparent; around it shows what the network was given there.
    seen = picture[..., 3] == 255 if kind == "none" else np.ones(expected.shape[1:], bool)
    assert np.abs(shown - translator.shown(given))[:, seen].max() <= 1
    assert np.abs(made - expected)[:, seen].max() <= LEVELS
    assert not faults


def test_what_a_page_cannot_do(tmp_path, monkeypatch):
    from ms_gan.errors import GanError, UsageError
    from ms_gan.explorer import alone

    translator = translator_of(*KINDS["none"])
    monkeypatch.setattr(alone, "LEVELS", 1e-6)
    with pytest.raises(GanError, match="16 bits are too few"):
        export_page(translator, tmp_path / "page.html")
    monkeypatch.setattr(alone, "MOST_PRODUCTS", 1000)
    with pytest.raises(UsageError, match="too many for a page; allowed: 0 million; use --format ONNX"):
        export_page(translator, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())
