"""Pictures made of pictures beside their floors."""

import json

import numpy as np
import pytest

from ms_gan.metrics import translation
from ms_gan.metrics.table import translated
from ms_gan.metrics.translation import Partners, Translations, as_output, filled, in_step, measure, namesakes
from ms_gan.pictures.pixels import to_float
from tests.metrics.stand_ins import Network
from tests.refusals import refused

SHAPE = (3, 16, 16)


def pictures(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, *SHAPE), np.uint8)


@pytest.fixture
def features():
    return Network(SHAPE, None).features


def column(part, name):
    return next(one.values for one in part.columns if one.name == name)


def test_what_is_nearer_to_the_truth_has_better_numbers(features):
    truths, training = pictures(12), pictures(40, seed=1)
    near = np.clip(truths.astype(int) + 10, 0, 255).astype(np.uint8)
    part = measure("a to b", {"output": near, "input": truths[::-1] // 3}, truths, training, features, in_step(12))
    output, floor = column(part, "output"), column(part, "input")
    assert output["l1"] < 11 / 255 < floor["l1"] and output["psnr"] > floor["psnr"] and output["ssim"] > floor["ssim"]
    assert output["retrieval"] == 1 and floor["retrieval"] < 1
    assert output["frechet"] < floor["frechet"] and list(column(part, "real")) == ["frechet"]
    assert "hole_l1" not in output


def test_only_those_with_a_partner_are_compared_with_it(features):
    real = pictures(6)
    made = np.concatenate([pictures(3, seed=2), real[4:]])
    partners = namesakes(["x", "y", "z", "e", "f"], ["a", "b", "c", "d", "e", "f"])
    assert partners.made.tolist() == [3, 4] and partners.real.tolist() == [4, 5]
    assert column(measure("", {"output": made}, real, real, features, partners), "output")["l1"] == 0
    none = namesakes(["x", "y"], ["a", "b"])
    assert list(column(measure("", {"output": made[:2]}, real, real, features, none), "output")) == ["frechet"]


def test_holes_are_counted_by_themselves(features):
    truths = pictures(4)
    holes = np.zeros((4, 16, 16), bool)
    holes[:, 4:8, 4:12] = True
    made = np.where(holes[:, None], 255 - truths, truths)
    part = measure("", {"output": made}, truths, truths, features, in_step(4), holes)
    found = column(part, "output")
    assert found["l1"] == pytest.approx(found["hole_l1"] * holes.mean())


def test_too_few_pictures_are_refused(features):
    with refused(code="few"):
        measure("", {"output": pictures(1)}, pictures(3), pictures(3), features, Partners(np.arange(1), np.arange(1)))


def test_inputs_as_if_they_were_outputs():
    grey = to_float(pictures(2)[:, :1])
    assert (as_output(grey, 3) == pictures(2)[:, :1]).all() and as_output(grey, 3).shape == (2, *SHAPE)
    assert as_output(to_float(pictures(2)), 1).shape == (2, 1, 16, 16)


def test_holes_are_filled_with_the_mean_of_what_is_known():
    inputs = np.full((1, 4, 16, 16), -1, np.float32)
    inputs[0, 0, :, 8:] = 1  # red at the right
    inputs[0, 3, :4], inputs[0, :3, :4] = 1, 0
    inputs[0, 3, 4:] = 0
    made, holes = filled(inputs)
    assert holes.sum() == 4 * 16 and (made[0, 0, :4] == 128).all() and (made[0, 1:, :4] == 0).all()
    assert (made[0, 0, 4:, :8] == 0).all() and (made[0, 0, 4:, 8:] == 255).all()


def test_the_file_and_the_table_have_the_same_numbers(features):
    truths = pictures(5)
    part = measure("a to b", {"output": truths, "input": 255 - truths}, truths, truths, features, in_step(5))
    about = {"column": "output", "network": "generator", "run": "faces-1"}
    used = {**about, "recipe": "pix2pix", "kind": "raw", "epoch": 3.0, "step": 30, "weights": "0"}
    about = {"name": "stripes", "width": 32, "description": "", "accuracy": None}
    protocol = {"generators": [used], "data": "five", "features": about, "columns": {"input": "as it is"}}
    report = Translations("paired", protocol, (part,), ["few"])
    values = json.loads(report.to_json())
    rows = {row["key"]: row["values"] for row in values["parts"][0]["measures"]}
    assert values["format"] == translation.FORMAT and values["parts"][0]["columns"] == ["output", "input", "real"]
    assert rows["l1"] == [0, column(part, "input")["l1"], None] and "hole_l1" not in rows
    text = translated(report)
    (line,) = [line for line in text.splitlines() if line.startswith("L1")]
    assert line.split()[-3:] == ["0.0000*", f"{rows['l1'][1]:.4f}", "-"]
    assert (
        max(map(len, text.splitlines())) <= 100
        and "input      as it is" in text
        and "generator of faces-1: pix2pix, raw" in text
    )
