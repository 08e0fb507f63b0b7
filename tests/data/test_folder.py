import os
import shutil
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ms_gan.config.data_section import DataConfig
from ms_gan.data import Batches, decoded, load, walk
from ms_gan.data.decode import formats
from ms_gan.data.folder import find_pictures, printable
from ms_gan.data.inspect import main as inspect
from ms_gan.explorer.studio import animation, png
from ms_gan.pictures.grids import new_figure, save_animation, save_figure
from ms_gan.pictures.movies import save_movie
from ms_gan.pictures.pixels import to_uint8
from tests.refusals import failed, refused


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    """Ten pictures in one colour each, the value of which is ten times their number."""
    root = tmp_path / "my pictures"
    for number in range(10):
        place = root / ["", "deep/deeper", "Ünïcode \U0001f438"][number % 3]
        place.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 10 + number), (10 * number,) * 3).save(place / f"{number}.{['png', 'BMP'][number % 2]}")
    return root


def load_folder(root, **options):
    return load(DataConfig(source="folder", dir=root and str(root), image_size=8, **options), 0)


def values(data):
    return sorted(data.images[:, 0, 4, 4].tolist())


def break_files(root, count):
    for path in sorted(root.rglob("*.png"))[:count]:
        path.write_bytes(path.read_bytes()[:30])


def test_pictures_of_any_nesting_are_read_in_the_order_of_their_paths(folder):
    data = load_folder(folder)
    assert data.images.shape == (10, 3, 8, 8) and data.images.dtype == np.uint8
    assert data.images[:, 0, 4, 4].tolist() == [0, 30, 60, 90, 10, 40, 70, 20, 50, 80]
    assert data.name == "images in my pictures, 10 images" and data.notices == () and data.labels is None


def test_options_are_obeyed(folder):
    assert load_folder(folder, channels="grey").images.shape == (10, 1, 8, 8)
    assert load_folder(folder, limit=4).images[:, 0, 4, 4].tolist() == [0, 30, 60, 90]
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(folder / "clear.png")
    assert 255 in values(load_folder(folder)) and 255 not in values(load_folder(folder, background="#010203"))


def test_what_is_no_picture_is_passed_over(folder):
    for name in ("notes.txt", ".hidden.png", "page.pdf", "drawing.eps"):
        (folder / name).write_text("x")
    (folder / ".thumbnails").mkdir()
    (folder / ".thumbnails/small.png").write_text("x")
    (folder / "gone.png").symlink_to(folder / "nowhere")
    assert len(find_pictures(folder).files) == 10


def test_a_link_to_a_folder_is_followed_once(folder, tmp_path):
    (folder / "loop").symlink_to(folder)
    (tmp_path / "elsewhere").mkdir()
    Image.new("RGB", (9, 9), (200,) * 3).save(tmp_path / "elsewhere/linked.png")
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    assert values(load_folder(folder)) == [*range(0, 100, 10), 200]


def test_unreadable_files_are_counted_named_and_left_out(folder):
    break_files(folder, 1)
    data = load_folder(folder, max_unreadable=0.1)
    assert len(data.images) == 9 and "1 image file left out: 0.png (" in data.notices[0]
    assert load_folder(folder, max_unreadable=0.1).notices == data.notices, "the cache forgot"


def test_too_many_unreadable_files_are_fatal_until_they_are_allowed(folder):
    break_files(folder, 3)
    with failed("unreadable", says=r"3 of 10 image files cannot be read, more than data.max_unreadable \(0.2\)"):
        load_folder(folder, max_unreadable=0.2)
    assert len(load_folder(folder, max_unreadable=0.3).images) == 7


