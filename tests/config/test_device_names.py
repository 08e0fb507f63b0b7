import pytest

from ms_gan.cli.eval import EvalOptions
from ms_gan.cli.explore import ExploreOptions
from ms_gan.cli.export import ExportOptions
from ms_gan.cli.features import FeaturesOptions
from ms_gan.cli.infer_options import InferOptions
from ms_gan.config.device_names import device_name, split_name
from ms_gan.config.parser import make_parser, parse, read_yaml, write_yaml
from ms_gan.errors import UsageError
from ms_gan.tasks.latent import Config
from tests.refusals import refused

COMMANDS = (Config, InferOptions, EvalOptions, ExportOptions, ExploreOptions, FeaturesOptions)


@pytest.mark.parametrize(
    "text, meant",
    [
        ("gpu", "GPU"), ("cuda", "GPU"), ("CUDA", "GPU"), ("npu", "Ascend"), ("Npu", "Ascend"), ("cpu", "CPU"),
        ("AUTO", "auto"), ("cuda:1", "GPU:1"), ("gpu:0", "GPU:0"), ("npu:07", "Ascend:7"), ("ascend:3", "Ascend:3"),
    ],
)  # fmt: skip
def test_what_is_meant(text, meant):
    assert device_name(text) == meant
    assert device_name(meant) == meant


@pytest.mark.parametrize(
    "text", ["cpu:1", "auto:0", "gpu:", "gpu:-1", "gpu:one", "gpu:1:1", "gpu:٣", "TPU", "", "cuda1"]
)
def test_what_means_nothing(text):
    with pytest.raises(ValueError):
        device_name(text)


def test_names_and_numbers():
    assert split_name("GPU") == ("GPU", None)
    assert split_name("Ascend:12") == ("Ascend", 12)


@pytest.mark.parametrize("cls", COMMANDS)
def test_every_command_takes_the_same_names(cls):
    def device(*argv):
        return parse(make_parser(cls, "command.py", ""), cls, list(argv))[0].device

    assert device() == "auto"
    assert device("--device", "cuda:1") == "GPU:1"
    assert device("--device=npu") == "Ascend"
    with pytest.raises(UsageError) as caught:
        device("--device", "gpus")
    assert str(caught.value) == "device: 'gpus' is not allowed; allowed: auto, CPU, GPU, Ascend; did you mean GPU?"


def test_files_take_them_too(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("device: cuda:1\n")
    found = read_yaml(Config, file)
    assert found.device == "GPU:1"
    file.write_text(write_yaml(found))
    assert read_yaml(Config, file) == found
    for wrong in ("device: tpu", "device: [gpu]", "device: 1"):
        file.write_text(wrong)
        with refused("device"):
            read_yaml(Config, file)
