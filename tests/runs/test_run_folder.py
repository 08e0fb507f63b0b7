import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ms_gan.runs.run_folder import RunFolder, create
from ms_gan.tasks.latent import Config
from tests.refusals import failed, refused

CREATOR = """
import sys, time
from ms_gan.tasks.latent import Config
from ms_gan.errors import GanError
from ms_gan.runs.run_folder import create
config = Config()
config.output = sys.argv[1] or None
try:
    folder = create(config)
    print(folder.path, flush=True)
    time.sleep(60)
except GanError as error:
    print(f"refused: {error}", flush=True)
"""


def creators(count, output, place):
    command = [sys.executable, "-c", CREATOR, str(output)]
    return [subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, text=True) for _ in range(count)]


def end(processes):
    for process in processes:
        process.kill()
        process.communicate()


def config_for(path):
    config = Config()
    config.output = str(path)
    return config


def test_of_two_at_once_in_one_folder_one_is_refused_until_the_other_is_dead(tmp_path):
    both = creators(2, tmp_path / "run", tmp_path)
    try:
        told, path = sorted((process.stdout.readline().strip() for process in both), reverse=True)
        assert path == str(tmp_path / "run")
        assert "another process is already training" in told or "holds another run" in told
        with failed("taken"):
            RunFolder(path).claim()
    finally:
        end(both)
    folder = RunFolder(path)
    folder.claim()
    folder.release()
    with refused("--output", says="holds another run"):
        create(config_for(path))


def test_two_at_once_without_a_folder_get_two(tmp_path):
    both = creators(2, "", tmp_path)
    try:
        paths = {process.stdout.readline().strip() for process in both}
        assert sorted(path[-2:] for path in paths) == ["-1", "-2"]
    finally:
        end(both)


def test_a_folder_in_which_a_process_died_before_it_wrote_anything_is_empty(tmp_path):
    (tmp_path / ".lock").write_text("")
    (tmp_path / f".config.elsewhere+{2**22 + 1}.tmp.yaml").write_text("half")
    folder = create(config_for(tmp_path))
    assert folder.config.is_file()
    folder.release()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("")
    with refused("--output", says="is not empty"):
        create(config_for(tmp_path / "mine"))


@pytest.mark.parametrize("answer", [errno.ENOLCK, errno.ENOTSUP])
def test_a_file_system_without_locks_is_told_of_and_goes_on(tmp_path, monkeypatch, capsys, answer):
    def flock(handle, operation):
        raise OSError(answer, os.strerror(answer))

    monkeypatch.setattr(fcntl, "flock", flock)
    folder = create(config_for(tmp_path / "run"))
    assert folder.config.is_file()
    assert "its file system has no locks" in capsys.readouterr().out
    folder.release()
    monkeypatch.setattr(fcntl, "flock", lambda handle, operation: os.fstat(-1))  # any other error
    with failed("unwritable"):
        RunFolder(folder.path).claim()


def test_what_was_written_before_the_first_checkpoint_goes(tmp_path):
    folder = create(config_for(tmp_path / "run"))
    for path in (folder.log, folder.samples / "real.png", folder.generator):
        path.write_text("")
    folder.clear()
    folder.release()
    assert {path.name for path in Path(folder.path).iterdir()} == {".lock", "config.yaml", "checkpoints"}


@pytest.mark.parametrize("recipe", ["faces/v2", "..", "a" * 300])
def test_a_recipe_that_names_no_folder_is_refused_by_its_name(tmp_path, monkeypatch, recipe):
    monkeypatch.chdir(tmp_path)
    with refused("recipe"):
        create(Config(recipe=recipe))
    assert not list(tmp_path.iterdir())
