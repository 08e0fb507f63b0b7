import gzip

import numpy as np
import pytest

from ms_gan.data.idx import read_idx
from tests.data.idx_files import idx_bytes, random_digits, write_idx
from tests.refusals import failed

IMAGES, LABELS = random_digits(3)


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_what_was_written_is_read(tmp_path, ending):
    np.testing.assert_array_equal(read_idx(write_idx(tmp_path / f"images{ending}", IMAGES), (28, 28)), IMAGES)
    np.testing.assert_array_equal(read_idx(write_idx(tmp_path / f"labels{ending}", LABELS), ()), LABELS)


BAD = {
    "empty": (b"", "empty file"),
    "labels for images": (idx_bytes(LABELS), "0x00000803, found 0x00000801"),
    "half a header": (idx_bytes(IMAGES)[:10], "takes 16 bytes, found 10"),
    "one byte short": (idx_bytes(IMAGES)[:-1], "3x28x28 = 2,352 bytes must follow the header, found 2,351"),
    "one byte more": (idx_bytes(IMAGES) + b"x", "2,352 bytes"),
    "other size": (idx_bytes(IMAGES[:, :14]), "14x28 pixels where 28x28"),
    "no images": (idx_bytes(IMAGES[:0]), "0 items"),
    "absurd count": (idx_bytes(IMAGES)[:4] + b"\xff" * 4 + idx_bytes(IMAGES)[8:], "4,294,967,295 items"),
}


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("content, says", BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path, content, says, ending):
    path = tmp_path / f"images{ending}"
    path.write_bytes(gzip.compress(content) if ending else content)
    with failed("damaged", says=says) as caught:
        read_idx(path, (28, 28))
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:-20], lambda whole: b"not gzip", lambda whole: whole[:40] + b"\0" * 9 + whole[49:]]
)
def test_a_damaged_gz_is_named(tmp_path, damage):
    path = tmp_path / "images.gz"
    path.write_bytes(damage(gzip.compress(idx_bytes(IMAGES))))
    with failed("damaged", says="images.gz: "):
        read_idx(path, (28, 28))


def test_a_gz_bomb_is_not_inflated(tmp_path):
    path = tmp_path / "images.gz"
    with gzip.open(path, "wb") as file:
        file.write(idx_bytes(IMAGES))
        for _ in range(64):
            file.write(bytes(1 << 20))
    taken = []
    real_read = gzip.GzipFile.read
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gzip.GzipFile, "read", lambda self, n: taken.append(n) or real_read(self, n))
        with failed("damaged", says="found more"):
            read_idx(path, (28, 28))
    assert sum(taken) <= 16 + IMAGES.size + 1
