import base64
import io
import itertools

import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.infer import main as infer
from ms_gan.export import export_mindir
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import open_generator
from ms_gan.pictures.pixels import to_uint8

pytest.importorskip("flask")

TOKEN = "a-token"
WIDTH = 8  # of the tiny run's latents


@pytest.fixture(scope="module")
def sampler(trained):
    return open_generator(trained)


def client_of(sampler):
    from ms_gan.explorer.server import create_app
    from ms_gan.explorer.studio import Studio

    return create_app(Studio(sampler), TOKEN).test_client()


@pytest.fixture(scope="module")
def client(sampler):
    return client_of(sampler)


def ask(client, path, question, code=200):
    answer = client.post(f"/{TOKEN}/{path}", json={"truncation": 1, **question})
    assert answer.status_code == code, answer.data[:300]
    return answer


def shown(client, path, question):
    """Latents (N, width) and images (N, C, H, W) of an answer."""
    answer = ask(client, path, question).get_json()
    latents = np.array(answer["latents"], np.float32)
    images = np.frombuffer(base64.b64decode(answer["images"]), np.uint8)
    return latents, images.reshape(len(latents), 28, 28, 1).transpose(0, 3, 1, 2)


def samples(client, seed=3, count=4):
    return shown(client, "samples", {"seed": seed, "start": 0, "count": count})


def test_a_seed_gives_the_images_of_infer(client, trained, tmp_path):
    infer(["--ckpt", str(trained), "--num", "70", "--seed", "3", "--output", str(tmp_path / "x.npy")])
    expected = np.load(tmp_path / "x.npy")[:, None]
    latents, images = samples(client, count=64)
    assert np.array_equal(images, expected[:64])
    assert np.array_equal(latents, sample_latents(3, 0, 64, open_generator(trained).card.latent))
    _, later = shown(client, "samples", {"seed": 3, "start": 64, "count": 6})
    assert np.array_equal(later, expected[64:])
    infer(["--ckpt", str(trained), "--num", "9", "--seed", "3", "--output", str(tmp_path / "x.png")])
    picture = ask(client, "picture", {"latents": latents[:9].tolist(), "columns": 3})
    with Image.open(tmp_path / "x.png") as grid, Image.open(io.BytesIO(picture.data)) as same:
        assert np.array_equal(np.asarray(grid), np.asarray(same))


def test_a_single_image_is_the_same_and_its_picture_is_enlarged(client):
    latents, images = samples(client)
    _, single = shown(client, "images", {"latents": latents[:1].tolist()})
    assert np.abs(single.astype(int) - images[:1]).max() <= 1
    picture = ask(client, "picture", {"latents": latents[:1].tolist(), "columns": 1})
    with Image.open(io.BytesIO(picture.data)) as enlarged:
        assert np.array_equal(np.asarray(enlarged)[4::9, 4::9], single[0, 0])


def test_truncation_scales_latents_for_the_image_alone(client, sampler):
    question = {"seed": 3, "start": 0, "count": 2, "truncation": 0.5}
    latents, images = shown(client, "samples", question)
    assert np.array_equal(latents, samples(client, count=2)[0])
    assert np.array_equal(images, to_uint8(sampler.generate(latents * np.float32(0.5))))


def test_shifts_move_along_directions(client, sampler):
    latents, _ = samples(client, count=1)
    weight = sampler.parameters()[0].asnumpy()
    shifts = [{"kind": "principal", "index": 0, "amount": 2}, {"kind": "axis", "index": 5, "amount": -1.5}]
    moved, image = shown(client, "shifted", {"latents": latents.tolist(), "shifts": shifts})
    step = (moved - latents)[0]
    step[5] += 1.5
    assert np.linalg.norm(step) == pytest.approx(2, abs=1e-5)
    assert np.linalg.norm(weight @ step) / 2 == pytest.approx(np.linalg.norm(weight, 2), rel=1e-4)
    assert np.array_equal(image, shown(client, "images", {"latents": moved.tolist()})[1])


def test_corners(client):
    latents, images = samples(client)
    points = [[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5]]
    found, at = shown(client, "mixed", {"corners": latents.tolist(), "points": points})
    assert np.allclose(found[:4], latents, atol=1e-6)
    assert np.abs(at[:4].astype(int) - images).max() <= 1


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_a_walk_passes_all_pins_and_comes_back(client, kind):
    latents, images = samples(client)
    question = {"latents": latents[:3].tolist(), "kind": kind, "steps": 4, "milliseconds": 60}
    with Image.open(io.BytesIO(ask(client, "walk", question).data)) as film:
        assert (film.format, film.n_frames, film.info["loop"]) == (kind, 12, 0)
        for i in range(3):
            film.seek(4 * i)
            pixels = np.asarray(film.convert("L"))[4::9, 4::9]
            assert np.abs(pixels.astype(int) - images[i, 0]).max() <= 1


@pytest.mark.parametrize("batch_size, uniform", [(None, False), (3, True)])
def test_an_exported_generator(client, trained, tmp_path, batch_size, uniform):
    source = open_generator(trained)
    source.card.latent.distribution = "uniform" if uniform else "normal"
    export_mindir(source, tmp_path / "g.mindir", batch_size)
    exported = client_of(open_generator(tmp_path / "g.mindir"))
    _, images = samples(exported, count=5)
    assert np.abs(images.astype(int) - source.samples(3, 5)).max() <= 1
    assert exported.get(f"/{TOKEN}/about").get_json()["principal"] == WIDTH
    corners = [[1.0] * WIDTH, [0.0] * WIDTH, [1.0] * WIDTH, [-1.0] * WIDTH]
    middle, _ = shown(exported, "mixed", {"corners": corners, "points": [[0.5, 0.5]]})
    assert np.allclose(middle, 0.25, atol=1e-6)  # between these even normal latents go straight


