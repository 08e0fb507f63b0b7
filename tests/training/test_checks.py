"""What is refused before data are read: by a run, by its plan, and by the launcher of several workers."""

import subprocess
import sys

import pytest
from PIL import Image

from ms_gan import data
from ms_gan.cli.launch import main as launch
from ms_gan.cli.train import main as train
from ms_gan.config.data_section import DataConfig
from ms_gan.config.sections import LABELLED, PAIRED
from ms_gan.config.sizes import RULES
from ms_gan.data.expected import expected
from ms_gan.tasks.latent import Config

SYNTHETIC = ["--device", "CPU", "--data.source", "synthetic"]
DCGAN = ["--generator.name", "dcgan", "--discriminator.name", "dcgan", "--data.image_size"]


@pytest.fixture
def photos(tmp_path):
    """A folder with three pictures."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        Image.new("RGB", (40, 50), (number, 0, 0)).save(folder / f"{number}.png")
    return folder


IMPOSSIBLE = [
    (["--config", "dcgan_64", "--data-dir", "{photos}", "--data.image_size", "30"], "dcgan makes images with sides of"),
    (
        ["--config", "dcgan_64", "--data-dir", "{photos}", "--generator.kernel", "3"],
        "generator.name: dcgan needs an even",
    ),
    (
        ["--config", "dcgan_64", "--data-dir", "{photos}", "--data.classes", "[cat]"],
        "have no labels; sort",
    ),
    (
        ["--config", "dcgan_64", "--data-dir", "{photos}", "--batch-size", "4"],
        "4 is out of range; the data set holds 3 im",
    ),
    (
        ["--config", "dcgan_64", "--data-dir", "{photos}", "--data.background", "blak"],
        "data.background: 'blak' is not a col",
    ),
    (["--config", "dcgan_64", "--data-dir", "{photos}/none"], "does not exist"),
    (["--data.image_size", "16"], "data.image_size: 16 is out of range; allowed for this data set: 28 to 1024"),
    (["--data.source", "cifar10", "--data.classes", "[cow]"], "data.classes: no class cow; there are airplane (0)"),
    (["--data.limit", "40"], "train.batch_size: 128 is out of range; the data set holds 40 images"),
    ([*SYNTHETIC, "--batch-size", "4096"], "train.batch_size: 4096 is out of range; the data set holds 2000 images"),
    ([*SYNTHETIC, *DCGAN, "30"], "generator.name: dcgan makes images with sides of 4 to 7 pixels times 2, 4, 8, ..."),
    (
        [*SYNTHETIC, "--discriminator.name", "cnn", "--discriminator.kernel", "8"],
        "discriminator.name: cnn needs larger",
    ),
    ([*SYNTHETIC, "--generator.name", "cnn", "--data.image_size", "33"], "generator.name: cnn makes images with even"),
    ([*SYNTHETIC, "--procedure.objective", "hinge", "--procedure.label_noise", "0.1"], "hinge has no labels"),
    ([*SYNTHETIC, "--procedure.objective", "relativistic", "--procedure.loss", "mean"], "is one mean over pairs"),
    ([*SYNTHETIC, "--procedure.fakes", "shared", "--procedure.d_steps", "2"], "updates need fresh images"),
    ([*SYNTHETIC, "--precision", "fp16"], "--precision fp16: only for GPU and Ascend"),
    ([*SYNTHETIC, "--train.sync_batch_norm", "true"], "train.sync_batch_norm: MindSpore has it on Ascend only"),
    ([*SYNTHETIC, "--metrics.features", "none.onnx"], "metrics.features: "),
    ([*SYNTHETIC, "--output", "{photos}"], "is not empty"),
    ([*SYNTHETIC, "--output", "{photos}/0.png/run"], "cannot be written to"),
]


@pytest.fixture
def refused(capsys, monkeypatch, photos):
    """Runs a command that is to be refused before data are read; what it says."""

    def refused(command, argv):
        monkeypatch.setattr(data, "load", lambda *_: pytest.fail("data were read"))
        assert command(["--device", "CPU", *[part.format(photos=photos) for part in argv]]) == 2
        return capsys.readouterr().err

    return refused


@pytest.mark.parametrize("argv, told", IMPOSSIBLE, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_impossible_is_refused_before_data_are_read(refused, photos, argv, told):
    before = sorted(photos.parent.rglob("*"))
    assert told in refused(train, argv)
    assert told in refused(train, [*argv, "--dry-run"])
    assert sorted(photos.parent.rglob("*")) == before


@pytest.mark.parametrize("argv, told", [IMPOSSIBLE[i] for i in (0, 3, 13, 19)])
def test_the_launcher_refuses_it_once_for_all_workers(refused, monkeypatch, argv, told):
    monkeypatch.setattr("ms_gan.cli.launch.Job", lambda plan: pytest.fail("workers were started"))
    assert told in refused(launch, [*argv, "--workers", "1"])


def test_no_mindspore_is_imported_for_it():
    code = (
        "import sys; from ms_gan.cli.train import main; code = main(sys.argv[1:]);"
        "sys.exit(10 if 'mindspore' in sys.modules else code)"
    )
    argv = [*SYNTHETIC, *DCGAN, "30"]
    assert subprocess.run([sys.executable, "-c", code, *argv], capture_output=True).returncode == 2


@pytest.mark.parametrize(
    "options",
    [
        {"source": "synthetic", "limit": 5},
        {"source": "synthetic", "limit": 5, "image_size": 32, "channels": "rgb"},
        {"source": "folder", "image_size": 16},
        {"source": "folder", "channels": "grey", "limit": 2},
        {"source": "folder"},
    ],
)
def test_what_is_expected_is_what_is_read(options, photos, monkeypatch, tmp_path):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    config = DataConfig(**options, dir=str(photos))
    images = data.load(config, 0).images
    found = expected(config)
    assert (found.shape, found.most) == (images.shape[1:], len(images))


def test_nothing_is_promised_of_files_that_are_not_there():
    assert expected(DataConfig()) == ((1, 28, 28), None)
    assert expected(DataConfig(source="cifar10", classes=["frog"], channels="grey")) == ((1, 32, 32), None)
    assert expected(DataConfig(source="fashion_mnist", limit=10)).most == 10


def test_objectives_and_families_are_all_known(device):
    from ms_gan.models import GENERATORS
    from ms_gan.training.adversarial.losses import OBJECTIVES

    assert {*LABELLED, *PAIRED} < {*OBJECTIVES}
    assert {*RULES} < {*GENERATORS}
    assert Config().procedure.objective in LABELLED
