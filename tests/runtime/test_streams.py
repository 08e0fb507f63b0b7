import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ms_gan.runtime.streams import steady

ROOT = Path(__file__).resolve().parents[2]


SAYS = """
import sys
from tqdm import tqdm
from ms_gan.runtime.run_command import run_command

def work(argv):
    for number in range(3000):
        print("step", number, flush=number % 2 == 0)
        tqdm.write("note", file=sys.stderr)
    open(argv[0], "w").write("saved")
    return 0

sys.exit(run_command(work, sys.argv[1:]))
"""


def run(target, **streams):
    return subprocess.run([sys.executable, "-c", SAYS, str(target)], cwd=ROOT, **streams)


def test_a_reader_that_goes_away_stops_nothing(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    done = run(tmp_path / "a", stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert done.returncode == 0 and (tmp_path / "a").read_text() == "saved"
    assert set(done.stderr.split()) == {b"note"}


def test_a_full_disk_stops_nothing(tmp_path):
    with open("/dev/full", "w") as full:
        done = run(tmp_path / "a", stdout=full, stderr=full)
    assert done.returncode == 0 and (tmp_path / "a").read_text() == "saved"


def test_closed_streams_stop_nothing_and_no_file_gets_their_numbers(tmp_path):
    command = f'"{sys.executable}" -c "$1" "$2" >&- 2>&- <&-'
    done = subprocess.run(["bash", "-c", command, "bash", SAYS, str(tmp_path / "a")], cwd=ROOT)
    assert done.returncode == 0 and (tmp_path / "a").read_text() == "saved"


@pytest.mark.parametrize("name", ["Zoë", "\udce9", "\U0001f438"])
def test_what_an_encoding_lacks_is_spelt_out(monkeypatch, name):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    with steady():
        print(name)
    assert stream.buffer.getvalue().decode() == name.encode("ascii", "backslashreplace").decode() + "\n"
