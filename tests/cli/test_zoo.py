import json
import re
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from ms_gan.cli import demo, infer, train
from ms_gan.cli.zoo import main
from ms_gan.zoo.entries import Entry, entries, find
from tests.conftest import TINY_FLAGS


def test_the_list_names_all_with_quality_and_licence(capsys):
    assert main([]) == 0
    shown = capsys.readouterr().out
    for entry in entries():
        assert f"zoo:{entry.name}\n" in shown and entry.in_words() in shown and entry.licence in shown


@pytest.fixture(scope="module")
def opened(device):
    """One entry of the zoo, opened once."""
    from ms_gan.generators.sampling import open_generator

    return open_generator(find("cdcgan_mnist").file())


@pytest.fixture
def one(opened, monkeypatch):
    """A zoo of that entry alone."""
    for command in ("zoo", "demo"):
        monkeypatch.setattr(f"ms_gan.cli.{command}.entries", lambda: [find("cdcgan_mnist")])
    monkeypatch.setattr("ms_gan.generators.sampling.open_generator", lambda _: opened)


def test_a_sheet_shows_rows_of_each(one, tmp_path):
    assert main(["--device", "CPU", "--pictures", str(tmp_path / "zoo.png")]) == 0
    with Image.open(tmp_path / "zoo.png") as sheet:
        assert sheet.size == (10 * 66 + 2, 2 * 66 + 2 + 20)


def test_the_demo_is_one_page_that_loads_nothing(one, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("ms_gan.zoo.demo.STEPS", 2)
    assert demo.main(["--device", "CPU", "--output", str(tmp_path / "demo.html")]) == 0
    page = (tmp_path / "demo.html").read_text(encoding="utf-8")
    kinds = re.findall(r'<img src="data:image/(\w+);base64,', page)
    assert kinds == ["png", "gif"] and not re.search(r"https?://|<script", page)
    assert "--ckpt zoo:cdcgan_mnist --classes 0,1" in page and find("cdcgan_mnist").licence in page
    assert demo.main(["--output", "demo.png"]) == 2
    assert "--output demo.png: must end in .html" in capsys.readouterr().err


def test_ckpt_takes_a_name_of_the_zoo(device, tmp_path, capsys):
    path = tmp_path / "digits.npy"
    argv = ["--device", "CPU", "--num", "1", "--classes", "3,7", "--output", str(path)]
    assert infer.main(["--ckpt", "zoo:cdcgan_mnist", *argv]) == 0
    made = find("cdcgan_mnist").pictures()["made"]
    assert np.abs(np.load(path).astype(int) - made[[3, 7], 0]).max() <= 2
    assert infer.main(["--ckpt", "zoo:cdcgan", *argv]) == 2
    error = capsys.readouterr().err
    assert "zoo:cdcgan: is not in the zoo; it holds apegan_mnist, " in error and error.count("\n") == 1


def test_a_training_begins_with_a_generator_of_the_zoo_and_keeps_its_name(device, monkeypatch, capsys):
    seen = []

    class Complete:
        """Stands in for a Trainer whose run is over."""

        results = is_over = True

        def __init__(self, config, *_):
            seen.append(config.init_from)
            self.folder = SimpleNamespace(save_config=lambda kept: seen.append(kept.init_from), release=lambda: None)

    monkeypatch.setattr("ms_gan.training.trainer.Trainer", Complete)
    monkeypatch.setattr("ms_gan.cli.train._announce", lambda *_: None)
    assert train.main([*TINY_FLAGS, "--init-from", "zoo:cdcgan_mnist"]) == 0
    assert seen == [str(find("cdcgan_mnist").file()), "zoo:cdcgan_mnist"]
    assert train.main([*TINY_FLAGS, "--init-from", "zoo:digits"]) == 2
    assert "zoo:digits: is not in the zoo" in capsys.readouterr().err


@pytest.fixture
def run(trained, tmp_path, monkeypatch):
    """A run with an evaluation; entries go into a folder of the test's."""
    from ms_gan.generators.sampling import open_generator
    from ms_gan.generators.weights import weights_digest
    from ms_gan.zoo import adding

    add = adding.add
    monkeypatch.setattr(adding, "add", lambda *given: add(*given, place=tmp_path / "zoo"))
    folder = tmp_path / "run"
    shutil.copytree(trained, folder)
    weights = weights_digest(open_generator(folder).parameters())[:16]
    protocol = {"generator": {"step": 4, "weights": weights}, "generated": 99, "data": "drawn digits"}
    protocol["features"] = {"name": "random"}
    evaluation = {"protocol": protocol, "generated": {"frechet": 1.5}, "floor": {"frechet": 0.5}}
    (folder / "evaluation.json").write_text(json.dumps(evaluation))
    return folder


def test_a_run_becomes_an_entry_in_half_precision(run, tmp_path, capsys):
    from ms_gan.generators.sampling import open_generator

    said = ["--device", "CPU", "--about", "digits", "--licence", "none: they are drawn"]
    assert main(["--add", str(run), "tiny", *said]) == 0, capsys.readouterr().err
    entry = find("tiny", tmp_path / "zoo")
    assert isinstance(entry, Entry) and entry.precision == "float16" and entry.deviation <= 1
    assert entry.size < 0.7 * (run / "generator.ckpt").stat().st_size
    assert entry.in_words() == "Fréchet distance 1.5000 (real test images 0.5000)"
    assert "--data.limit 40" in entry.command and "--output" not in entry.command
    images = open_generator(entry.file(tmp_path / "zoo")).samples(0, 20)
    assert np.array_equal(images, entry.pictures(tmp_path / "zoo")["made"])
    capsys.readouterr()
    refused = [
        (["tiny", *said], "--add tiny: is taken"),
        (["../tiny", *said], "--add ../tiny: is taken, or not a name"),
        (["other"], "--about is missing"),
        (["other", *said, "--evaluation", str(run / "config.yaml")], "no evaluation"),
    ]
    evaluation = json.loads((run / "evaluation.json").read_text())
    evaluation["protocol"]["generator"]["weights"] = "0" * 16
    (run / "evaluation.json").write_text(json.dumps(evaluation))
    for argv, message in [*refused, (["other", *said], "measures a generator with other weights")]:
        assert main(["--add", str(run), *argv]) in (1, 2)
        error = capsys.readouterr().err
        assert message in error and error.count("\n") == 1