def test_the_page_and_its_files(client):
    page = client.get(f"/{TOKEN}/")
    assert page.status_code == 200 and page.content_type == "text/html; charset=utf-8"
    for name in (
        "page.css",
        "page.js",
        "ask.js",
        "samples.js",
        "shown.js",
        "corners.js",
        "pins.js",
        "classes.js",
        "icon.svg",
    ):
        assert client.get(f"/{TOKEN}/{name}").status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.get(f"/{TOKEN}/about").get_json()["latent"] == {"width": WIDTH, "distribution": "normal"}


ADDRESSES = [
    "/",
    "/about",
    "/page.js",
    "/a-toke/",
    "/a-token2/about",
    "//a-token/",
    "/A-TOKEN/",
    "/\u00e9/",
    "/samples",
]


@pytest.mark.parametrize("path, verb", list(itertools.product(ADDRESSES, ["get", "post"])))
def test_nothing_without_the_token(client, path, verb):
    answer = getattr(client, verb)(path)
    assert answer.status_code == 403 and "lacks the token" in answer.get_json()["error"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "192.168.0.7:80", ""])
def test_another_host_is_refused(client, host):
    for answer in (
        client.get(f"/{TOKEN}/", headers={"Host": host}),
        client.post(f"/{TOKEN}/samples", json={"seed": 0}, headers={"Host": host}),
    ):
        assert answer.status_code == 400
        assert b"<html" not in answer.data and b"latents" not in answer.data
    for own in ("127.0.0.1:4321", "localhost:80"):
        assert client.get(f"/{TOKEN}/about", headers={"Host": own}).status_code == 200


@pytest.mark.parametrize(
    "name", ["../server.py", "..%2fserver.py", "%2e%2e/server.py", "....//server.py", "/etc/passwd", "page.html%00.js"]
)
def test_no_path_leads_out_of_the_page(client, name):
    answer = client.get(f"/{TOKEN}/{name}")
    assert answer.status_code in (403, 404) and answer.get_json()["error"]


def test_what_is_not_json_is_refused(client):
    def post(data, kind="application/json"):
        answer = client.post(f"/{TOKEN}/samples", data=data, content_type=kind)
        assert answer.get_json()["error"]
        return answer.status_code

    assert post(b'{"seed": 0}', "text/plain") == 415
    assert post(b"{") == 400
    assert post(b"\xff\xfe") == 400
    assert post(b"[" * 100_000) == 400
    assert post(b'{"seed": 1' + b"0" * 10_000 + b"}") == 400
    assert post(b" " * (17 << 20)) == 413
    assert client.put(f"/{TOKEN}/samples").status_code == 405


LATENT = [0.0] * WIDTH
WRONG = [
    ("samples", {"seed": 2**63, "start": 0, "count": 1}, "seed: 9223372036854775808 is not allowed"),
    ("samples", {"seed": 0, "start": -1, "count": 1}, "start: -1"),
    ("samples", {"seed": 0, "start": 0, "count": 145}, "count: 145 is not allowed; allowed: a whole number, 1 to 144"),
    ("samples", {"seed": 0, "start": 0, "count": 1, "truncation": 2}, "truncation: 2"),
    ("images", {"latents": [LATENT[1:]]}, "a list of 8 numbers"),
    ("shifted", {"latents": [LATENT], "shifts": [{"kind": "axis", "index": WIDTH, "amount": 1}]}, "index: 8"),
    ("shifted", {"latents": [LATENT], "shifts": [{"kind": "raw", "index": 0, "amount": 1}]}, "kind: 'raw'"),
    ("shifted", {"latents": [LATENT], "shifts": [{"kind": "axis", "index": 0, "amount": 7}]}, "amount: 7"),
    ("shifted", {"latents": [LATENT], "shifts": [3]}, "JSON object"),
    ("mixed", {"corners": [LATENT] * 3, "points": [[0, 0]]}, "corners: 3 are not allowed"),
    ("mixed", {"corners": [LATENT] * 4, "points": [[0, 1.1]]}, "points: 1.1 is not allowed"),
    ("picture", {"latents": [LATENT], "columns": 0}, "columns: 0"),
    ("walk", {"latents": [LATENT], "kind": "GIF", "steps": 4, "milliseconds": 60}, "latents: 1 are not allowed"),
    ("walk", {"latents": [LATENT] * 144, "kind": "GIF", "steps": 6, "milliseconds": 60}, "whole number, 2 to 5"),
    ("walk", {"latents": [LATENT] * 2, "kind": "MP4", "steps": 4, "milliseconds": 60}, "kind: 'MP4'"),
]


@pytest.mark.parametrize("path, question, message", WRONG)
def test_wrong_questions_get_one_sentence(client, path, question, message):
    error = ask(client, path, question, code=400).get_json()["error"]
    assert message in error and "\n" not in error and "Traceback" not in error


def test_a_spoilt_generator_and_a_fault_are_no_tracebacks(trained):
    import mindspore as ms

    sampler = open_generator(trained)
    bias = sampler.parameters()[-1]
    bias.set_data(ms.Tensor(np.full(bias.shape, np.nan, np.float32)))
    client = client_of(sampler)
    question = {"seed": 0, "start": 0, "count": 1}
    assert "NaN" in ask(client, "samples", question, code=500).get_json()["error"]
    sampler.network = sampler.generate = None
    answer = ask(client, "images", {"latents": [LATENT] * 2}, code=500)
    assert answer.get_json() == {"error": "the explorer failed at this; what happened stands where it was started"}
