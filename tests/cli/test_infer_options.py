import pytest

from ms_gan.cli.infer_options import parse_factors, parse_seeds
from ms_gan.errors import UsageError


def test_lists_of_seeds():
    assert parse_seeds("0,1,4-6") == [0, 1, 4, 5, 6]
    assert parse_seeds("7, 3-3,7") == [7, 3, 7]
    assert parse_seeds(str(2**63 - 1)) == [2**63 - 1]


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "'' is no seed"),
        ("-1", "'-1' is no seed; allowed: a list such as 0,1,4-6"),
        ("1-2-3", "'1-2-3' is no seed"),
        ("1e3", "'1e3' is no seed"),
        ("6-4", "6-4 is out of range; allowed: .*, the smaller end first"),
        (str(2**63), "is out of range"),
        ("9" * 5000, "is no seed"),
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
