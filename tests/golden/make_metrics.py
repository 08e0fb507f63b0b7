"""Makes the reference numbers of the metrics: python tests/golden/make_metrics.py, in an environment of its own.

It needs torch, torchvision, torch-fidelity 0.4.0, clean-fid 0.1.35 and prdc 0.2; metrics.npz holds the versions that
were used. The tests take the features from here, so what the libraries are for is imported where it is used.
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np
from inputs import values

LIBRARIES = ("torch", "torch-fidelity", "clean-fid", "prdc", "scipy", "scikit-learn", "numpy")
NEIGHBOURS = (3, 5)


def features(name, count, width=32, shift=0.0):
    """Correlated features (count, width), float64, with an offset, as functions of the name."""
    mixing = values(f"{name} mixing", (width, width)).astype(np.float64) + np.eye(width)
    return values(name, (count, width)).astype(np.float64) @ mixing + shift + 3


REAL, FAKE = features("real", 400), features("fake", 303, shift=0.2)
# Fewer samples than numbers in a feature: both covariances are singular.
FEW_REAL, FEW_FAKE = features("few real", 40, 64), features("few fake", 50, 64, 0.2)
# Overlapping sets, of which the neighbours' metrics are neither all nor nothing.
NEAR_REAL = values("near real", (400, 4)).astype(np.float64)
NEAR_FAKE = values("near fake", (303, 4)).astype(np.float64) * [1.2, 0.6, 1, 1] + [0.4, 0, 0, 0]
SETS = {"full": (REAL, FAKE), "few": (FEW_REAL, FEW_FAKE), "near": (NEAR_REAL, NEAR_FAKE)}
LOGITS = 4 * values("logits", (303, 10)).astype(np.float64)


def main():
    import torch
    from cleanfid import fid as clean
    from prdc import compute_prdc
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
    from torch_fidelity.metric_isc import isc_features_to_metric
    from torch_fidelity.metric_kid import kernel_mmd

    golden = {f"version of {library}": version(library) for library in LIBRARIES}
    for name, (real, fake) in SETS.items():
        statistics = [fid_features_to_statistics(torch.from_numpy(f)) for f in (real, fake)]
        found = fid_statistics_to_metric(*statistics, verbose=False)
        golden[f"{name} frechet torch-fidelity"] = found["frechet_inception_distance"]
        (mean, covariance), (other_mean, other_covariance) = [(s["mu"], s["sigma"]) for s in statistics]
        golden[f"{name} frechet clean-fid"] = clean.frechet_distance(mean, covariance, other_mean, other_covariance)
        # Both want equally many samples; one subset of all of them is the estimate itself.
        count = min(len(real), len(fake))
        polynomial = {"kid_kernel": "poly", "kid_kernel_poly_degree": 3, "kid_kernel_poly_coef0": 1}
        golden[f"{name} kernel torch-fidelity"] = kernel_mmd(real[:count], fake[:count], **polynomial)
        golden[f"{name} kernel clean-fid"] = clean.kernel_distance(real[:count], fake[:count], 1, count)
    for neighbours in NEIGHBOURS:
        found = compute_prdc(NEAR_REAL, NEAR_FAKE, neighbours)
        golden.update({f"{metric} {neighbours}": value for metric, value in found.items()})
    for splits in (1, 10):
        score = isc_features_to_metric(torch.from_numpy(LOGITS), splits, shuffle=False)
        golden[f"inception score {splits}"] = [score["inception_score_mean"], score["inception_score_std"]]
    np.savez(Path(__file__).with_name("metrics.npz"), **golden)
    for name, value in golden.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
