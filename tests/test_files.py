import errno
import os
import random
import subprocess
import sys
import time

import pytest

from ms_gan import files
from ms_gan.files import (
    UNFINISHED,
    CannotWrite,
    as_size,
    free_space,
    remove_unfinished,
    whole_file,
    whole_folder,
    write_text,
)
from tests.refusals import failed

WRITER = """
import sys
from ms_gan.files import whole_file
path, number = sys.argv[1], 0
print("ready", flush=True)
while True:
    number += 1
    with whole_file(path) as temporary, open(temporary, "w") as file:
        for _ in range(2000):
            file.write(f"{number}\\n")
"""


def test_a_killed_writer_leaves_whole_files_and_what_it_left_is_cleared_away(tmp_path):
    (tmp_path / "writer.py").write_text(WRITER)
    path, chance, unfinished = tmp_path / "file.txt", random.Random(0), 0
    for _ in range(12):
        process = subprocess.Popen([sys.executable, str(tmp_path / "writer.py"), str(path)], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(chance.uniform(0.02, 0.06))
        process.kill()
        process.communicate()
        lines = path.read_text().splitlines() if path.exists() else []
        assert not lines or (len(lines) == 2000 and len(set(lines)) == 1)
        unfinished += len(list(tmp_path.glob(".*.tmp*")))
        remove_unfinished(tmp_path)
        assert sorted(p.name for p in tmp_path.iterdir()) == (["file.txt"] if lines else []) + ["writer.py"]
    assert unfinished


def test_only_what_nobody_writes_any_more_is_cleared_away(tmp_path):
    host = files._host()
    with whole_file(tmp_path / "mine.png") as temporary:
        temporary.write_text("")
        assert files.UNFINISHED.fullmatch(temporary.name)
        other = subprocess.Popen(["sleep", "60"])
        (tmp_path / "below").mkdir()
        names = {f".a.{host}+{other.pid}.tmp.png", f".a.elsewhere+{2**22 + 1}.tmp", ".a.tmp", "a.tmp.png", ".hidden"}
        left = {f".a.{host}+{2**22 + 1}.tmp.png", f"below/.a.{host}+{2**22 + 1}.tmp", ".old.elsewhere+1.tmp.ckpt"}
        for name in names | left:
            (tmp_path / name).write_text("")
        long_ago = time.time() - 2 * 24 * 3600
        os.utime(tmp_path / ".old.elsewhere+1.tmp.ckpt", (long_ago, long_ago))
        remove_unfinished(tmp_path)
        other.kill()
        other.wait()
        # This process's own name too: it is only asked for before it writes anything, and in a container comes again.
        assert {path.name for path in tmp_path.iterdir()} == names | {"below"}
        temporary.write_text("again")


def test_what_cannot_be_written_leaves_the_old_file_and_says_how_much_is_free(tmp_path):
    path = tmp_path / "file.txt"
    write_text(path, "old")
    with pytest.raises(CannotWrite, match=r"file.txt: cannot be written \(No space left on device; .* free there\)"):  # noqa: SIM117
        with whole_file(path) as temporary:
            temporary.write_text("half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert path.read_text() == "old" and len(list(tmp_path.iterdir())) == 1
    with failed("unwritable"):
        write_text(path / "below.txt", "new")


def test_sizes_for_people_and_the_space_of_a_folder_that_is_not_there_yet(tmp_path):
    assert [as_size(size) for size in (999, 12_345, 3_210_000, 40_000_000_000)] == [
        "999 bytes", "12.3 kB", "3.21 MB", "40 GB"
    ]  # fmt: skip
    assert free_space(tmp_path / "a" / "b") > 0


def test_a_folder_appears_whole_and_what_a_killed_process_left_beside_it_goes(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / f".images.{files._host()}+{dead.pid}.tmp"
    left.mkdir()
    (left / "00000.png").write_text("")
    with whole_folder(tmp_path / "images") as draft:
        (draft / "00000.png").write_text("new")
        assert UNFINISHED.fullmatch(draft.name) and not (tmp_path / "images").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["images"]
    with failed("unwritable", says="images: "), whole_folder(tmp_path / "images") as draft:
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["images"]


def test_a_text_with_a_name_in_another_encoding_is_written(tmp_path):
    files.write_text(tmp_path / "page.html", os.fsdecode(b"caf\xe9 und \xc3\xa9"))
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "caf\\udce9 und é"
