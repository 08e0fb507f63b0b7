"""What many tests need: MindSpore on the CPU, a tiny run, a trained folder."""

import sys
from pathlib import Path

import pytest

from ms_gan.config import Config, DataConfig, TrainConfig

sys.path.insert(0, str(Path(__file__).parent / "golden"))


@pytest.fixture(scope="session")
def device():
    """MindSpore, started on the CPU in graph mode."""
    from ms_gan.runtime import start

    return start("CPU")


def tiny_config(**train):
    """A run of two steps an epoch, on drawn digits, with networks that compile quickly."""
    config = Config(data=DataConfig(source="synthetic", limit=40), train=TrainConfig(**{"batch_size": 16, **train}))
    config.latent.width = 8
    config.generator.hidden = [12, 16]
    config.discriminator.hidden = [12]
    return config


TINY_FLAGS = [
    "--device", "CPU", "--data.source", "synthetic", "--data.limit", "40", "--batch-size", "16",
    "--latent.width", "8", "--generator.hidden", "[12,16]", "--discriminator.hidden", "[12]",
]  # fmt: skip


@pytest.fixture(scope="session")
def trained(device, tmp_path_factory):
    """The folder of a finished tiny run of two epochs."""
    from ms_gan.cli.train import main

    folder = tmp_path_factory.mktemp("runs") / "tiny"
    assert main([*TINY_FLAGS, "--epochs", "2", "--output", str(folder)]) == 0
    return folder
