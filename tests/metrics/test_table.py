from dataclasses import replace

import pytest

from ms_gan.metrics.evaluate import Splits, evaluate
from ms_gan.metrics.table import for_terminal, side_by_side, single
from tests.metrics.stand_ins import Generator, Network, data, drawn


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MS_GAN_CACHE", str(tmp_path_factory.mktemp("cache")))
        return evaluate(Generator(drawn(40)[0]), Network().features, Splits(data(60), data(30, 1)), 40, 0)


def better(report):
    """The same evaluation with a lower Fréchet distance, and a lower recall."""
    return replace(report, generated=replace(report.generated, frechet=0.001, recall=0.0))


def line(text, name):
    (found,) = [one for one in text.splitlines() if one.startswith(name)]
    return found


def test_the_table_of_one(report):
    text = single(report)
    assert f"Frechet distance{' ' * 34} ↓{report.generated.frechet:11.3f} {report.floor.frechet:11.3f}" in text
    assert line(text, "score by stripes-1a2b3c4d").split()[3] == "↑" and "classes covered, of 3" in text
    assert "averaged weights, epoch 2.5, step 30" in text and "40 of seed 0" in text and "*" not in text
    assert "note:      40 samples are few" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_best_of_several_is_marked(report):
    text = side_by_side(["a", "b"], [report, better(report)])
    assert line(text, "Frechet distance").split()[-2:] == ["0.001*", f"{report.floor.frechet:.3f}"]
    assert line(text, "recall").split()[3].endswith("*") and not line(text, "recall").split()[4].endswith("*")
    assert line(text, "classes covered").count("*") == 2  # equally good
    assert "*" not in line(text, "distance to the nearest")
    assert "[2]        b: test, averaged weights" in text
    assert text.count("note:      40 samples") == 1


def test_many_runs_take_several_tables_of_at_most_100_columns(report):
    text = side_by_side("abcdef", [report] * 5 + [better(report)])
    rows = [one for one in text.splitlines() if one.startswith("Frechet distance")]
    assert len(rows) == 2 and max(map(len, rows)) <= 100
    assert "*" not in rows[0] and rows[1].split()[-2] == "0.001*"


def test_unlike_protocols_are_named_and_nothing_is_marked(report):
    other = replace(better(report), protocol=replace(report.protocol, seed=7, version="9", rules=9))
    text = side_by_side(["a", "b"], [report, other])
    assert (
        "measured in different ways" in text
        and "\nseed: 0 / 7\n" in text
        and "\nrules: 1 / 9\n" in text
        and "\nversion" not in text
    )
    assert "*" not in text and text.count("floor") == 1  # in a note


def test_what_was_not_measured_has_no_row(report):
    bare = dict.fromkeys(("score", "score_deviation", "confident", "covered", "class_distance", "nearest"))
    unlabelled = replace(report, generated=replace(report.generated, **bare), floor=replace(report.floor, **bare))
    text = single(unlabelled)
    assert "score" not in text and "classes covered" not in text and "nearest" not in text and "recall" in text
    half = side_by_side(["a", "b"], [report, unlabelled])
    assert line(half, "distance to the nearest").split()[-2] == "-"


def test_terminals_that_know_no_arrows():
    assert for_terminal("a ↓ ↑ é", "ascii") == "a v ^ ?" and for_terminal("↓", "utf-8") == "↓"
    assert for_terminal("↓", None) == "v"


def test_classes_that_were_asked_for_have_rows_of_their_own(report):
    values = {"accuracy": 0.75, "accuracy_worst": 0.5, "accuracy_by_class": [0.5, None, 1.0]}
    generated = replace(report.generated, **values, intra_frechet=2.0, intra_frechet_by_class=[1.0, 2.5, None])
    floor = replace(report.floor, accuracy=1.0, accuracy_worst=1.0, accuracy_by_class=[1.0, 1.0, 1.0])
    asked = replace(report, generated=generated, floor=floor, asked=["low", "middle", "n" * 90])
    text = single(asked)
    assert line(text, "class accuracy, %").split()[-2:] == ["75.0", "100.0"]
    assert line(text, "Frechet distance within classes, mean").split()[-2:] == ["2.000", "-"]
    assert line(text, "class   ").split() == ["class", *2 * ["class", "accuracy,", "%"], "Frechet", "distance"]
    assert line(text, "low ").split() == ["low", "50.0", "100.0", "1.000"]
    assert line(text, "middle ").split() == ["middle", "-", "100.0", "2.500"]
    assert line(text, "nnn").split()[1:] == ["100.0", "100.0", "-"] and max(map(len, text.splitlines())) <= 100
    assert "low " not in side_by_side(["a", "b"], [asked, asked])
    noted = [replace(asked, notes=["shared", f"the worst class is {name}"]) for name in ("low", "high")]
    text = side_by_side(["a", "b"], noted)
    assert text.count("note:      shared") == 1
    assert "note:      [1] the worst class is low\nnote:      [2] the worst class is high" in text
    many = replace(asked, asked=[*asked.asked, *map(str, range(100))])
    assert "low " not in single(many)
