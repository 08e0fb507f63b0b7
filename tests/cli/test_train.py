import shutil

import pytest
from PIL import Image

from ms_gan.cli.train import main, read_options
from ms_gan.config.parser import read_yaml
from ms_gan.tasks.latent import Config
from tests.conftest import TINY_FLAGS

pytestmark = pytest.mark.usefixtures("device")


def run(capsys, *argv):
    """Exit code and what stands on stderr."""
    code = main(list(argv))
    return code, capsys.readouterr().err


def test_the_run_keeps_its_complete_configuration(trained):
    config = read_yaml(Config, trained / "config.yaml")
    assert config.train.epochs == 2 and config.data.limit == 40
    assert config.optimizer == Config().optimizer


def test_runs_are_numbered_where_no_folder_is_named(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        assert main([*TINY_FLAGS, "--epochs", "1", "--recipe", "tiny"]) == 0
        folders = list((tmp_path / "runs").glob(f"tiny-*-{number}"))
        assert len(folders) == 1
    printed = capsys.readouterr().out
    assert f"python infer.py --ckpt {folders[0].relative_to(tmp_path)}" in printed
    assert "epoch 1/1  step 2  loss D" in printed


@pytest.mark.parametrize(
    "argv, message",
    [
        (["--output", "{trained}"], "holds another run"),
        (["--output", "{full}"], "is not empty"),
        (["--output", "{file}/run"], "cannot be written to"),
        (["--batch-size", "41"], "train.batch_size: 41 is out of range; the data set holds 40 images"),
        (["--data.source", "mnist", "--data-dir", "{absent}"], "does not exist"),
        (["--resume", "{full}"], "not a run folder"),
        (["--precision", "fp16"], "--precision fp16: only for GPU and Ascend"),
        (["--recipe", "dcgan_mnist"], "only names a run; to train that recipe: --config dcgan_mnist"),
    ],
)
def test_usage_errors_are_one_line_and_leave_nothing(capsys, tmp_path, trained, argv, message):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("")
    before = sorted(tmp_path.rglob("*"))
    places = {"trained": trained, "full": tmp_path / "full", "file": tmp_path / "file", "absent": tmp_path / "absent"}
    code, error = run(capsys, *TINY_FLAGS, *[part.format(**places) for part in argv])
    assert code == 2
    assert message in error and error.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("device, remedy", [("GPU", "NVIDIA"), ("Ascend", "NPU")])
def test_a_device_that_is_not_there_is_refused_before_data_are_read(capsys, tmp_path, device, remedy, monkeypatch):
    monkeypatch.setattr("ms_gan.data.load", lambda *_: pytest.fail("data were read"))
    code, error = run(capsys, *TINY_FLAGS, "--device", device, "--output", str(tmp_path / "run"))
    assert code == 1
    assert error.startswith(f"error: --device {device}: ") and remedy in error and error.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_resume_needs_no_other_option_and_refuses_contradictions(capsys, tmp_path, trained, monkeypatch):
    run_folder = tmp_path / "run"
    shutil.copytree(trained, run_folder)
    for contradiction in (["--seed", "1"], ["--generator.hidden", "[5]"]):
        code, error = run(capsys, "--resume", str(run_folder), *contradiction)
        assert code == 2
        assert f"{contradiction[0][2:]}: " in error and "contradicts the run" in error
    code, error = run(capsys, "--resume", str(run_folder), "--output", "elsewhere")
    assert code == 2 and "stays in its folder" in error
    assert main(["--resume", str(run_folder)]) == 0
    assert "already complete" in capsys.readouterr().out
    monkeypatch.setenv("ONEDNN_DEFAULT_FPMATH_MODE", "STRICT")
    assert main(["--resume", str(run_folder), "--epochs", "3", "--seed", "0", "--precision", "bf16"]) == 0
    assert "precision float32, not bfloat16: the environment has ONEDNN_" in capsys.readouterr().out
    assert (run_folder / "samples" / "epoch-00003.png").is_file()
    assert read_yaml(Config, run_folder / "config.yaml").train.epochs == 3


def test_a_run_goes_on_with_another_batch_size_and_says_so(capsys, tmp_path, trained):
    run_folder = tmp_path / "run"
    shutil.copytree(trained, run_folder)  # four steps of 16 images, two an epoch
    assert main(["--resume", str(run_folder), "--batch-size", "8", "--steps", "7"]) == 0
    said = capsys.readouterr().out
    assert "note: a step of this run had 16 images up to step 4, and has 8 from now on; an epoch is 5 steps" in said
    assert read_yaml(Config, run_folder / "config.yaml").train.batch_size == 8
    assert (run_folder / "checkpoints" / "step-000000007.ckpt").is_file()


def test_resuming_a_run_whose_networks_were_changed_names_the_parameter(capsys, tmp_path, trained):
    run_folder = tmp_path / "run"
    shutil.copytree(trained, run_folder)
    text = (run_folder / "config.yaml").read_text()
    (run_folder / "config.yaml").write_text(text.replace("hidden: [12, 16]", "hidden: [13, 16]"))
    code, error = run(capsys, "--resume", str(run_folder), "--epochs", "3")
    assert code == 1
    assert "generator.layers.0.weight is (12, 8) there and should be (13, 8)" in error
    assert (run_folder / "log.jsonl").read_bytes() == (trained / "log.jsonl").read_bytes()


def test_resuming_with_a_truncated_checkpoint(capsys, tmp_path, trained):
    run_folder = tmp_path / "run"
    shutil.copytree(trained, run_folder)
    (checkpoint,) = (run_folder / "checkpoints").iterdir()
    checkpoint.write_bytes(checkpoint.read_bytes()[:-100])
    code, error = run(capsys, "--resume", str(run_folder), "--epochs", "3")
    assert code == 1
    assert f"{checkpoint}: not a checkpoint, or a truncated one" in error and error.count("\n") == 1


def test_working_within_the_folder_of_pictures(capsys, tmp_path, monkeypatch):
    for number in range(16):
        Image.new("RGB", (16, 16), (number * 9, 0, 0)).save(tmp_path / f"{number}.png")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path.with_name("cache-of-pictures")))
    flags = [
        "--device", "CPU", "--data.source", "folder", "--data-dir", ".", "--data.image_size", "8", "--batch-size", "8",
        "--latent.width", "8", "--generator.hidden", "[8]", "--discriminator.hidden", "[8]", "--metrics.every", "0",
    ]  # fmt: skip
    for _ in range(2):
        assert main([*flags, "--epochs", "1"]) == 0
        said = capsys.readouterr().out
        assert "16 images" in said and "lies among the training images" in said
    assert "the folders of trainings are left out: runs/" in said


def test_two_folders_are_kept_as_absolute_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    config, _ = read_options(["--task", "paired", "--data.a", "inputs", "--data.b", "~/targets"])
    assert (config.data.a, config.data.b) == (str(tmp_path / "inputs"), "/home/me/targets")
