import json

import pytest

from ms_gan.generators.card import Card, read_card
from tests.refusals import failed


def test_round_trip():
    card = Card(recipe="r", seed=3, batch_size=4)
    card.generator.hidden = [7, 8]
    assert read_card(card.to_json(), "here") == card


@pytest.mark.parametrize(
    "change, option",
    [
        ({"format": "other"}, ""),
        ({"latent": {"width": 0}}, "latent.width"),
        ({"image": 3}, "image"),
        ({"surprise": 1}, "surprise"),
        ({"generator": {"name": "magic"}}, "generator.name"),
        ({"generator": {"hidden": [1] * 101}}, "generator.hidden"),
        ({"image": {"height": 4096}}, "image.height"),
        ({"batch_size": 65536, "image": {"height": 1024, "width": 1024}}, "image"),
        ({"batch_size": 65536, "latent": {"width": 65536}}, "image"),
        ({"epoch": float("nan")}, "epoch"),
        ({"epoch": float("inf")}, "epoch"),
        ({"step": 10**4000}, "step"),
        ({"seed": [[[[[[]]]]]]}, "seed"),
        ({"seed": 2**63}, "seed"),
    ],
)
def test_a_wrong_card_is_one_sentence_that_names_the_file(change, option):
    with failed("damaged", option=option, says="^x.json: "):
        read_card(json.dumps({**json.loads(Card().to_json()), **change}), "x.json")


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 90_000, '{"a":' * 90_000, " " * 100_001, "9" * 90_000])
def test_what_is_no_card_at_all(text):
    with failed("damaged", says="not a generator's card"):
        read_card(text, "x.json")
