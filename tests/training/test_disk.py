"""What becomes of a training where the disk refuses to take what it writes."""

import os
import resource
import subprocess

import pytest

from ms_gan import data, files
from ms_gan.cli.train import main
from ms_gan.config.parser import read_yaml
from ms_gan.runs.run_folder import RunFolder
from ms_gan.systems.latent.build import build_system
from ms_gan.tasks.latent import Config
from ms_gan.training import space
from ms_gan.training.checkpoint import newest_checkpoint
from ms_gan.training.lengths import Lengths
from ms_gan.training.trainer import Trainer
from tests.conftest import TINY_FLAGS, tiny_config
from tests.killing import check_readable, differences
from tests.refusals import failed

CHECKPOINT_ONLY, ALL = 100_000, 600  # bytes: a limit that refuses checkpoints, and one that refuses nearly all


def trainer_for(path, device, folder=None):
    config = tiny_config(epochs=4, checkpoint_every=1, sample_every=1)
    config.output = str(path)
    return Trainer(config, data.load(config.data, config.seed), device, folder)


@pytest.fixture(scope="module")
def unbroken(device, tmp_path_factory):
    """The folder of a run that nothing befell."""
    trainer = trainer_for(tmp_path_factory.mktemp("unbroken") / "run", device)
    trainer.run()
    return trainer.folder.path


def test_what_is_refused_is_told_and_spares_the_training_and_the_last_checkpoint(device, tmp_path, unbroken, capsys):
    trainer = trainer_for(tmp_path / "run", device)
    limits, take = {3: CHECKPOINT_ONLY, 5: ALL}, trainer.system.take  # before these steps, from 0

    def limited_take(step, inputs):
        if step in limits:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limits[step], unlimited[1]))
        return take(step, inputs)

    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    trainer.system.take = limited_take
    try:
        with failed("unwritable") as caught:
            trainer.run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    folder = trainer.folder
    assert str(caught.value).startswith("step 8 is not saved: ")
    assert "cannot be written (File too large; " in str(caught.value)
    assert str(caught.value).endswith(" free there); the last checkpoint is step-000000002.ckpt; free some space")
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("warning")]
    (unsaved,) = [line for line in told if "step 4 is not saved: " in line]
    assert "step-000000004.ckpt: cannot be written" in unsaved
    assert unsaved.endswith("free some space; the next checkpoint will be tried")
    assert sum("log.jsonl: cannot be written" in line for line in told) == 1
    assert sum("epoch-00003.png: cannot be written" in line for line in told) == 1
    assert not any("epoch-00004.png" in line for line in told)
    check_readable(folder.path)
    assert [path.name for path in folder.checkpoints.iterdir()] == ["step-000000002.ckpt"]
    trainer_for(tmp_path / "run", device, RunFolder(folder.path)).run()
    assert not differences(folder.path, unbroken)


def test_a_folder_that_is_moved_away_is_made_again_and_can_be_resumed(device, tmp_path, unbroken, capsys):
    trainer = trainer_for(tmp_path / "run", device)
    take = trainer.system.take

    def moving_take(step, inputs):
        if step == 3:
            (tmp_path / "run").rename(tmp_path / "moved")
        return take(step, inputs)

    trainer.system.take = moving_take
    trainer.run()
    assert f"warning: {tmp_path / 'run'}: was moved or removed; training goes on in a new" in capsys.readouterr().out
    assert read_yaml(Config, tmp_path / "run" / "config.yaml") == trainer.config
    last = newest_checkpoint(tmp_path / "run" / "checkpoints")
    assert last.read_bytes() == newest_checkpoint(unbroken / "checkpoints").read_bytes()
    assert newest_checkpoint(tmp_path / "moved" / "checkpoints").name == "step-000000002.ckpt"


def test_too_little_space_is_refused_before_there_is_a_folder(device, tmp_path, monkeypatch, capsys, trained):
    monkeypatch.setattr(space, "free_space", lambda path: 1_000_000)
    assert main([*TINY_FLAGS, "--output", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert f"--output {tmp_path / 'run'}: the run may need up to " in error and "but only 1 MB is free" in error
    assert error.count("\n") == 1 and not (tmp_path / "run").exists()
    config = tiny_config(epochs=2)
    lengths = (config, build_system(config, (1, 28, 28)), (1, 28, 28), Lengths.of(config, 2))
    written = sum(path.stat().st_size for path in trained.rglob("*") if path.is_file())
    needed = space.space_needed(*lengths)
    assert written < needed < 5 * written
    monkeypatch.setattr(space, "free_space", lambda path: needed - 1)
    space.check_space(*lengths, RunFolder(tmp_path))
    assert capsys.readouterr().out.startswith(f"warning: {tmp_path}: the run may need up to ")


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of its own, of a million bytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = (
        os.geteuid() == 0 and not subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1000k", "none", place]).returncode
    )
    if not mounted:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_is_full_and_then_read_only(device, small_disk, monkeypatch, capsys):
    monkeypatch.setattr(space, "free_space", lambda path: 1 << 40)
    with failed("unwritable", says=r"step 8 is not saved: .*No space left on device; \d.* free there"):
        trainer_for(small_disk / "run", device).run()
    check_readable(small_disk / "run")
    kept = files.free_space(small_disk)
    assert newest_checkpoint(small_disk / "run" / "checkpoints")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert main(["--resume", str(small_disk / "run")]) == 1
    error = capsys.readouterr().err
    assert "run: cannot be written to (Read-only file system); a run continues only in its folder" in error
    assert files.free_space(small_disk) == kept
