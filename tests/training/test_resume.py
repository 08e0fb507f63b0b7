"""What a run goes on from that was damaged, cut short or changed."""

import shutil
from dataclasses import replace

import pytest

from ms_gan import data
from ms_gan.cli.train import main
from ms_gan.config.parser import read_yaml
from ms_gan.generators.weights import load_weights, save_weights
from ms_gan.runs.events import read_events
from ms_gan.runs.run_folder import RunFolder
from ms_gan.tasks.latent import Config
from ms_gan.training.checkpoint import newest_checkpoint
from ms_gan.training.trainer import Trainer
from tests.conftest import tiny_config
from tests.killing import differences
from tests.refusals import failed


@pytest.fixture(scope="module")
def finished(device, tmp_path_factory):
    """The folder of a run of three epochs, six steps, all its checkpoints kept."""
    config = tiny_config(epochs=3, checkpoint_every=1)
    config.output = str(tmp_path_factory.mktemp("finished") / "run")
    trainer = Trainer(config, data.load(config.data, config.seed), device)
    trainer.run()
    return trainer.folder.path


@pytest.fixture
def run(finished, tmp_path):
    """A copy of it."""
    shutil.copytree(finished, tmp_path / "run")
    return RunFolder(tmp_path / "run")


def resumed(run, device, change=lambda images: images):
    config = read_yaml(Config, run.config)
    images = data.load(config.data, config.seed)
    return Trainer(config, replace(images, images=change(images.images)), device, run)


def flip(path, at=1000):
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)


def test_a_damaged_checkpoint_is_named_and_an_older_one_taken(device, finished, run, capsys):
    newest = newest_checkpoint(run.checkpoints)
    flip(newest)
    trainer = resumed(run, device)
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("warning")]
    assert told == [
        f"warning: {newest}: damaged: its content is not what was written (SHA-256); "
        "step-000000004.ckpt is used instead"
    ]
    assert trainer.step == 4 and not newest.exists() and newest.with_suffix(".damaged").exists()
    trainer.run()
    newest.with_suffix(".damaged").unlink()
    assert not differences(run.path, finished)


def test_where_no_checkpoint_is_whole_the_run_is_left_as_it_is(device, run):
    for path in run.checkpoints.iterdir():
        path.write_bytes(path.read_bytes()[:-1000])
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    with failed("damaged", says="checkpoints: holds no undamaged .*step-000000006.ckpt: not"):
        resumed(run, device)
    assert before == {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}


def test_other_images_and_other_options_are_said_in_a_line_each(device, run, capsys):
    text = run.config.read_text().replace("lr: 0.0002", "lr: 0.0001", 1)
    run.config.write_text(text)
    resumed(run, device, lambda images: 255 - images)
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("warning")]
    assert len(told) == 2
    assert (
        "the images differ from those of the training so far: 40 images of 1x28x28 then, 40 images of 1x28x28"
        in told[0]
    )
    assert "changed in config.yaml since the checkpoint: optimizer.generator.lr 0.0001 (was 0.0002)" in told[1]


def test_nothing_is_said_of_a_checkpoint_of_an_earlier_version(device, run, capsys):
    path = newest_checkpoint(run.checkpoints)
    values, card = load_weights(path)
    save_weights(path, values.items(), card)  # without notes
    path.write_bytes(path.read_bytes()[:-280])  # without a digest
    assert resumed(run, device).step == 6
    assert "warning" not in capsys.readouterr().out


def test_a_run_killed_before_its_first_checkpoint_begins_anew_but_not_one_that_lost_them(device, run, capsys):
    shutil.rmtree(run.checkpoints)
    with failed("missing"):
        resumed(run, device)
    run.release()
    first = run.log.read_text().splitlines()[:2]
    run.log.write_text("\n".join(first) + '\n{"event": "tr')
    trainer = resumed(run, device)
    assert "run: ended before its first checkpoint" in capsys.readouterr().out
    assert trainer.step == 0 and not list(run.path.rglob("*.png")) and not run.log.exists()


def test_a_run_killed_at_its_very_end_is_brought_to_it(run, finished, capsys):
    lines = run.log.read_text().splitlines()
    run.log.write_text("\n".join(lines[:-1]) + "\n")
    for path in (run.animation, run.losses):
        path.unlink()
    assert main(["--resume", str(run.path)]) == 0
    assert "done in" in capsys.readouterr().out and read_events(run.log)[-1]["event"] == "end"
    assert not differences(run.path, finished) and run.losses.exists()
    assert main(["--resume", str(run.path)]) == 0
    assert "already complete" in capsys.readouterr().out
