"""Small archives in the layout of CIFAR-10's binary version, with random images."""

import io
import tarfile

import numpy as np

from ms_gan.data.cifar import ARCHIVE, BATCHES, RECORD_BYTES, UNPACKED

EACH = 20


def records(number):
    """The content of one file: EACH records, classes 0 to 9 in turn."""
    made = np.random.default_rng(number).integers(0, 256, (EACH, RECORD_BYTES), np.uint8)
    made[:, 0] = np.arange(EACH) % 10
    return made


CONTENT = {name: records(number).tobytes() for number, name in enumerate(BATCHES)}
ALL = np.concatenate([records(number) for number in range(5)])


def write_archive(path, members):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def archive_members(**changes):
    return {f"{UNPACKED}/{name}": content for name, content in {**CONTENT, **changes}.items()}


def write_cifar(folder):
    """The official archive's name and layout, with 100 training images, ten of each class."""
    return write_archive(folder / ARCHIVE, archive_members())
