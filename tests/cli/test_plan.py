import shutil
from pathlib import Path

import pytest

from ms_gan.cli.launch import main as launch
from ms_gan.cli.layers import layers
from ms_gan.cli.train import main
from ms_gan.config.parser import make_parser, parse
from ms_gan.models import count_parameters
from ms_gan.systems.latent.build import build_networks
from ms_gan.tasks.latent import Config
from tests.conftest import TINY_FLAGS

pytestmark = pytest.mark.usefixtures("device")
SHAPES = {
    "gan_mnist": (1, 28, 28),
    "dcgan_64": (3, 64, 64),
    "dcgan_cifar10_frog": (3, 32, 32),
}


def planned(capsys, *argv):
    assert main([*argv, "--dry-run"]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_the_plan_leaves_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = planned(
        capsys, *TINY_FLAGS, "--epochs", "20", "--output", "mine", "--regularise.r1", "1", "--regularise.every", "4"
    )
    for line in (
        "training 20 epochs, 40 steps of 16",
        "classes 0 ",
        "device chosen by --device CPU",
        "measured on this machine just now",
        "optimizer generator: adam, lr 0.0002, beta1 0.5, beta2 0.999",
        " at most, in mine",
        "20 grids of ",
        "the newest 3 of 4, ",
        "discriminator: mlp, 9,433 parameters",
    ):
        assert line in text, line
    assert not list(tmp_path.iterdir())


def test_the_plan_of_a_resumed_run_only_reads_it(capsys, tmp_path, trained):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    text = planned(capsys, "--resume", str(run), "--epochs", "5")
    assert "10 steps of 16, from step 4" in text and "3 grids of " in text
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_folder_that_the_run_would_be_refused_for(capsys, trained):
    assert main([*TINY_FLAGS, "--dry-run", "--output", str(trained)]) == 2
    assert "holds another run" in capsys.readouterr().err


def test_several_workers_have_no_plan(capsys):
    assert launch([*TINY_FLAGS, "--workers", "2", "--dry-run"]) == 2
    assert "--dry-run: plans the run of one worker; use python train.py --dry-run" in capsys.readouterr().err


@pytest.mark.parametrize("recipe", SHAPES)
def test_the_layers_of_each_kind_of_recipe(recipe):
    small = ["--generator.channels", "8", "--discriminator.channels", "8", "--generator.hidden", "[8,8]"]
    config, _ = parse(make_parser(Config, "train.py", "", "", True), Config, ["--config", recipe, *small])
    shape = SHAPES[recipe]
    networks = build_networks(config, shape)
    for role, inputs in (("generator", (config.latent.width,)), ("discriminator", shape)):
        found = layers(networks[role], inputs)
        assert sum(layer.parameters for layer in found) == count_parameters(networks[role])
        last = found[-1].shape
        assert last in ((1,), (1, 1, 1)) if role == "discriminator" else last in (shape, (shape[1] * shape[2],))


def test_channels_are_shown_first_whatever_computes_the_convolutions(kernels):
    config = Config()
    config.generator.name, config.generator.channels = "dcgan", 4
    found = layers(build_networks(config, (1, 16, 16))["generator"], (100,))
    assert [layer.shape for layer in found] == [(128,), *[(8, 4, 4)] * 2, *[(4, 8, 8)] * 3, *[(1, 16, 16)] * 2]


def test_room_is_looked_for_where_the_run_would_be_written(capsys, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("ms_gan.training.space.free_space", lambda path: asked.append(Path(path)) or 1 << 40)
    monkeypatch.setattr("tempfile.gettempdir", lambda: pytest.fail("the temporary folder may be small"))
    planned(capsys, *TINY_FLAGS, "--epochs", "2", "--output", str(tmp_path / "mine"))
    assert asked == [tmp_path / "mine"]
    monkeypatch.setattr("ms_gan.training.space.free_space", lambda path: 1000)
    assert main([*TINY_FLAGS, "--epochs", "2", "--output", str(tmp_path / "mine"), "--dry-run"]) == 2
    assert f"--output {tmp_path / 'mine'}: the run may" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_plan_of_a_resumed_run_copies_no_checkpoint(capsys, tmp_path, trained, monkeypatch):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    (run / "tensorboard").mkdir()
    (run / "tensorboard" / "events").write_text("")
    copied = []
    copyfile = shutil.copyfile
    monkeypatch.setattr(shutil, "copyfile", lambda a, b, **_: copied.append(Path(a).name) or copyfile(a, b))
    planned(capsys, "--resume", str(run), "--epochs", "5")
    assert set(copied) == {"config.yaml", "log.jsonl"}


def test_a_folder_that_holds_only_what_a_dead_process_left_is_planned(capsys, tmp_path):
    (tmp_path / "mine").mkdir()
    for name in (".lock", ".config.host+1.tmp.yaml"):
        (tmp_path / "mine" / name).touch()
    planned(capsys, *TINY_FLAGS, "--epochs", "1", "--output", str(tmp_path / "mine"))
