"""A run that version 0.1.0 began, two steps of six, goes on under this version to where that one would have come.

`after_step_6.npz` is the generator of the whole run by version 0.1.0 on one processor; another one rounds differently.
"""

import shutil
from pathlib import Path

import numpy as np

from ms_gan.cli.train import main
from ms_gan.generators.weights import load_weights

HERE = Path(__file__).with_name("version_0_1_0")


def test_a_run_of_version_0_1_0_goes_on(device, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(HERE / "run", run)
    (run / "samples").mkdir(exist_ok=True)
    assert main(["--resume", str(run)]) == 0
    found, card = load_weights(run / "checkpoints" / "step-000000006.ckpt")
    assert card.step == 6
    with np.load(HERE / "after_step_6.npz") as expected:
        assert len(expected.files) > 10
        for name in expected.files:
            assert np.allclose(found[name].asnumpy(), expected[name], atol=1e-5), name
    assert found["optim_d.updates"].asnumpy().dtype == np.int32
