from pathlib import Path

import pytest

from ms_gan.cli.infer_checks import check, ending_of
from ms_gan.cli.infer_options import InferOptions, ProjectionOptions, parse_factors, parse_seeds
from ms_gan.errors import UsageError


def test_lists_of_seeds():
    assert parse_seeds("0,1,4-6") == [0, 1, 4, 5, 6]
    assert parse_seeds("7, 3-3,7") == [7, 3, 7]
    assert parse_seeds(str(2**63 - 1)) == [2**63 - 1]


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "'' is not a seed"),
        ("-1", "'-1' is not a seed"),
        ("1-2-3", "'1-2-3' is not a seed"),
        ("1e3", "'1e3' is not a seed"),
        ("6-4", "6-4 is out of range; allowed: .*, the smaller end first"),
        (str(2**63), "is out of range"),
        ("9" * 5000, "is not a seed"),
        ("0-9000000000000000000", "more than 1,000,000 seeds"),
        ("0-999998,5,6", "more than 1,000,000 seeds"),
    ],
)
def test_wrong_lists_of_seeds(text, message):
    with pytest.raises(UsageError, match=message):
        parse_seeds(text)


def test_lists_of_factors():
    assert parse_factors(None) == [1.0]
    assert parse_factors("0.5, 0,2") == [0.5, 0, 2]


@pytest.mark.parametrize("text", ["", "a", "0.5,", "-0.1", "2.01", "nan", "inf", ",".join(["1"] * 101)])
def test_wrong_lists_of_factors(text):
    with pytest.raises(UsageError, match="--truncation: .* is not allowed; allowed: at most 100 numbers"):
        parse_factors(text)


def checked(tmp_path, **options):
    """Where the images of these options would go."""
    (tmp_path / "run").mkdir(exist_ok=True)
    options = {"ckpt": str(tmp_path / "run"), **options}
    return check(InferOptions(**options), options)


@pytest.mark.parametrize(
    "output, ending", [("a.PNG", ".png"), ("a.Npy", ".npy"), ("out.v2/", ""), ("there.v2", ""), ("new", "")]
)
def test_endings_in_any_case_and_folders_with_a_dot(tmp_path, monkeypatch, output, ending):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.v2").mkdir()
    assert checked(tmp_path, output=output) == Path(output) and ending_of(output) == ending


@pytest.mark.parametrize(
    "options",
    [
        {"output": "me.png", "projection": ProjectionOptions(image="me.png")},
        {"output": "link.png", "projection": ProjectionOptions(image="./me.png")},
        {"output": "found.npy", "latents": "found.npy"},
    ],
)
def test_nothing_is_written_over_what_is_read(tmp_path, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    for name in ("me.png", "found.npy"):
        Path(name).write_text("")
    Path("link.png").symlink_to("me.png")
    with pytest.raises(UsageError, match="which would be overwritten"):
        checked(tmp_path, **options)
