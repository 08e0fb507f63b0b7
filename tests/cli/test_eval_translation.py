"""eval.py of runs that make pictures of pictures."""

import json
import shutil
from dataclasses import asdict

import pytest
from PIL import Image

from ms_gan.cli.eval import main
from ms_gan.config.parser import write_yaml
from ms_gan.errors import GanError
from ms_gan.tasks import paired, read_config, unpaired
from ms_gan.zoo.entries import find


def write_run(folder, config, networks):
    """A run as if it had just begun; `networks`: by name, channels of what each is given and of what it makes."""
    from ms_gan.generators.card import Card, ImageConfig
    from ms_gan.generators.ports import Port
    from ms_gan.generators.weights import save_weights
    from ms_gan.models.translators import build_translator
    from ms_gan.seeds import Purpose, stream

    config.data.source, config.data.image_size, config.data.limit = "synthetic", 32, 40
    config.generator.channels = 4
    folder.mkdir()
    (folder / "config.yaml").write_text(write_yaml(config))
    for place, (name, (given, made)) in enumerate(networks.items()):
        network = build_translator(config.generator, given, made, stream(0, Purpose.WEIGHTS, place), "generator.")
        card = Card(
            recipe=config.recipe, image=ImageConfig(made, 32, 32), task=config.task, network=name,
            inputs=[Port("pictures", "image", [given, 32, 32])], options={"generator": asdict(config.generator)},
        )  # fmt: skip
        save_weights(folder / f"{name}.ckpt", [(one.name, one) for one in network.get_parameters()], card)


@pytest.fixture(scope="module")
def runs(device, tmp_path_factory):
    """Runs of both tasks, and a copy of the first."""
    folder = tmp_path_factory.mktemp("runs")
    config = paired.Config()
    config.data.degrade, config.generator.halvings = "mask", 2
    write_run(folder / "paired", config, {"generator": (2, 1)})
    shutil.copytree(folder / "paired", folder / "other")
    config = unpaired.Config()
    config.generator.blocks = 1
    write_run(folder / "unpaired", config, {"generator_ab": (1, 1), "generator_ba": (1, 1)})
    return folder


def rows_of(part):
    return {row["key"]: dict(zip(part["columns"], row["values"])) for row in part["measures"]}


def test_a_paired_run_is_measured_beside_its_floor_and_another_run(runs, tmp_path, capsys):
    output, ckpt = tmp_path / "out", str(runs / "paired")
    assert main(["--device", "CPU", "--ckpt", ckpt, "--beside", str(runs / "other"), "--output", str(output)]) == 0
    printed = capsys.readouterr().out
    values = json.loads((output / "evaluation.json").read_text())
    (part,) = values["parts"]
    assert values["task"] == "paired" and part["columns"] == ["output", "beside", "mean colour", "real"]
    rows = rows_of(part)
    assert set(rows) == {"l1", "hole_l1", "psnr", "ssim", "frechet", "retrieval"}
    for row in rows.values():
        assert row["output"] == row["beside"]  # the other run is a copy of this one
    # What is known is pasted back: all that is wrong is in the holes.
    assert 0 < rows["l1"]["output"] < rows["hole_l1"]["output"] / 2
    assert f"{rows['psnr']['mean colour']:.2f}" in printed and "beside     generator of other: pix2pix" in printed
    assert "evaluation.json, translated.png in" in printed
    with Image.open(output / "translated.png") as sheet:
        assert sheet.width == 4 * 34 + 2 and (sheet.height - 2) % 34 == 0


def test_an_entry_of_the_zoo_stands_beside_a_run_on_the_same_data(device, runs, monkeypatch, capsys):
    def measured(found, *_):
        raise GanError(f"beside {found['beside']}", code="stopped")

    monkeypatch.setattr("ms_gan.cli.eval_translation.trained_with", lambda _: read_config(runs / "paired"))
    monkeypatch.setattr("ms_gan.cli.eval_translation._measured", measured)
    assert main(["--device", "CPU", "--ckpt", str(runs / "paired"), "--beside", "zoo:pix2pix_emoji"]) == 1
    assert f"beside {find('pix2pix_emoji').file().parent}\n" in capsys.readouterr().err


