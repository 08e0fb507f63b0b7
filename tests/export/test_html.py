import base64
import hashlib
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from ms_gan.errors import GanError, UsageError
from ms_gan.export import chain, export_html, html
from ms_gan.export.folded import fold_chain, generate
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import Sampler
from tests.export.generators import FAMILIES, small_generator

pytestmark = pytest.mark.usefixtures("device")


@pytest.mark.parametrize("family", FAMILIES)
def test_folded_layers_compute_the_same(family, tmp_path):
    source = small_generator(family)
    latents = sample_latents(3, 0, 64, source.card.latent)
    network = fold_chain(chain.read_chain(source.network))
    found = generate(network, latents, source.card.image.shape)
    assert found.dtype == np.float32
    # MindSpore's Tanh is off by 1e-4 where it is saturated: ms_gan/export/onnx.py.
    assert np.abs(found - source.generate(latents)).max() < 1.1e-4
    assert 0 < export_html(source, tmp_path / "page.html") < html.LEVELS


def test_an_order_of_layers_without_a_rule_is_refused():
    dense = chain.Dense(np.zeros((4, 4), np.float32), None)
    batch_norm = chain.BatchNorm(*np.ones((4, 4), np.float32), 1e-5)
    for layers in ([dense, chain.Tanh(), batch_norm], [dense, chain.Reshape((1, 2, 2)), dense]):
        with pytest.raises(GanError, match="in this place has no rule in ms_gan/export/folded.py"):
            fold_chain(layers)


def spoil(scale):
    def dense(cell):
        layer = chain._dense(cell)
        return layer._replace(weight=layer.weight * scale)

    return dense


@pytest.mark.parametrize("scale", [1.2, 1e6])  # the latter is infinite in float16
def test_what_differs_is_not_written(scale, tmp_path, monkeypatch):
    monkeypatch.setitem(chain.RULES, chain.nn.Dense, spoil(scale))
    with pytest.raises(GanError, match=r"not written; its pixels differ from the source's by \S+ of 255, allowed: 2"):
        export_html(small_generator("mlp"), tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_a_generator_that_a_browser_is_too_slow_for_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(html, "MOST_PRODUCTS", 1)
    with pytest.raises(UsageError, match="million multiplications, too many for a page; .* use --format ONNX"):
        export_html(small_generator("mlp"), tmp_path / "page.html")


def test_the_page_is_complete_and_lets_nothing_else_run(tmp_path):
    source = small_generator("mlp")
    text = '</script><img src=x onerror="alert(1)">'
    export_html(Sampler(source.network, replace(source.card, recipe=text, version=text)), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "{{" not in page and "<img" not in page
    assert not re.search(r"https?://|\bsrc=|@import|url\(", page.replace("src=x", ""))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page).group(1)
    for element, kind in (("style", "style-src"), ("script", "script-src")):
        (inline,) = re.findall(f"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert f"{kind} 'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    description = json.loads(re.search(r'id="description">(.*?)</script>', page, re.DOTALL).group(1))
    assert description["version"] == text and description["image"] == [1, 28, 28]


def test_directions_are_unit_vectors_that_change_the_first_layer_most():
    first = fold_chain(chain.read_chain(small_generator("mlp").network))[0]
    directions = html._directions(first)
    assert np.allclose(directions @ directions.T, np.eye(len(directions)))
    changes = np.linalg.norm(directions @ first.weight[:, 0, 0], axis=1)
    assert (np.diff(changes) <= 0).all() and np.isclose(changes[0], np.linalg.norm(first.weight[:, 0, 0], 2))
