import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ms_gan.config.translation_sections import PairsConfig
from ms_gan.data.degrade import USUAL, Degradation, degradation_of
from ms_gan.errors import UsageError
from ms_gan.pictures.pixels import to_float, to_uint8
from ms_gan.seeds import Purpose, stream

shapes = st.tuples(st.integers(1, 3), st.sampled_from([1, 3]), st.integers(8, 40), st.integers(8, 40))
few = settings(max_examples=25, deadline=None)


def pictures(shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def draws(count, step=0):
    return [stream(3, Purpose.DEGRADATION, step, place) for place in range(count)]


@few
@given(shapes, st.sampled_from(sorted(USUAL)), st.integers(0, 2**32))
def test_each_is_a_function_of_the_picture_and_the_draws(shape, name, step):
    degradation, images = Degradation(name), pictures(shape, step)
    before = images.copy()
    made = degradation.apply(images, draws(len(images), step))
    assert made.shape == (shape[0], degradation.channels(shape[1]), *shape[2:]) and made.dtype == np.float32
    assert made.min() >= -1 and made.max() <= 1 and np.array_equal(images, before)
    assert np.array_equal(made, degradation.apply(images, draws(len(images), step)))
    # A picture's defect does not depend on the others in the batch.
    assert np.array_equal(made[-1:], degradation.apply(images[-1:], draws(len(images), step)[-1:]))
    if name in ("mask", "noise"):
        assert not np.array_equal(made, degradation.apply(images, draws(len(images), step + 1)))


@few
@given(shapes, st.sampled_from([0.01, 0.2, 0.5, 1.0]), st.integers(0, 2**32))
def test_a_hole_is_blank_and_all_around_it_is_as_it_was(shape, strength, step):
    images = pictures(shape, step)
    degradation = Degradation("mask", strength)
    made = degradation.apply(images, draws(len(images), step))
    hole = np.broadcast_to(made[:, -1:] == 1, images.shape)
    assert np.isin(made[:, -1], (0, 1)).all() and hole.any(axis=(1, 2, 3)).all()
    assert (made[:, :-1][hole] == 0).all() and np.array_equal(made[:, :-1][~hole], to_float(images)[~hole])
    for one in made[:, -1]:
        rows, columns = np.flatnonzero(one.any(1)), np.flatnonzero(one.any(0))
        assert rows[-1] - rows[0] < max(1, round(strength * shape[2])) + 1
        assert columns[-1] - columns[0] < max(1, round(strength * shape[3])) + 1
    outputs = np.full(images.shape, 0.5, np.float32)
    mended = degradation.restored(outputs, made)
    assert (mended[hole] == 0.5).all() and np.array_equal(mended[~hole], to_float(images)[~hole])


def test_holes_are_rectangles_and_strokes_of_many_sizes():
    made = Degradation("mask").apply(np.zeros((60, 1, 32, 32), np.uint8), draws(60))
    sizes = made[:, -1].sum(axis=(1, 2))
    full = [one.sum() == one.any(1).sum() * one.any(0).sum() for one in made[:, -1]]
    assert len(set(sizes)) > 20 and sizes.max() <= 16 * 16 and 15 < sum(full) < 45


@few
@given(shapes, st.sampled_from([2, 4, 8]))
def test_downscale_is_pillows_bicubic_there_and_back(shape, factor):
    images = pictures(shape)
    made = to_uint8(Degradation("downscale", factor).apply(images, []))
    for image, result in zip(images, made):
        whole = Image.fromarray(image[0] if shape[1] == 1 else image.transpose(1, 2, 0))
        small = whole.resize([max(1, round(side / factor)) for side in whole.size], Image.BICUBIC)
        back = np.asarray(small.resize(whole.size, Image.BICUBIC)).reshape(*shape[2:], shape[1])
        assert np.array_equal(result, back.transpose(2, 0, 1))


def test_a_persons_small_picture_becomes_what_the_network_has_learnt_from():
    sound = pictures((1, 3, 32, 48))
    degradation = Degradation("downscale", 4)
    small = Image.fromarray(sound[0].transpose(1, 2, 0)).resize((12, 8), Image.BICUBIC)
    prepared = degradation.prepared(np.asarray(small).transpose(2, 0, 1))
    assert np.array_equal(prepared, degradation.apply(sound, [])[0])
    for name in ("grey", "edges"):
        assert np.array_equal(Degradation(name).prepared(sound[0]), Degradation(name).apply(sound, [])[0])
        assert Degradation(name).prepared(sound[0, :1]).shape == (1, 32, 48)
    for name in ("noise", "jpeg", "attack"):
        assert np.array_equal(Degradation(name).prepared(sound[0]), to_float(sound[0]))


def test_a_hole_that_a_person_gives_is_blanked():
    picture, hole = pictures((3, 8, 9)), np.zeros((8, 9), bool)
    with pytest.raises(UsageError, match="no hole.*transparent part"):
        Degradation("mask").prepared(picture, hole)
    hole[2:4, 5] = True
    made = Degradation("mask").prepared(picture, hole)
    assert np.array_equal(made[3], hole) and (made[:3, hole] == 0).all()
    assert np.array_equal(made[:3, ~hole], to_float(picture)[:, ~hole])
    with pytest.raises(UsageError, match="no hole"):
        Degradation("mask").prepared(picture)


def test_contours_are_black_where_colours_change_and_white_elsewhere():
    picture = np.full((1, 3, 16, 16), 90, np.uint8)
    picture[0, 0, :, 8:] = 200  # of one channel alone
    made = Degradation("edges").apply(picture, [])
    assert (made[0, 0, :, 7:9] == -1).all() and (made[0, 0, :, :7] == 1).all() and (made[0, 0, :, 9:] == 1).all()


def test_grey_is_as_pillow_has_it_and_jpeg_too():
    images = pictures((2, 3, 16, 16))
    grey, packed = (to_uint8(Degradation(name).apply(images, [])) for name in ("grey", "jpeg"))
    for image, one, other in zip(images, grey, packed):
        whole, file = Image.fromarray(image.transpose(1, 2, 0)), io.BytesIO()
        assert np.array_equal(one[0], np.asarray(whole.convert("L")))
        whole.save(file, "JPEG", quality=10)
        assert np.array_equal(other, np.asarray(Image.open(file)).transpose(2, 0, 1))


def test_noise_has_the_deviation_that_is_asked_for():
    images = np.full((4, 3, 32, 32), 128, np.uint8)
    made = Degradation("noise", 0.2).apply(images, draws(4))
    assert made.std() == pytest.approx(0.2, rel=0.03) and abs(made.mean()) < 0.02


@pytest.mark.parametrize(
    "name, strength, allowed",
    [
        ("downscale", 3, "2, 4 or 8"), ("downscale", 0.5, "2, 4 or 8"), ("mask", 2, "0.01 to 1"),
        ("jpeg", 99, "1 to 95"),
        ("jpeg", 10.5, "whole numbers"), ("noise", 3, "0.01 to 2"), ("noise", float("nan"), "0.01 to 2"),
        ("grey", 1, "leave it unset"), ("attack", 2, "0.01 to 1"),
    ],
)  # fmt: skip
def test_a_strength_that_cannot_be_is_refused_with_what_is_allowed(name, strength, allowed):
    with pytest.raises(
        UsageError, match=f"data.strength: .* not allowed for data.degrade {name}; allowed: .*{allowed}"
    ):
        Degradation(name, strength)


def test_cards_describe_it_and_what_strangers_write_is_refused():
    for name in USUAL:
        described = Degradation(name).to_dict()
        assert described == {"name": name, "strength": USUAL[name]} == Degradation.from_dict(described).to_dict()
    strengths = [{"name": "mask", "strength": wrong} for wrong in ("x", True, [1], 3)]
    for wrong in ({}, {"name": "blur"}, {"name": ["mask"]}, *strengths):
        with pytest.raises(UsageError, match="degradation: |data.strength: "):
            Degradation.from_dict(wrong)
    assert degradation_of(PairsConfig()) is None
    assert degradation_of(PairsConfig(degrade="jpeg", strength=30)).to_dict() == {"name": "jpeg", "strength": 30}
