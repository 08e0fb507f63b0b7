import base64
import io

import numpy as np
import pytest
from PIL import Image

from ms_gan.config.data_section import DataConfig
from tests.generators.toy_translators import toy_translator

pytest.importorskip("flask")
pytestmark = pytest.mark.usefixtures("device")

TOKEN = "a-token"
RANDOM = np.random.default_rng(0)


def client_of(translators, examples=None):
    from ms_gan.explorer.picture_studio import PictureStudio
    from ms_gan.explorer.server import create_app

    studio = PictureStudio(translators, DataConfig(), examples or {direction: [] for direction in translators})
    return create_app(studio, TOKEN).test_client()


def packed(picture):
    return {"height": len(picture), "width": picture.shape[1], "pixels": base64.b64encode(picture).decode()}


def unpacked(sent):
    return np.frombuffer(base64.b64decode(sent["pixels"]), np.uint8).reshape(sent["height"], sent["width"], 4)


def ask(client, path, question, code=200):
    answer = client.post(f"/{TOKEN}/{path}", json={"direction": "", "most": 1024, **question})
    assert answer.status_code == code, answer.data[:300]
    return answer.get_json()


def picture(height=16, width=20):
    pixels = RANDOM.integers(0, 256, (height, width, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


def test_a_picture_is_translated_and_keeps_its_opacity():
    translator, given = toy_translator(), picture()
    client = client_of({"": translator})
    answer = ask(client, "translated", packed(given))
    assert np.array_equal(unpacked(answer["before"]), given)
    expected = translator.finished(translator.prepared(given[..., :3].transpose(2, 0, 1)))
    after = unpacked(answer["after"])
    assert np.array_equal(after[..., :3], expected.transpose(1, 2, 0)) and (after[..., 3] == 255).all()
    given[:3, :, 3] = 7
    assert np.array_equal(unpacked(ask(client, "translated", packed(given))["after"])[..., 3], given[..., 3])


def test_a_transparent_part_is_filled_in_where_that_is_what_the_generator_does():
    client, given = client_of({"": toy_translator(inputs=4, degrade={"name": "mask", "strength": 0.5})}), picture()
    assert client.get(f"/{TOKEN}/about").get_json()["hole"] is True
    assert "no hole" in ask(client, "translated", packed(given), 400)["error"]
    given[4:8, 5:9, 3] = 0
    after = unpacked(ask(client, "translated", packed(given))["after"])
    known = given[..., 3] == 255
    assert np.array_equal(after[known], given[known]) and (after[~known] != given[~known]).any()
    assert (after[..., 3] == 255).all()


def test_directions_and_sizes():
    client = client_of({"ab": toy_translator(seed=1), "ba": toy_translator(seed=2)})
    given = packed(picture(40, 20))
    ab, ba = (
        unpacked(ask(client, "translated", {**given, "direction": one, "most": 16})["after"]) for one in ("ab", "ba")
    )
    assert ab.shape == ba.shape == (16, 8, 4) and (ab != ba).any()
    assert list(client.get(f"/{TOKEN}/about").get_json()["directions"]) == ["ab", "ba"]


def test_files_are_decoded_upright():
    client, exif, file = client_of({"": toy_translator()}), Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    Image.fromarray(picture()[..., :3]).save(file, "jpeg", exif=exif)
    answer = client.post(f"/{TOKEN}/decoded", data=file.getvalue())
    assert answer.status_code == 200 and unpacked(answer.get_json()).shape == (20, 16, 4)
    answer = client.post(f"/{TOKEN}/decoded", data=b"text")
    assert answer.status_code == 400 and "cannot be read as a picture" in answer.get_json()["error"]


def test_examples_and_the_page():
    example = RANDOM.integers(0, 256, (3, 8, 9), np.uint8)
    client = client_of({"": toy_translator()}, {"": [example]})
    (found,) = client.get(f"/{TOKEN}/examples").get_json()[""]
    assert np.array_equal(unpacked(found)[..., :3], example.transpose(1, 2, 0))
    assert b"Drop a picture here" in client.get(f"/{TOKEN}/").data
    for name in ("ask.js", "pictures.js", "page.css", "pictures.css"):
        assert client.get(f"/{TOKEN}/{name}").status_code == 200
    assert client.get("/wrong/examples").status_code == 403


@pytest.mark.parametrize(
    "wrong, says",
    [
        ({"direction": "ab"}, "direction: 'ab' is not allowed"),
        ({"height": 0}, "height: 0 is not allowed; allowed: a whole number, 1 to 1024"),
        ({"width": 21}, "pixels: 1,280 bytes are not allowed; allowed: 1,344"),
        ({"pixels": "!"}, "pixels: should be bytes in base64"),
        ({"pixels": 3}, "pixels: should be bytes in base64"),
        ({"most": 2000}, "most: 2000 is not allowed"),
    ],
)
def test_wrong_questions(wrong, says):
    assert says in ask(client_of({"": toy_translator()}), "translated", {**packed(picture()), **wrong}, 400)["error"]
