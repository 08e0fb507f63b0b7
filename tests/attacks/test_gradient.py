"""Attacks against PyTorch's, and what holds for every attack."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ms_gan.attacks.bounds import as_written, norms_of, on_our_range
from ms_gan.attacks.gradient import Attack, Attacker, cw, fgsm, pgd
from ms_gan.pictures.pixels import to_float, to_uint8
from tests.attacks.small import CLEAN, LABELS, small_classifier

pytestmark = pytest.mark.usefixtures("device")
GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "attacks.npz")
CASES = {
    "fgsm": fgsm(0.1),
    "pgd": pgd(0.1, 0.02, 10),
    "pgd_l2": Attack("PGD L2", 0.5, 0.1, 10, norm="l2"),
    "margin": cw(0.1, 0.02, 10, confidence=1e3),
    "targeted": pgd(0.1, 0.02, 10, targeted=True),
}


@pytest.fixture(scope="module")
def attackers(device):
    """An attacker for each case, compiled once."""
    classifier = small_classifier()
    return {name: Attacker(classifier, attack) for name, attack in CASES.items()}


def again(attacker, **changes):
    """The same graph with other numbers."""
    attacker.attack = replace(attacker.attack, **changes)
    return attacker


@pytest.mark.parametrize("name", CASES)
def test_it_makes_the_pictures_that_pytorch_makes(name, attackers):
    made = attackers[name](CLEAN, LABELS)
    assert np.allclose(attackers[name].classifier.scores(CLEAN), GOLDEN["logits"], atol=1e-4)
    assert np.abs(made - GOLDEN[name]).max() < 1e-5 < np.abs(made - CLEAN).max()


@pytest.mark.parametrize("eps", [0.0, 8 / 255, 0.3, 2.0])
@pytest.mark.parametrize("name", ["pgd", "pgd_l2"])
def test_pictures_stay_within_the_bound_and_the_range_as_files_too(name, eps, attackers):
    before = attackers[name].attack
    clean = to_uint8(CLEAN)
    for restarts in (0, 2):
        attacker = again(attackers[name], eps=eps, step=max(eps / 4, 0.01), restarts=restarts)
        made = attacker(to_float(clean), LABELS)
        written = to_float(as_written(made, clean))
        for pictures, slack in ((made, 1e-6), (written, 1e-6)):
            linf, l2 = norms_of(pictures, to_float(clean))
            assert (linf if name == "pgd" else l2).max() <= eps + slack
            assert np.abs(pictures).max() <= 1
        if eps == 0.0:
            assert np.array_equal(made, to_float(clean))
        elif eps < 2:
            assert np.abs(written - made).max() <= 2 / 255 + 1e-6, "rounded by more than a level"
    attackers[name].attack = before


def test_whole_levels_survive_rounding():
    clean = np.full((1, 1, 2, 2), 100, np.uint8)
    attacked = to_float(clean) + np.float32(on_our_range(8 / 255)) * np.array([[[[1, -1], [0.5, 0]]]], np.float32)
    assert as_written(attacked, clean).ravel().tolist() == [108, 92, 104, 100]


def test_attacks_err_the_classifier_more_the_further_they_may_go(attackers):
    classifier = attackers["pgd"].classifier
    truth = classifier.verdicts(CLEAN)  # the random classifier's own opinion

    def accuracy(name):
        return (classifier.verdicts(attackers[name](CLEAN, truth)) == truth).mean()

    assert accuracy("pgd") <= accuracy("fgsm") < 1
    before = attackers["pgd"].attack
    again(attackers["pgd"], eps=2.0, step=0.1, steps=30)
    assert accuracy("pgd") == 0, "an unbounded attack must always succeed"
    attackers["pgd"].attack = before


def test_a_seed_makes_the_same_random_starts_and_restarts_do_not_help_the_classifier(attackers):
    before = attackers["pgd"].attack
    one, two, three = (again(attackers["pgd"], restarts=count)(CLEAN, LABELS) for count in (1, 1, 3))
    assert np.array_equal(one, two) and not np.array_equal(one, three)
    assert not np.array_equal(one, again(attackers["pgd"], restarts=1, seed=1)(CLEAN, LABELS))
    own = [attackers["pgd"].classifier.scores(made)[range(len(LABELS)), LABELS].mean() for made in (one, three)]
    assert own[1] <= own[0] + 1e-3
    attackers["pgd"].attack = before


def test_the_gradient_is_that_at_the_cleaned_picture_and_looks_are_summed(device):
    classifier, seen = small_classifier(), []

    def defence(images):
        seen.append(images)
        return np.clip(images * np.float32(0.5), -1, 1)

    attack = fgsm(0.1)
    made = Attacker(classifier, attack, defence, looks=2)(CLEAN, LABELS)
    at_the_cleaned = Attacker(classifier, attack)(CLEAN * np.float32(0.5), LABELS) - CLEAN * np.float32(0.5)
    expected = np.clip(CLEAN + on_our_range(0.1) * np.sign(at_the_cleaned), -1, 1)
    assert len(seen) == 2 and np.abs(made - expected).max() < 1e-6


def test_impossible_attacks_are_refused():
    with pytest.raises(ValueError, match="eps is -1"):
        fgsm(-1)
    with pytest.raises(ValueError, match="norm l1"):
        pgd(0.1, norm="l1")
