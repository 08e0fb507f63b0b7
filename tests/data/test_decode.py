import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ms_gan.data.decode import Unreadable, decode

WHITE = (255, 255, 255)
# Red above, blue below: a picture that shows which way up it is.
FLAG = np.zeros((40, 40, 3), np.uint8)
FLAG[:20, :, 0] = FLAG[20:, :, 2] = 255


def save(path, image, **how):
    image.save(path, **how)
    return path


def seen(path, side=8, channels=3, background=WHITE):
    return decode(path, side, channels, background)[0].astype(int)


def close(pixels, expected, by=2):
    return np.abs(pixels - np.reshape(expected, (-1, *[1] * (pixels.ndim - 1)))).max() <= by


def noise():
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8))


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "gif", "webp", "tiff", "ppm", "tga", "jp2", "ico"])
def test_every_format_and_mode_shows_the_same_flag(tmp_path, ending):
    written = []
    for mode in ("RGB", "L", "P", "1", "CMYK", "RGBA", "LA"):
        grey = mode in ("L", "1", "LA")
        picture = Image.fromarray(FLAG.max(2) if grey else FLAG).convert(mode)
        try:
            path = save(tmp_path / f"{mode}.{ending}", picture)
        except (OSError, ValueError):
            continue  # Pillow does not write this format in this mode
        pixels = seen(path)
        above, below = (WHITE, WHITE) if grey else ((255, 0, 0), (0, 0, 255))
        assert pixels.shape == (3, 8, 8)
        assert close(pixels[:, :3], above, 4) and close(pixels[:, 5:], below, 4), mode
        written.append(mode)
    assert "RGB" in written


@pytest.mark.parametrize("mode, levels", [("I;16", 65535), ("I", 65535), ("F", 1.0), ("F", 255.0)])
def test_deep_grey_keeps_its_range(tmp_path, mode, levels):
    ramp = np.linspace(0, levels, 64).reshape(8, 8)
    kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
    path = save(tmp_path / "deep.tiff", Image.fromarray(ramp.astype(kind)))
    assert np.abs(seen(path, channels=1)[0] - np.linspace(0, 255, 64).reshape(8, 8)).max() <= 1


def test_a_16_bit_png_keeps_its_range(tmp_path):
    path = save(tmp_path / "deep.png", Image.fromarray(np.full((8, 8), 32768, np.uint16)))
    assert close(seen(path, channels=1), 128, 1)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_alpha_is_put_over_the_background(tmp_path, mode):
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    if mode == "P":
        clear = Image.new("P", (8, 8), 0)
        clear.info["transparency"] = 0
    path = save(tmp_path / "clear.png", clear.convert(mode))
    assert close(seen(path, background=(10, 200, 30)), (10, 200, 30))


def test_half_transparent_is_half_background_and_hidden_colours_do_not_bleed(tmp_path):
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[..., 0], pixels[..., 3] = 255, 128
    assert close(seen(save(tmp_path / "half.png", Image.fromarray(pixels))), (255, 127, 127))
    pixels[:, ::2] = (0, 255, 0, 0)
    pixels[:, 1::2] = (255, 0, 0, 255)
    assert close(seen(save(tmp_path / "stripes.png", Image.fromarray(pixels)))[1], 127, 25)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tiff"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_picture_upright(tmp_path, orientation, ending):
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what a camera held like this would have stored
    stored = Image.fromarray(FLAG)
    if orientation > 1:
        stored = stored.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = seen(save(tmp_path / f"turned.{ending}", stored, exif=exif, quality=95))
    assert close(pixels[:, :3], (255, 0, 0), 8) and close(pixels[:, 5:], (0, 0, 255), 8)


def test_the_centre_is_cropped_whatever_the_shape(tmp_path):
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 255
    assert close(seen(save(tmp_path / "wide.png", Image.fromarray(wide)), side=20), WHITE)
    assert close(seen(save(tmp_path / "tall.png", Image.fromarray(wide.transpose(1, 0, 2))), side=20), WHITE)


