import numpy as np
import pytest

from ms_gan.config.network_sections import LatentConfig
from ms_gan.generators.latent_list import LatentList, read_latents, save_latents
from ms_gan.generators.latents import sample_latents
from tests.refusals import failed, refused

LATENT = LatentConfig(width=4)


def test_latents_of_a_file_come_first_then_those_of_each_seed():
    stored = np.ones((3, 4), np.float32)
    latents = LatentList(LATENT, stored, [7, 5], each=70)
    expected = np.concatenate([stored, sample_latents(7, 0, 70, LATENT), sample_latents(5, 0, 70, LATENT)])
    assert len(latents) == 143
    assert np.array_equal(latents.part(0, 143), expected)
    for start, count in ((0, 2), (2, 64), (72, 2), (74, 69), (100, 500), (143, 5)):
        assert np.array_equal(latents.part(start, count), expected[start : start + count])


def test_latents_on_disk_come_back(tmp_path):
    latents = sample_latents(0, 0, 2, LATENT)
    save_latents(latents, tmp_path / "two.npy")
    assert np.array_equal(read_latents(tmp_path / "two.npy", LATENT), latents)
    np.save(tmp_path / "one.npy", latents[0].astype(np.float64))
    assert np.array_equal(read_latents(tmp_path / "one.npy", LATENT), latents[:1])


@pytest.mark.parametrize(
    "stored, message",
    [
        (np.zeros((2, 5)), r"float64 \(2, 5\); latents of this generator are numbers \(N, 4\)"),
        (np.zeros((0, 4)), "N 1 or more"),
        (np.zeros((1, 1, 4)), "finite numbers"),
        (np.full((1, 4), 1e300), "finite numbers"),
        (np.float64(3), "latents of this generator"),
        (np.array(["a"] * 4), "latents of this generator"),
    ],
)
def test_arrays_that_are_no_latents(tmp_path, stored, message):
    np.save(tmp_path / "a.npy", stored)
    with refused(code="mismatch", says=message):
        read_latents(tmp_path / "a.npy", LATENT)


def test_files_that_are_no_arrays(tmp_path):
    np.save(tmp_path / "claims.npy", np.zeros((1000, 4)))
    whole = (tmp_path / "claims.npy").read_bytes()
    np.save(tmp_path / "objects.npy", np.array([{}] * 4))
    np.savez(tmp_path / "several.npz", a=np.zeros(4))
    (tmp_path / "several.npz").rename(tmp_path / "several.npy")
    contents = {"cut": whole[:500], "text": b"no array", "empty": b"", "header": whole[:20] + b"(" * 30 + whole[50:]}
    for name, content in contents.items():
        (tmp_path / f"{name}.npy").write_bytes(content)
    for name in (*contents, "objects", "several"):
        with failed("damaged", says=f"{name}.npy: "):
            read_latents(tmp_path / f"{name}.npy", LATENT)
