import dataclasses

import pytest

from ms_gan.config.schema import allowed, check_ranges, fill, leaves
from ms_gan.tasks.latent import Config
from tests.refusals import refused


def test_every_option_says_what_it_is():
    for key, f, _ in leaves(Config()):
        assert f.metadata["help"], key


def test_every_number_has_a_range():
    for key, f, value in leaves(Config()):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            assert allowed(f), key


@pytest.mark.parametrize(
    "group, name, value, message",
    [
        ("train", "epochs", 0, "train.epochs: 0 is out of range; allowed: 1 to 1000000"),
        ("generator", "hidden", [64, -1], "generator.hidden: -1 is out of range; allowed: 1 to 65536 units"),
        ("ema", "decay", float("nan"), "ema.decay: nan is out of range"),
    ],
)
def test_a_value_out_of_range_is_named(group, name, value, message):
    config = Config()
    setattr(getattr(config, group), name, value)
    with refused(f"{group}.{name}", says=message):
        check_ranges(config)


def test_fill_undoes_asdict():
    config = Config(seed=3)
    config.generator.hidden = [5]
    assert fill(Config, dataclasses.asdict(config)) == config
