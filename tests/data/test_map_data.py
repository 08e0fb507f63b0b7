import numpy as np
import pytest
from PIL import Image

from ms_gan.config.map_sections import MapsConfig
from ms_gan.data import load
from ms_gan.data.map_batches import MapBatches
from ms_gan.errors import GanError, UsageError
from tests.data.map_files import COLOURS, write_pairs


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "pairs"


def config_of(folder, **options):
    return MapsConfig(**{"a": str(folder / "maps"), "b": str(folder / "pictures"), "image_size": 16, **options})


def test_maps_and_pictures_are_paired_by_name(folder):
    maps = write_pairs(folder)
    (folder / "pictures" / "7.png").unlink()
    data = load(config_of(folder, held_out=0.3), 0)
    held = data.held_out
    assert sorted([*data.names, *held.names]) == sorted(str(n) for n in range(12) if n != 7) and held.names
    for one in (data, held):
        assert np.array_equal(one.maps, maps[[int(name) for name in one.names]])
        nearest = np.abs(one.images[:, :, None] - (np.array(COLOURS).T[:, :, None, None] // 2 + 75.0)).sum(1).argmin(1)
        assert np.array_equal(nearest, one.maps)
    assert data.legend.colours == COLOURS and "7" in data.notices[0]


def test_a_folder_may_hold_both(folder):
    write_pairs(folder)
    assert len(load(MapsConfig(dir=str(folder), image_size=16, held_out=0.0), 0).names) == 12


def test_what_cannot_be_paired_is_refused(folder):
    write_pairs(folder, 3)
    with pytest.raises(UsageError, match="data.a and data.b"):
        load(MapsConfig(), 0)
    for file in (folder / "maps").iterdir():
        file.rename(file.with_stem(f"map{file.stem}"))
    with pytest.raises(UsageError, match="no two have the same name"):
        load(config_of(folder), 0)


def test_a_wrong_map_is_named(folder):
    write_pairs(folder)
    (folder / "maps" / "classes.json").write_text('{"white": "#ffffff", "red": "#c81e1e"}')
    with pytest.raises(GanError, match=r"maps/\d+.png: class 2 at pixel"):
        load(config_of(folder), 0)


def test_a_map_is_mirrored_and_cropped_as_its_picture(folder):
    write_pairs(folder, 8, side=16)
    for file in (folder / "maps").iterdir():  # the pictures are their maps
        numbers = np.asarray(Image.open(file))
        Image.fromarray(80 * numbers).save(folder / "pictures" / file.name)
    data = load(config_of(folder, channels="grey", held_out=0.0), 0)
    plain = MapBatches(data, config_of(folder), 8, 0)
    maps, pictures = plain.batch(0)
    assert maps.dtype == np.int32 and np.abs(pictures[:, 0] - (80 * maps / 127.5 - 1)).max() < 1e-6
    changed = MapBatches(data, config_of(folder, mirror=True, jitter=0.3), 8, 0)
    maps_then, pictures_then = changed.batch(0)
    assert not np.array_equal(maps_then, maps) and set(np.unique(maps_then)) <= {0, 1, 2}
    off = np.abs(pictures_then[:, 0] - (80 * maps_then / 127.5 - 1)) > 0.1
    assert off.mean() < 0.2  # at edges alone, where the picture is smooth
    again = [MapBatches(data, config_of(folder, mirror=True, jitter=0.3), 8, 0, rank, 2).batch(0) for rank in (0, 1)]
    assert np.array_equal(np.concatenate([one for one, _ in again]), maps_then)
