"""The generators that come with the package: each makes what it made, and a damaged one is told as such."""

import shutil

import numpy as np
import pytest

from ms_gan.errors import GanError, UsageError
from ms_gan.zoo.entries import ENTRY, GENERATOR, PICTURES, PLACE, entries, find, located, names

MOST_BYTES = 12_000_000  # of all entries together: they are in every wheel
LEVELS = 2  # of 255: what another processor's sums may change


def test_they_are_small_and_say_what_they_are():
    assert "cdcgan_mnist" in names() and sum(file.stat().st_size for file in PLACE.glob("*/*")) < MOST_BYTES
    for entry in entries():
        assert entry.deviation <= 1 and entry.licence and entry.command.startswith("python train.py --config ")
        assert entry.quality[-1]["name"] in entry.in_words() and entry.protocol.startswith("eval.py: ")


@pytest.mark.parametrize("entry", entries(), ids=names())
def test_each_makes_the_pictures_that_it_made(device, entry):
    from ms_gan.generators.sampling import open_generator
    from ms_gan.zoo.drawing import drawn

    kept = entry.pictures()
    given = None if "given" not in kept else kept["given"][:2]
    images = drawn(open_generator(located(f"zoo:{entry.name}")), given)
    assert images.std() > 20  # not one colour
    assert np.abs(images.astype(int) - kept["made"][: len(images)]).max() <= LEVELS


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"^zoo:mnist: is not in the zoo; it holds .*cdcgan_mnist, "):
        located("zoo:mnist")
    with pytest.raises(UsageError, match="zoo:../metrics"):
        located("zoo:../metrics")
    assert located(None) is None and located("runs/zoo") == "runs/zoo"


def test_a_damaged_entry_is_one_sentence(tmp_path):
    name = "cdcgan_mnist"
    shutil.copytree(PLACE / name, tmp_path / name)
    entry, folder = find(name, tmp_path), tmp_path / name
    assert entry.file(tmp_path) == folder / GENERATOR
    content = bytearray((folder / GENERATOR).read_bytes())
    content[1000] ^= 1
    (folder / GENERATOR).write_bytes(content)
    with pytest.raises(GanError, match=r"^zoo:cdcgan_mnist: damaged: generator.ckpt is not what .*; install ms_gan"):
        entry.file(tmp_path)
    (folder / GENERATOR).unlink()
    (folder / PICTURES).write_bytes(b"PK")
    (folder / ENTRY).write_text("{}")
    for read in (lambda: entry.file(tmp_path), lambda: entry.pictures(tmp_path), lambda: find(name, tmp_path)):
        with pytest.raises(GanError, match="damaged: .* cannot be read, "):
            read()
