"""The table of a robustness measurement, with stand-ins for attacks and defences whose numbers are known."""

import json

import pytest

from ms_gan.attacks.gradient import pgd
from ms_gan.attacks.robustness import Adaptive, Named, Pictures, attacked_pictures, measure
from ms_gan.pictures.pixels import to_uint8
from ms_gan.report.robustness import write_robustness_page
from tests.attacks.small import CLEAN, small_classifier

pytestmark = pytest.mark.usefixtures("device")


def test_each_number_is_of_what_it_says(tmp_path):
    classifier = small_classifier()
    images = to_uint8(CLEAN)
    labels = classifier.verdicts(images)  # all of them right, but the last
    labels[-1] = (labels[-1] + 1) % 5
    pictures = Pictures(images, labels)
    washed = {"looks": 0}

    def undo(attacked):
        washed["looks"] += 1
        return CLEAN[: len(attacked)]

    attack, weak = pgd(0.5, 0.1, 10), Named("still", lambda clean: clean)
    defences = [Named("undo", undo), Named("nothing", lambda pictures: pictures)]
    lines = []
    adaptive = Adaptive(pgd(0.5, 0.1, 2), 4, looks=2)
    table = measure(classifier, pictures, [attack, weak], defences, adaptive, [classifier], 3, lines.append)
    expected = classifier.verdicts(attacked_pictures(classifier, attack, pictures)) == labels
    strong, still = table.attacks
    count = len(labels)
    assert table.clean == {"accuracy": 1 - 1 / count, "defended": {"undo": 1 - 1 / count, "nothing": 1 - 1 / count}}
    assert strong["accuracy"] == expected.mean() == strong["defended"]["nothing"] < 0.5
    assert strong["defended"]["undo"] == 1 - 1 / count and 0.4 < strong["largest_linf"] <= 0.5
    assert still["success_rate"] == 0 == still["l2"] and still["accuracy"] == 1 - 1 / count
    assert table.transfer[0]["accuracy"] == strong["accuracy"] and table.transfer[0]["clean"] == 1 - 1 / count
    assert [row["attack"] for row in table.adaptive] == ["BPDA through undo", "BPDA through nothing"]
    assert table.adaptive[0]["pictures"] == 4 and table.adaptive[0]["accuracy"] == 1.0
    assert any("undo" in line for line in lines) and washed["looks"] > 4
    assert table.strips["PGD"]["attacked"].shape == (3, 1, 8, 8)

    found = json.loads(json.dumps(table.to_dict()))
    protocol = {"data": "digits", "pictures": count, "classifier": classifier.card()}
    write_robustness_page(tmp_path / "page.html", protocol, found, table.strips)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "BPDA through undo" in page and "What the numbers do not show" in page and "(wrong)" in page
    assert page.count("<img") == 3 * (4 + 1 + 4 + 1) + 2 * 3 * (3 + 1)
