import numpy as np

from ms_gan.pictures.pixels import to_float, to_uint8, unload


def test_every_byte_survives_the_way_there_and_back():
    every = np.arange(256, dtype=np.uint8)
    floats = to_float(every)
    assert floats.dtype == np.float32 and floats[0] == -1 and abs(floats[255] - 1) < 1e-6
    np.testing.assert_array_equal(to_uint8(floats), every)


def test_floats_out_of_range_are_clipped():
    np.testing.assert_array_equal(to_uint8(np.array([-3, 3], np.float32)), [0, 255])


def test_unloaded_pixels_can_be_read_again(tmp_path):
    written = np.random.default_rng(0).integers(0, 256, (64, 1, 64, 64), np.uint8)
    written.tofile(tmp_path / "pixels")
    mapped = np.memmap(tmp_path / "pixels", np.uint8, "r", shape=written.shape)[:, :, ::-1]
    before = mapped.copy()
    unload(mapped)
    np.testing.assert_array_equal(mapped, before)
    unload(before)
    np.testing.assert_array_equal(mapped, before)
