"""A tiny run on maps: trained, used, shown, painted with, exported."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from ms_gan.cli import infer
from ms_gan.cli.train import main
from ms_gan.errors import GanError
from ms_gan.export import export_onnx
from ms_gan.generators.painter import Painter
from ms_gan.generators.sampling import open_generator
from tests.data.map_files import COLOURS, write_pairs

pytestmark = pytest.mark.usefixtures("device")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps") / "pairs"
    write_pairs(folder)
    return folder


@pytest.fixture(scope="module")
def run(device, pairs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "map"
    flags = [
        "--task", "map", "--device", "CPU", "--data-dir", str(pairs), "--data.image_size", "16", "--steps", "2",
        "--batch-size", "4", "--generator.channels", "2", "--generator.hidden", "4", "--generator.style", "3",
        "--discriminator.channels", "2", "--discriminator.scales", "1", "--discriminator.layers", "2",
        "--metrics.every", "0", "--train.sample_count", "8", "--optimizer.generator.lr", "0.01", "--ema.warmup", "true",
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MS_GAN_CACHE", str(folder.parent / "cache"))
        assert main([*flags, "--output", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def opened(run):
    return open_generator(run)


def test_a_run_knows_its_classes_and_shows_maps_beside_pictures(run, opened):
    port = opened.card.port("map")
    assert opened.card.kind == "map+latent" and port.colours == ["#ffffff", "#c81e1e", "#143cc8"]
    records = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    (last,) = [record for record in records if record["event"] == "train"][-1:]
    assert {"loss_d", "loss_g", "matching", "divergence"} <= set(last) and last["matching"] > 0
    sheet = np.asarray(Image.open(next((run / "samples").glob("epoch-*.png"))).convert("RGB"))
    assert {tuple(colour) for colour in sheet[2:18, 2:18].reshape(-1, 3).tolist()} <= set(COLOURS)


def test_a_folder_of_maps_becomes_pictures(run, pairs, tmp_path, capsys):
    given = ["--device", "CPU", "--ckpt", str(run), "--input", str(pairs / "maps"), "--output", str(tmp_path / "made/")]
    assert infer.main([*given, "--num", "2"]) == 0
    assert {path.name for path in (tmp_path / "made").iterdir()} >= {"0.png", "0-2.png", "11.png", "11-2.png"}
    (tmp_path / "wrong.png").write_text("no map")
    given[5], given[7] = str(tmp_path / "wrong.png"), str(tmp_path / "none.png")
    assert infer.main(given) == 1 and "wrong.png: not a map" in capsys.readouterr().err
    assert infer.main([*given, "--seeds", "1,2"]) == 2 and not (tmp_path / "none.png").exists()


def test_maps_and_styles_change_the_picture(opened):
    painter = Painter(opened)
    maps = np.stack([np.zeros((16, 16), np.uint8), np.tri(16, dtype=np.uint8)])
    same = painter.paint(maps[[0, 0, 1]], painter.styles(0, 1).repeat(3, 0))
    assert np.array_equal(same[0], same[1]) and not np.array_equal(same[0], same[2])
    assert not np.array_equal(
        painter.paint(maps[:1], painter.styles(0, 1)), painter.paint(maps[:1], painter.styles(1, 1))
    )


def test_an_exported_generator_takes_maps(opened, tmp_path):
    pytest.importorskip("onnxruntime")
    assert export_onnx(opened, tmp_path / "g.onnx") < 1e-5
    maps = np.tri(16, dtype=np.uint8)[None].repeat(2, 0)
    made = [Painter(one).paint(maps).astype(int) for one in (opened, open_generator(tmp_path / "g.onnx"))]
    assert np.abs(made[0] - made[1]).max() <= 1


@pytest.fixture
def client(opened):
    pytest.importorskip("flask")
    from ms_gan.explorer.server import create_app

    return create_app(Painter(opened), "token").test_client()


def test_the_page_is_told_the_classes_and_paints(client, opened):
    about = client.get("/token/about").json
    assert about["classes"] == opened.card.port("map").classes and about["style"] == 3
    page = client.get("/token/").get_data(as_text=True)
    assert all(
        client.get(f"/token/{name}").status_code == 200 and name in page
        for name in ("paint.js", "paint.css", "page.css")
    )
    style = "seed=3&place=0.25&strength=1.0"
    made = client.post(f"/token/paint?{style}", data=bytes(256)).get_data()
    second = Painter(opened).styles(3, 2)[1:]
    painted = Painter(opened).paint(np.zeros((1, 16, 16), np.uint8), second)[0].transpose(1, 2, 0)
    assert np.abs(np.frombuffer(made, np.uint8).reshape(16, 16, 3).astype(int) - painted).max() <= 1


@pytest.mark.parametrize(
    "path, content, word",
    [
        ("paint?seed=0&place=0.0&strength=0.0", bytes(255), "256 bytes"),
        ("paint?seed=0&place=0.0&strength=0.0", bytes([7]) * 256, "0 to 2"),
        ("paint?seed=0&place=2.0&strength=0.0", bytes(256), "place"),
        ("paint?place=0.0", bytes(256), "seed"),
        ("read", b"text", "not a picture"),
    ],
)
def test_wrong_questions_are_refused_in_a_sentence(client, path, content, word):
    answer = client.post(f"/token/{path}", data=content)
    assert answer.status_code == 400 and word in answer.json["error"]


def test_maps_are_read_by_colour(client):
    file = io.BytesIO()
    Image.fromarray(np.full((40, 40, 3), COLOURS[2], np.uint8)).save(file, "PNG")
    assert set(client.post("/token/read", data=file.getvalue()).get_data()) == {2}


def test_a_card_without_classes_paints_nothing(opened):
    ports = opened.card.inputs
    opened.card.inputs = ports[1:]
    try:
        with pytest.raises(GanError, match="no maps"):
            Painter(opened)
    finally:
        opened.card.inputs = ports