def test_a_folder_of_broken_files_is_fatal_whatever_is_allowed(tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/a\nb.png").write_text("x")
    with failed("unreadable", says=r"1 of 1 image file .*a\\nb.png"):
        load_folder(tmp_path / "broken", max_unreadable=1.0)


def test_a_name_that_is_no_text_is_no_obstacle(folder):
    os.rename(folder / "0.png", os.fsencode(folder) + b"/\xff.png")
    assert len(load_folder(folder).images) == 10
    (folder / "3.BMP").write_bytes(b"x")
    os.rename(os.fsencode(folder / "3.BMP"), os.fsencode(folder) + b"/\xfe.bmp")
    load_folder(folder).notices[0].encode("utf-8")


def test_printable_spells_out_what_a_terminal_would_obey():
    assert printable("ü\x1b[31m\n\udcff") == r"ü\x1b[31m\n\udcff"


def test_small_pictures_are_enlarged_with_a_notice(folder):
    data = load_folder(folder, limit=1)
    Image.new("RGB", (5, 50)).save(folder / "small.png")
    assert data.notices == () and load_folder(folder).notices == ("1 image smaller than 8x8 enlarged",)


@pytest.mark.parametrize("files", [[], ["readme.txt"]])
def test_a_folder_without_pictures_is_refused(tmp_path, files):
    (tmp_path / "none").mkdir()
    for name in files:
        (tmp_path / "none" / name).write_text("x")
    with refused("--data-dir"):
        load_folder(tmp_path / "none")


def test_one_picture_is_a_data_set_but_no_batch(folder):
    data = load_folder(folder, limit=1)
    assert data.name.endswith("1 image")
    with refused("train.batch_size", says="holds 1 image"):
        Batches(data.images, 2, 0)


def test_what_ms_gan_itself_makes_is_no_data(folder, capsys):
    for name in ("config.yaml", "checkpoints", "samples"):
        (folder / "run" / name).mkdir(parents=True)
    Image.new("RGB", (9, 9)).save(folder / "run" / "samples" / "epoch-00001.png")
    assert inspect([str(folder), "--sheet", str(folder / "contact_sheet.png")]) == 0
    figure = new_figure(1, 1)
    save_figure(figure, folder / "losses.png")
    save_animation([Image.new("L", (9, 9))] * 2, folder / "walk.gif", 1)
    save_movie([np.zeros((3, 9, 9), np.uint8)] * 2, folder / "walk.webp", 1)
    (folder / "page.png").write_bytes(png(np.zeros((2, 3, 9, 9), np.uint8), None))
    (folder / "page.webp").write_bytes(animation(np.zeros((2, 3, 9, 9), np.uint8), "WEBP", 100))
    data = load_folder(folder)
    assert len(data.images) == 10
    left_out, sheets = data.notices
    assert left_out == "the folders of trainings are left out: run/"
    assert sheets.startswith("6 image files left out: ") and sheets.count("a sheet of images that ms_gan made") == 5


def test_links_that_lead_nowhere_and_locked_folders_are_named_and_left_out(folder, monkeypatch):
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "gone.png").symlink_to(folder / "nowhere.png")
    (folder / "locked").mkdir()
    look = os.scandir

    def scandir(path):
        if not isinstance(path, int) and Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    data = load_folder(folder)
    assert len(data.images) == 10
    (notice,) = data.notices
    assert all(part in notice for part in ("loop.png (", "gone.png (a link that leads nowhere)", "locked/ (permission"))


def test_kinds_that_are_not_read_are_counted_with_a_remedy(folder, monkeypatch):
    monkeypatch.setattr(walk, "formats", lambda: tuple(form for form in formats() if form != "HEIF"))
    for name in ("a.HEIC", "b.heic", "notes.txt"):
        (folder / name).write_text("x")
    assert load_folder(folder).notices == ("files in unsupported formats: .heic 2 (install pillow-heif)",)


def test_pictures_whose_names_have_no_ending_are_found(folder):
    Image.new("RGB", (9, 9), (222,) * 3).save(folder / "portrait", "PNG")
    Image.new("RGB", (9, 9), (221,) * 3).save(folder / "landscape", "PPM")
    for name, text in (("LICENSE", "text"), ("cars", "BMW, Riffian")):
        (folder / name).write_text(text)
    data = load_folder(folder, max_unreadable=0.0)
    assert {221, 222} < set(values(data)) and len(data.images) == 12
    assert data.notices == ("files in unsupported formats: no ending 2",)


def test_endings_that_nobody_knows_are_counted_and_printed_safely(folder):
    for name in ("a.jpg_large", "b.jpg_large", "c.\x1b[31m", "labels.csv"):
        (folder / name).write_text("x")
    (notice,) = load_folder(folder).notices
    assert notice == r"files in unsupported formats: .jpg_large 2, .\x1b[31m 1"


