import json

import pytest

from ms_gan.errors import GanError
from ms_gan.generators.card import Card, read_card


def test_round_trip():
    card = Card(recipe="r", seed=3, batch_size=4)
    card.generator.hidden = [7, 8]
    assert read_card(card.to_json(), "here") == card


@pytest.mark.parametrize(
    "change, message",
    [
        ({"format": "other"}, "format should be"),
        ({"latent": {"width": 0}}, "latent.width: 0 is out of range"),
        ({"image": 3}, "image: 3 is a single value"),
        ({"surprise": 1}, "unknown option surprise"),
        ({"generator": {"name": "magic"}}, "generator.name: 'magic' is not allowed"),
        ({"generator": {"hidden": [1] * 101}}, "101 layers are too many"),
        ({"image": {"height": 4096}}, "image.height: 4096 is out of range"),
        ({"batch_size": 65536, "image": {"height": 1024, "width": 1024}}, "65,536 images of 1x1024x1024"),
        ({"batch_size": 65536, "latent": {"width": 65536}}, "bytes at once; allowed: 2,147,483,648"),
        ({"epoch": float("nan")}, "epoch: nan is not allowed"),
        ({"epoch": float("inf")}, "epoch: inf is not allowed"),
        ({"step": 10**4000}, "step: a number with too many digits is not allowed"),
        ({"seed": [[[[[[]]]]]]}, "seed: .* is not allowed"),
        ({"seed": 2**63}, "seed: 9223372036854775808 is out of range"),
    ],
)
def test_a_wrong_card_is_one_sentence_that_names_the_file(change, message):
    with pytest.raises(GanError, match=f"x.json: .*{message}"):
        read_card(json.dumps({**json.loads(Card().to_json()), **change}), "x.json")


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 90_000, '{"a":' * 90_000, " " * 100_001, "9" * 90_000])
def test_what_is_no_card_at_all(text):
    with pytest.raises(GanError, match="not a generator's card"):
        read_card(text, "x.json")
