"""Runs that begin with networks of another one."""

import numpy as np
import pytest

from ms_gan.config.parser import known_recipes, read_yaml
from ms_gan.errors import UsageError
from ms_gan.generators.weights import load_weights
from ms_gan.systems.latent.build import build_system
from ms_gan.tasks.latent import Config
from ms_gan.training.checkpoint import newest_checkpoint
from ms_gan.training.initial import begin_with
from ms_gan.zoo.entries import find
from tests.conftest import tiny_config

SHAPE = (1, 28, 28)


def weights(system):
    networks = system.networks.values()
    return {p.name: p.asnumpy().copy() for network in networks for p in network.get_parameters()}


def test_networks_of_a_run_are_taken_and_optimizers_begin_anew(trained, capsys):
    system = build_system(tiny_config(), SHAPE)
    begin_with(str(trained), system)
    kept, _ = load_weights(newest_checkpoint(trained / "checkpoints"))
    found = weights(system)
    assert all(np.array_equal(value, kept[name].asnumpy()) for name, value in found.items())
    assert int(system.step.step.asnumpy()) == 0 < int(kept["step"].asnumpy())
    assert f"begins with {len(found)} parameters of the networks of {trained}\n" in capsys.readouterr().out


def test_what_does_not_fit_is_named_and_begins_anew(trained, capsys):
    config = tiny_config()
    config.generator.hidden = [12, 20]
    system = build_system(config, SHAPE)
    before = weights(system)
    begin_with(str(trained / "generator.ckpt"), system)
    after, (kept, _) = weights(system), load_weights(trained / "generator.ckpt")
    assert np.array_equal(after["generator.layers.0.weight"], kept["generator.layers.0.weight"].asnumpy())
    assert np.array_equal(after["generator_ema.layers.0.weight"], kept["generator.layers.0.weight"].asnumpy())
    assert np.array_equal(after["generator.layers.2.weight"], before["generator.layers.2.weight"])
    assert "do not fit and begin anew: generator.layers.2.weight" in capsys.readouterr().out


def test_values_in_half_precision_are_taken(device, capsys):
    config = read_yaml(Config, known_recipes()["cdcgan_mnist"])
    config.discriminator.channels = 8
    system, path = build_system(config, (1, 32, 32), classes=10), find("cdcgan_mnist").file()
    begin_with(str(path), system)
    found, (kept, _) = weights(system), load_weights(path)
    for name, value in kept.items():
        assert found[name].dtype == np.float32 and np.array_equal(found[name], value.asnumpy()), name
    assert any(value.asnumpy().dtype == np.float16 for value in kept.values())
    assert "do not fit and begin anew: discriminator." in capsys.readouterr().out


@pytest.mark.parametrize("place, why", [("", "holds no checkpoint"), ("/none", "no such run or file")])
def test_what_is_no_run_is_refused(tmp_path, place, why, device):
    with pytest.raises(UsageError, match=f"^--init-from .*{why}"):
        begin_with(f"{tmp_path}{place}", build_system(tiny_config(), SHAPE))
