"""What becomes of a precision. The part of processors with AMX is played; neither a GPU nor an Ascend is tried."""

import os
import subprocess
import sys
from types import SimpleNamespace

import mindspore as ms
import pytest

from ms_gan.models import layers
from ms_gan.runtime import environment, precision, start
from tests.refusals import failed, refused

pytestmark = pytest.mark.usefixtures("device")
MODE, OLD_MODE = environment.MATHS_MODES


@pytest.fixture
def variables(monkeypatch):
    """The environment, empty."""
    empty = {}
    monkeypatch.setattr(environment.os, "environ", empty)
    return empty


def test_bf16_sets_the_maths_mode_unless_the_user_has(variables):
    environment.prepare()
    assert MODE not in variables
    environment.prepare("bf16")
    assert variables[MODE] == "BF16"
    for name in (MODE, OLD_MODE):
        variables.clear()
        variables[name] = "STRICT"
        environment.prepare("bf16")
        assert environment.maths_mode() == (name, "STRICT")


@pytest.mark.parametrize(
    "mode, wanted, rounds, line",
    [
        ("", "fp32", True, "float32"),
        ("BF16", "bf16", True, f"bf16 in matrix products ({MODE}=BF16), float32 in all else"),
        ("any", "fp32", True, f"any in matrix products ({MODE}=any), float32 in all else"),
        ("STRICT", "bf16", True, f"float32, not bfloat16: the environment has {MODE}=STRICT"),
        ("BF16", "bf16", False, "float32, not bfloat16: that takes a processor with AMX, and MindSpore 2.9 or later"),
    ],
)
def test_on_a_cpu_the_maths_mode_and_its_kernels_decide(variables, monkeypatch, mode, wanted, rounds, line):
    variables[MODE] = mode
    monkeypatch.setattr(precision, "_products_round", lambda ms: rounds)
    assert precision.set_precision(ms, "CPU", wanted) == ("in matrix products" in line, line)


def test_products_that_round_are_recognised():
    def rounding(a, b):  # to float16, which holds more than bfloat16
        return ms.ops.matmul(a.astype(ms.float16).astype(ms.float32), b)

    played = SimpleNamespace(float32=ms.float32, ops=SimpleNamespace(ones=ms.ops.ones, matmul=rounding))
    assert precision._products_round(played)


def test_fp16_is_not_for_cpus():
    with refused("--precision"):
        start("CPU", precision="fp16")


def test_a_device_that_lacks_the_precision_is_refused():
    """As on MindSpore's CPU, whose layers have float16 and no bfloat16."""
    reduced, line = precision.set_precision(ms, "GPU", "fp16")
    assert not reduced and "losses scaled" in line
    with failed(option="--precision", says="no bfloat16 products on this GPU; use fp16 or fp32"):
        precision.set_precision(ms, "GPU", "bf16")


def test_the_layers_learn_that_products_round(variables, monkeypatch):
    monkeypatch.setattr(precision, "_products_round", lambda ms: True)
    try:
        assert "matrix products" in start("CPU", precision="bf16").precision
        assert layers.batch_norm(4).exact
    finally:
        variables.clear()
        assert start("CPU").precision == "float32"
    assert not layers.batch_norm(4).exact


def test_the_maths_mode_reaches_onednn_and_the_line_says_what_came_of_it():
    environment_ = {k: v for k, v in os.environ.items() if not k.startswith(("ONEDNN_", "DNNL_"))}
    environment_.update(ONEDNN_VERBOSE="1", DNNL_VERBOSE="1", PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    program = "from ms_gan.runtime import start; print('LINE', start('CPU', precision='bf16').precision)"
    done = subprocess.run([sys.executable, "-c", program], env=environment_, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    products = [line for line in done.stdout.splitlines() if ",exec,cpu,matmul," in line]
    assert products
    if "onednn_verbose" in products[0]:  # MindSpore 2.8 has an oneDNN without the mode, which calls itself dnnl
        assert all("attr-fpmath:bf16" in line for line in products)
    assert any("amx" in line for line in products) == ("bf16 in matrix products" in done.stdout)