def test_scaling_down_is_antialiased(tmp_path):
    checks = np.indices((256, 256)).sum(0) % 2 * 255
    path = save(tmp_path / "checks.png", Image.fromarray(checks.astype(np.uint8)))
    assert close(seen(path, channels=1), 127, 3)


def test_a_picture_of_the_right_size_is_kept_to_the_bit(tmp_path):
    np.testing.assert_array_equal(seen(save(tmp_path / "noise.png", noise())), np.asarray(noise()).transpose(2, 0, 1))


def test_enlarging_is_reported(tmp_path):
    path = save(tmp_path / "small.png", noise())
    assert decode(path, 9, 3, WHITE)[1] and not decode(path, 8, 3, WHITE)[1]


def test_a_large_jpeg_is_not_reported_as_enlarged(tmp_path):
    path = save(tmp_path / "large.jpg", noise().resize((4000, 20)))
    assert not decode(path, 20, 3, WHITE)[1] and decode(path, 21, 3, WHITE)[1]


def png_of(width, height):
    """A PNG whose header promises more than it holds."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1 << 20))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("width", [10_000, 100_000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_before_it_is_decoded_and_the_option_is_named(tmp_path, width):
    (tmp_path / "bomb.png").write_bytes(png_of(width, 10_000))
    with pytest.raises(Unreadable, match="data.max_pixels"):
        seen(tmp_path / "bomb.png")


DAMAGES = {
    "empty": lambda whole: b"",
    "text": lambda whole: b"text",
    "cut": lambda whole: whole[: len(whole) // 2],
    "one byte": lambda whole: whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_broken_file_says_why_and_for_good(tmp_path, damage):
    path = save(tmp_path / "broken.png", noise().resize((100, 100)))
    assert seen(path).any()
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Unreadable) as caught:
        seen(path)
    assert str(caught.value) and caught.value.lasting


def test_a_file_that_is_gone_may_come_back(tmp_path):
    with pytest.raises(Unreadable) as caught:
        seen(tmp_path / "gone.png")
    assert not caught.value.lasting


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(evil) run\n"


@pytest.mark.parametrize("content", [EPS, b"%PDF-1.4\n", b"SIMPLE  =                    T"], ids=["EPS", "PDF", "FITS"])
def test_what_a_file_holds_decides_not_what_it_is_called(tmp_path, monkeypatch, content):
    """Pillow would hand EPS to Ghostscript whatever the name says."""
    (tmp_path / "picture.png").write_bytes(content)
    monkeypatch.setattr("subprocess.check_call", lambda *_, **__: pytest.fail("another program was started"))
    with pytest.raises(Unreadable, match="cannot identify image file"):
        seen(tmp_path / "picture.png")


def test_deep_grey_is_decoded_in_bands_with_the_same_result(tmp_path, monkeypatch):
    pixels = np.random.default_rng(0).integers(0, 65536, (50, 41), np.uint16)
    path = save(tmp_path / "deep.png", Image.fromarray(pixels))
    whole = seen(path, side=16)
    monkeypatch.setattr("ms_gan.data.pixel_range.BAND_ROWS", 7)
    assert np.array_equal(seen(path, side=16), whole)


def test_a_picture_is_cropped_to_the_shape_of_the_size(tmp_path):
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[10:30] = (0, 200, 0)  # the middle half, twice as wide as high
    path = save(tmp_path / "middle.png", Image.fromarray(picture))
    pixels, small = decode(path, "8x16", 3, WHITE)
    assert pixels.shape == (3, 8, 16) and close(pixels.astype(int), (0, 200, 0), 20) and not small
    assert decode(path, "16x8", 3, WHITE)[0][1, 0].max() < 20  # the top row is black: all of the height is there
    assert decode(path, "8x41", 3, WHITE)[1] and decode(path, "41x8", 3, WHITE)[1]
    assert np.array_equal(decode(path, "8x8", 3, WHITE)[0], decode(path, 8, 3, WHITE)[0])
