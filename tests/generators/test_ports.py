"""Ports, and cards that have them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ms_gan.generators.card import FORMAT, FORMAT_OF_PORTS, Card, read_card
from ms_gan.generators.ports import Port, read_ports
from tests.refusals import failed, refused

LATENTS = Port("latents", "latent", [100], "normal")
LABELS = Port("labels", "label", [], classes=["cat", "dog"])


def test_a_port_is_found_by_its_role():
    assert Card().port("latent").name == "latents" and Card().port("label") is None
    assert Card(inputs=[LATENTS, LABELS]).port("label") is LABELS


def test_a_card_of_latents_alone_is_format_1_byte_for_byte():
    """As version 0.1.0 wrote it: tests/training/version_0_1_0 holds one."""
    text = Card(version="0.1.0", recipe="mine").to_json()
    assert json.loads(text)["format"] == FORMAT
    assert list(json.loads(text)) == [
        "format", "version", "recipe", "seed", "step", "epoch", "averaged", "batch_size", "sha256", "latent", "image",
        "generator",
    ]  # fmt: skip
    card = read_card(text, "here")
    assert card.to_json() == text and card.kind == "latent" and card.ports == [LATENTS]


def test_a_card_with_ports_comes_back_as_it_was():
    card = Card(task="mine", network="generator_ab", inputs=[LATENTS, LABELS], options={"width": [3, 4]})
    text = card.to_json()
    assert json.loads(text)["format"] == FORMAT_OF_PORTS
    found = read_card(text, "here")
    assert found == replace(card, format=FORMAT_OF_PORTS) and found.kind == "latent+label"


@pytest.mark.parametrize(
    "ports, option",
    [
        ([], "inputs"),
        ([{"name": "a"}], "inputs[0]"),
        ([{"name": "a", "role": "sound", "shape": [1]}], "inputs[0].role"),
        ([{"name": "a", "role": "image", "shape": [3, 64, 64, 1]}], "inputs[0].shape"),
        ([{"name": "a", "role": "image", "shape": [True]}], "inputs[0].shape"),
        ([{"name": "a", "role": "image", "shape": [1 << 40]}], "inputs[0].shape"),
        ([{"name": "a", "role": "label", "shape": [], "classes": [1]}], "inputs[0].classes"),
        ([{"name": "a", "role": "label", "shape": [], "other": 1}], "inputs[0]"),
        ([{"name": 1, "role": "label", "shape": []}], "inputs[0]"),
    ],
)
def test_ports_of_strangers_are_refused(ports, option):
    with refused(option):
        read_ports(ports)


def test_a_card_whose_inputs_no_memory_holds_is_refused():
    huge = Card(task="mine", inputs=[Port("pictures", "image", [4, 65536, 65536])])
    with failed("damaged", option="image"):
        read_card(huge.to_json(), "here")


def test_the_card_of_an_old_run_is_read_and_written_the_same():
    stored = Path(__file__).parents[1] / "training" / "version_0_1_0"
    from ms_gan.generators.weights import load_weights

    _, card = load_weights(next(stored.rglob("*.ckpt")))
    assert read_card(card.to_json(), "here").to_json() == card.to_json()