def test_an_unpaired_run_is_measured_there_and_back(runs, capsys):
    folder = runs / "unpaired"
    assert main(["--device", "CPU", "--ckpt", str(folder)]) == 0
    printed = capsys.readouterr().out
    values = json.loads((folder / "evaluation.json").read_text())
    there, back = values["parts"]
    assert (there["title"], back["title"]) == ("a to b", "b to a")
    assert there["columns"] == ["output", "input", "real"]
    # B holds the negatives of A, so that the truth is known of each, and the input is as wrong as can be.
    rows = rows_of(there)
    assert rows["l1"]["input"] > 0.5 and set(rows) == {"l1", "psnr", "ssim", "frechet", "retrieval", "cycle"}
    assert list(values["protocol"]["pixels"][0]) != list(values["protocol"]["pixels"][1])
    assert [one["network"] for one in values["protocol"]["generators"]] == ["generator_ab", "generator_ba"]
    assert "have the name of one in the other folder" in values["notes"][-1]
    assert "evaluation.json, translated_ab.png, translated_ba.png in" in printed
    with Image.open(folder / "translated_ba.png") as sheet:
        assert sheet.width == 4 * 34 + 2


@pytest.mark.parametrize(
    "argv, message",
    [
        (["--ckpt", "{runs}/paired", "--cas", "true"], "--cas: is not for a run that makes pictures of pictures"),
        (["--ckpt", "{runs}/paired", "--beside", "{runs}/absent"], "absent: not a run folder"),
        (["--ckpt", "{runs}/paired", "--beside", "{runs}/unpaired"], "unpaired: is of the task unpaired, but"),
        (["--ckpt", "{runs}/paired", "--beside", "{runs}/grey"], "its data.degrade is grey, but that of"),
        (["--ckpt", "{runs}/paired", "--beside", "zoo:emoji"], "zoo:emoji: is not in the zoo; it holds apegan_mnist, "),
        (["--ckpt", "{runs}/paired", "--beside", "zoo:cdcgan_mnist"], "is of the task latent, but"),
        (["--ckpt", "{runs}/paired", "--beside", "zoo:pix2pix_emoji"], "pix2pix_emoji: its data.source is folder, but"),
        (["--ckpt", "{runs}/unpaired", "--beside", "zoo:cyclegan_emoji"], "keeps one of the two generators"),
        (["--ckpt", "{runs}/paired", "--data.limit", "7"], "data.limit: 7 contradicts the run in"),
        (["--ckpt", "{runs}/paired/generator.ckpt"], "makes pictures of pictures; give its run, --ckpt"),
        (["--compare", "{runs}/paired", "{runs}/other"], "makes pictures of pictures; give its run, --ckpt"),
        (
            ["--ckpt", "{trained}", "--beside", "{runs}/paired"],
            "--beside: is for a run that makes pictures of pictures",
        ),
        (["--ckpt", "{trained}", "--data.a", "x"], "--data.a: is for a run that makes pictures of pictures"),
    ],
)
def test_usage_errors_come_before_mindspore(runs, trained, capsys, monkeypatch, argv, message):
    monkeypatch.setattr("ms_gan.runtime.start", lambda *_: pytest.fail("MindSpore was started"))
    grey = runs / "grey"
    grey.mkdir(exist_ok=True)
    text = (runs / "paired/config.yaml").read_text()
    assert text.count("degrade: mask") == 1
    (grey / "config.yaml").write_text(text.replace("degrade: mask", "degrade: grey"))
    assert main([part.format(runs=runs, trained=trained) for part in argv]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_a_run_that_held_nothing_out_is_refused(runs, tmp_path, capsys):
    folder = shutil.copytree(runs / "paired", tmp_path / "run")
    text = (folder / "config.yaml").read_text()
    assert text.count("held_out: 0.1") == 1
    (folder / "config.yaml").write_text(text.replace("held_out: 0.1", "held_out: 0.0"))
    assert main(["--device", "CPU", "--ckpt", str(folder)]) == 2
    assert "no pictures were held out of this training; train with --data.held_out 0.1" in capsys.readouterr().err
