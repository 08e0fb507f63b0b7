"""Kernels for GPU and Ascend of steps whose graphs take long to compile: python -m pytest tests/soak/test_kernels.py"""

import importlib

import numpy as np
import pytest

from ms_gan import tasks
from ms_gan.config.parser import make_parser, parse
from ms_gan.data import load
from ms_gan.data.map_data import MapData
from ms_gan.data.maps import Legend
from ms_gan.runtime.workers import Workers
from ms_gan.tasks.latent import Config
from tests.paths import ROOT
from tests.training.device_ops import compile_cell, compile_step
from tests.training.test_device_ops import check, family

pytestmark = pytest.mark.usefixtures("device")
MODERN = {
    "fastgan": ["--procedure.objective", "hinge"],
    "r3gan": ["--procedure.objective", "relativistic", "--regularise.r1", "1", "--regularise.r2", "1"],
}


@pytest.mark.parametrize("name", MODERN)
def test_every_op_of_a_family_has_kernels(name, own_kernels):
    flags = [*family(name), *MODERN[name], "--batch-size", "4"]
    config, _ = parse(make_parser(Config, "", ""), Config, flags)
    check(compile_step(config, (3, 32, 32)))


def parsed(task, flags):
    return parse(make_parser(task.config, "", "", yaml_files=True), task.config, flags)[0]


def check_step(task, config, data):
    system, inputs = importlib.import_module(task.module).build(config, data, Workers())
    check(compile_cell(system.step, inputs(0)))


def test_every_op_of_a_step_of_maps_has_kernels(own_kernels):
    task = tasks.find("map")
    config = parsed(task, ["--generator.channels", "4", "--discriminator.channels", "4", "--batch-size", "2"])
    pictures, maps = np.zeros((4, 3, 32, 32), np.uint8), np.zeros((4, 32, 32), np.uint8)
    legend = Legend(("sea", "land"), ((0, 0, 255), (0, 255, 0)))
    check_step(task, config, MapData(pictures, None, "", "", maps=maps, legend=legend, names=("a", "b", "c", "d")))


def test_every_op_of_a_step_of_attacks_has_kernels(own_kernels):
    task = tasks.find("attack")
    path = str(ROOT / "configs" / "advgan_mnist.yaml")
    config = parsed(task, ["--config", path, "--data.source", "synthetic", "--batch-size", "4"])
    check_step(task, config, load(config.data, 0))
