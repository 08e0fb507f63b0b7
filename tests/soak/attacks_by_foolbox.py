"""Whether foolbox makes the very pictures that ours are compared with: python -m tests.soak.attacks_by_foolbox.

tests/golden/attacks.npz holds what tests/attacks/test_gradient.py expects of ms_gan's attacks; here the same attacks of
foolbox (Rauber et al. 2020) on the same network are compared with that file. Takes seconds; needs the `bench` extra.
"""

import sys
from pathlib import Path

import foolbox
import numpy as np
import torch

GOLDEN = Path(__file__).parents[1] / "golden"
sys.path.insert(0, str(GOLDEN))

from inputs import BATCH, values  # noqa: E402
from make_attacks import Plain  # noqa: E402

BOUND = 1e-5  # of pixels in [-1, 1]
ATTACKS = {
    "fgsm": (foolbox.attacks.LinfFastGradientAttack(random_start=False), 0.1),
    "pgd": (foolbox.attacks.LinfPGD(abs_stepsize=0.02, steps=10, random_start=False), 0.1),
    "pgd_l2": (foolbox.attacks.L2PGD(abs_stepsize=0.1, steps=10, random_start=False), 0.5),
}


def main() -> int:
    """Compare; returns 1 where a picture differs."""
    model = foolbox.PyTorchModel(Plain().eval(), bounds=(0, 1), device="cpu")
    clean = torch.from_numpy((values("attacked images", (BATCH, 1, 8, 8)) + 1) / 2)
    labels, golden, worst = torch.arange(BATCH) % 5, np.load(GOLDEN / "attacks.npz"), 0.0
    for name, (attack, eps) in ATTACKS.items():
        made = attack.run(model, clean, foolbox.criteria.Misclassification(labels), epsilon=eps)
        far = float(np.abs(2 * made.numpy() - 1 - golden[name]).max())
        print(f"{name}: {far:.2g} from foolbox {foolbox.__version__}; allowed: {BOUND}")
        worst = max(worst, far)
    return int(worst > BOUND)


if __name__ == "__main__":
    sys.exit(main())