def test_grey_of_more_than_8_bits_has_one_range_for_the_folder(tmp_path):
    (tmp_path / "deep").mkdir()
    for name, value in (("dark", 400), ("bright", 4000)):
        Image.fromarray(np.full((9, 9), value, np.uint16)).save(tmp_path / "deep" / f"{name}.png")
    data = load_folder(tmp_path / "deep")
    assert values(data) == [round(255 * 400 / 4095), round(255 * 4000 / 4095)]
    assert "2 pictures have more than 8 bits; black is 0 and white 4095 for all of them" in data.notices[0]
    stated = load_folder(tmp_path / "deep", range=[0, 8000])
    assert values(stated) == [13, 128] and not any("more than 8 bits" in notice for notice in stated.notices)
    with refused("data.range"):
        load_folder(tmp_path / "deep", range=[1])


def png_of_16_bits(value):
    """A PNG of 9x9 pixels in three colours of 16 bits, which Pillow does not write."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header, row = struct.pack(">IIBBBBB", 9, 9, 16, 2, 0, 0, 0), b"\0" + struct.pack(">H", value) * 27
    data = zlib.compress(row * 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("options", [{}, {"range": [0, 4095]}])
def test_it_is_said_that_of_colours_of_16_bits_the_upper_8_are_read(folder, options):
    (folder / "deep.png").write_bytes(png_of_16_bits(222 * 256 + 9))
    data = load_folder(folder, **options)
    assert 222 in values(data)
    assert data.notices == ("1 colour picture has 16 bits a channel, of which the upper 8 are read",)
    assert load_folder(folder, **options).notices == data.notices, "the cache forgot"


def test_more_pixels_are_allowed_by_an_option(folder):
    Image.new("RGB", (300, 300), (222,) * 3).save(folder / "large.png")
    few = load_folder(folder, max_pixels=60_000)
    assert 222 not in values(few) and "--data.max_pixels 90000" in few.notices[0]
    assert 222 in values(load_folder(folder))


def test_a_large_jpeg_is_drafted_before_its_pixels_are_counted(tmp_path):
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (320, 320), (222,) * 3).save(tmp_path / "photos" / "large.jpg")
    assert len(load_folder(tmp_path / "photos", max_pixels=60_000).images) == 1


def test_a_zip_file_is_read_as_the_folder_that_it_holds(folder, tmp_path):
    expected = load_folder(folder)
    shutil.make_archive(str(tmp_path / "photos"), "zip", folder)
    data = load_folder(tmp_path / "photos.zip")
    assert np.array_equal(data.images, expected.images) and data.title == "images in photos.zip"


def test_what_a_zip_file_cannot_give_counts_as_unreadable(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            archive.write(path, path.name)
        archive.writestr("../out.png", b"x")
    data = load_folder(tmp_path / "photos.zip", max_unreadable=0.2)
    assert len(data.images) == 5
    assert data.notices == ("1 image file left out: ../out.png (a name that leads out of the folder)",)
    with failed("unreadable", says=r"photos.zip: 1 of 6 image files .* \(0.1\) allows: ../out.png"):
        load_folder(tmp_path / "photos.zip", max_unreadable=0.1)


def test_no_folder_and_no_colour_are_refused():
    with refused("data.source"):
        load_folder(None)


def test_a_background_that_is_no_colour_is_refused(folder):
    with refused("data.background"):
        load_folder(folder, background="bluish")


def test_a_folder_that_changes_does_not_disturb_a_training(folder):
    batches = Batches(load_folder(folder).images, 10, 0)
    before = batches.batch(0)
    for path in folder.rglob("*.*"):
        if path.is_file():
            path.unlink()
    Image.new("RGB", (9, 9), (200,) * 3).save(folder / "new.png")
    np.testing.assert_array_equal(batches.batch(0), before)
    assert values(load_folder(folder)) == [200]
    np.testing.assert_array_equal(to_uint8(batches.batch(0)), to_uint8(before))


def test_the_second_run_decodes_nothing(folder, monkeypatch):
    first = load_folder(folder)
    monkeypatch.setattr(decoded, "_make", lambda *_: pytest.fail("decoded again"))
    np.testing.assert_array_equal(load_folder(folder).images, first.images)
