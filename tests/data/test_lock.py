import subprocess
import sys

from ms_gan.data.lock import held
from ms_gan.files import whole_file

HOLDER = """
import sys, time
from pathlib import Path
from ms_gan.data.lock import held
from ms_gan.files import whole_file
folder = Path(sys.argv[1])
with held(folder, "making it"):
    with whole_file(folder / "made.npz") as temporary:
        temporary.write_text("half")
        print("half made", flush=True)
        time.sleep(60)
"""


def test_a_killed_process_lets_go_and_what_it_left_is_removed(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    waiter = None
    try:
        assert holder.stdout.readline() == "half made\n"
        waiter = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert waiter.stderr.readline() == "Another process is making it; waiting for it\n"
        holder.kill()
        assert waiter.stdout.readline() == "half made\n"
    finally:
        for process in filter(None, (holder, waiter)):
            process.kill()
            process.communicate()
    with held(tmp_path, "making it"), whole_file(tmp_path / "made.npz") as temporary:
        temporary.write_text("whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "made.npz"]
