"""python -m pytest -s tests/soak/test_six_ways.py: what scripts/six_ways.sh shows, on this machine's CPU; minutes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]


def test_each_way_ends_in_a_picture(tmp_path):
    command = ["bash", ROOT / "scripts/six_ways.sh", tmp_path / "shown", "--device", "CPU"]
    done = subprocess.run(
        command, env={**os.environ, "MS_GAN_PYTHON": sys.executable}, stdout=subprocess.PIPE, text=True
    )
    print(done.stdout)
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert done.returncode == 0 and len(rows) == 6
    for _, _, picture in rows:
        with Image.open(picture) as image:
            assert np.asarray(image).std() > 1
