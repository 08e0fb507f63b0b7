import json

import pytest

from ms_gan.card import Card, read_card
from ms_gan.errors import GanError


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
    ],
)
def test_a_wrong_card_is_one_sentence_that_names_the_file(change, message):
    with pytest.raises(GanError, match=f"x.json: .*{message}"):
        read_card(json.dumps({**json.loads(Card().to_json()), **change}), "x.json")


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000])
def test_what_is_no_card_at_all(text):
    with pytest.raises(GanError, match="not a generator's card"):
        read_card(text, "x.json")
