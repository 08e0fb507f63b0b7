"""How a classifier holds out: each attack alone, before each defence, and through it.

All pictures are rounded to uint8 before anything is measured, as a file would hold them.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence

import numpy as np
from mindspore import nn

from ms_gan.attacks.bounds import as_written, summed_up
from ms_gan.attacks.gradient import Attack, Attacker, Defence
from ms_gan.attacks.measures import success_rate
from ms_gan.classifiers import ImageClassifier
from ms_gan.pictures.pixels import to_float, to_uint8


class Pictures(NamedTuple):
    """Test pictures: uint8 (N, C, H, W), and their classes (N,)."""

    images: np.ndarray
    labels: np.ndarray

    def first(self, count: int) -> "Pictures":
        """The first ones."""
        return Pictures(self.images[:count], self.labels[:count])


@dataclass(frozen=True)
class Named:
    """What makes pictures of pictures: an attack that is a network, or a defence.

    Attributes:
        name: for people and for JSON.
        make: pictures (N, C, H, W), float32 in [-1, 1], to others of the same shape.
        about: how, for JSON.
        network: the same as a cell, where it has a gradient: it is then attacked end to end, in place of by BPDA.
    """

    name: str
    make: Defence
    about: Dict[str, Any] = field(default_factory=dict)
    network: Optional[nn.Cell] = None


class Behind(nn.Cell):
    """A classifier behind a network that cleans pictures.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1].

    Outputs:
        logits (N, K), float32.
    """

    def __init__(self, network: nn.Cell, logits: nn.Cell):
        super().__init__(auto_prefix=False)
        self.network, self.logits = network, logits

    def construct(self, images):
        return self.logits(self.network(images))


@dataclass
class Adaptive:
    """How defences are attacked by somebody who knows them.

    Attributes:
        attack: what is repeated; its gradient is that at the cleaned picture (BPDA).
        count: pictures attacked: each step cleans all of them.
        looks: times a picture is cleaned in a step, the gradients being averaged.
    """

    attack: Attack
    count: int
    looks: int = 1


@dataclass
class Table:
    """What was measured, for JSON; and pictures to look at."""

    clean: Dict[str, Any]
    attacks: List[Dict[str, Any]]
    adaptive: List[Dict[str, Any]]
    transfer: List[Dict[str, Any]]
    strips: Dict[str, Dict[str, np.ndarray]]

    def to_dict(self) -> Dict[str, Any]:
        """The numbers."""
        return {key: getattr(self, key) for key in ("clean", "attacks", "adaptive", "transfer")}


def attacked_pictures(classifier: ImageClassifier, attack: Any, pictures: Pictures) -> np.ndarray:
    """Attacked pictures, uint8 (N, C, H, W), by an Attack on the classifier or by a Named network."""
    clean = to_float(pictures.images)
    made = Attacker(classifier, attack)(clean, pictures.labels) if isinstance(attack, Attack) else attack.make(clean)
    return as_written(made, pictures.images)


def measure(
    classifier: ImageClassifier,
    pictures: Pictures,
    attacks: Sequence[Any],
    defences: Sequence[Named],
    adaptive: Optional[Adaptive] = None,
    others: Sequence[ImageClassifier] = (),
    shown: int = 8,
    tell: Callable[[str], None] = lambda line: None,
) -> Table:
    """Measure each attack on the classifier alone, before each defence, and through it.

    Args:
        classifier: what is attacked and defended.
        pictures: test pictures.
        attacks: each an Attack or a Named network.
        defences: each cleans pictures before the classifier.
        adaptive: how defences themselves are attacked; None: they are not.
        others: classifiers that the same attacked pictures are tried on.
        shown: pictures of each strip.
        tell: told of each result, a line.
    """
    images, labels = pictures
    before = classifier.verdicts(images)
    clean = {"accuracy": _share(before, labels), "defended": {}}
    tell(f"clean: {clean['accuracy']:.1%}")
    for defence in defences:
        washed = to_uint8(defence.make(to_float(images)))
        clean["defended"][defence.name] = _share(classifier.verdicts(washed), labels)
        tell(f"clean, {defence.name}: {clean['defended'][defence.name]:.1%}")
    table = Table(clean, [], [], [], {})
    for attack in attacks:
        attacked = attacked_pictures(classifier, attack, pictures)
        _defended(table, classifier, pictures, attack.name, attacked, defences, shown, tell)
        for other in others:
            _transferred(table, other, pictures, attack.name, attacked, tell)
    if adaptive is not None:
        for defence in defences:
            _adaptive(table, classifier, pictures.first(adaptive.count), defence, adaptive, shown, tell)
    return table


def _defended(
    table: Table,
    classifier: ImageClassifier,
    pictures: Pictures,
    name: str,
    attacked: np.ndarray,
    defences: Sequence[Named],
    shown: int,
    tell: Callable[[str], None],
) -> None:
    """What attacked pictures do to the classifier alone, and behind each defence, into the table."""
    images, labels = pictures
    strip = {"clean": images, "attacked": attacked}
    verdicts = {kind: classifier.verdicts(one) for kind, one in strip.items()}
    row = {
        "attack": name,
        "accuracy": _share(verdicts["attacked"], labels),
        "success_rate": success_rate(verdicts["clean"], verdicts["attacked"], labels),
        **_norms(attacked, images),
        "defended": {},
    }
    tell(f"{name}: {row['accuracy']:.1%}")
    for defence in defences:
        washed = to_uint8(defence.make(to_float(attacked)))
        strip[defence.name], verdicts[defence.name] = washed, classifier.verdicts(washed)
        row["defended"][defence.name] = _share(verdicts[defence.name], labels)
        tell(f"{name}, {defence.name}: {row['defended'][defence.name]:.1%}")
    table.attacks.append(row)
    table.strips[name] = _strip(strip, verdicts, labels, shown)


def _transferred(
    table: Table,
    other: ImageClassifier,
    pictures: Pictures,
    name: str,
    attacked: np.ndarray,
    tell: Callable[[str], None],
) -> None:
    """What the attacked pictures do to another classifier, into the table."""
    images, labels = pictures
    before, after = other.verdicts(images), other.verdicts(attacked)
    row = {"attack": name, "classifier": other.name, "clean": _share(before, labels), "accuracy": _share(after, labels)}
    table.transfer.append({**row, "success_rate": success_rate(before, after, labels)})
    tell(f"{name}, tried on {other.name}: {row['accuracy']:.1%}")


def _adaptive(
    table: Table,
    classifier: ImageClassifier,
    pictures: Pictures,
    defence: Named,
    adaptive: Adaptive,
    shown: int,
    tell: Callable[[str], None],
) -> None:
    """Attack a defence with the classifier behind it, into the table."""
    images, labels = pictures
    if defence.network is None:
        attack = replace(adaptive.attack, name=f"BPDA through {defence.name}")
        attacker = Attacker(classifier, attack, defence.make, adaptive.looks)
    else:
        attack = replace(adaptive.attack, name=f"PGD through {defence.name}")
        attacker = Attacker(replace(classifier, logits=Behind(defence.network, classifier.logits)), attack)
    made = attacker(to_float(images), labels)
    attacked = as_written(made, images)
    washed = to_uint8(defence.make(to_float(attacked)))
    before = classifier.verdicts(to_uint8(defence.make(to_float(images))))
    after = classifier.verdicts(washed)
    table.adaptive.append(
        {
            "attack": attack.name,
            "defence": defence.name,
            "pictures": len(images),
            "clean": _share(before, labels),
            "accuracy": _share(after, labels),
            "success_rate": success_rate(before, after, labels),
            **_norms(attacked, images),
        }
    )
    tell(f"{attack.name}: {table.adaptive[-1]['accuracy']:.1%} of {len(images)} pictures")
    verdicts = {"clean": classifier.verdicts(images), "attacked": classifier.verdicts(attacked), defence.name: after}
    strip = {"clean": images, "attacked": attacked, defence.name: washed}
    table.strips[attack.name] = _strip(strip, verdicts, labels, shown)


def _strip(
    strip: Dict[str, np.ndarray], verdicts: Dict[str, np.ndarray], labels: np.ndarray, shown: int
) -> Dict[str, np.ndarray]:
    """The first pictures of each kind, and what they are taken for: "verdicts/clean", ...; and "labels"."""
    found = {name: images[:shown] for name, images in strip.items()}
    return {**found, **{f"verdicts/{name}": seen[:shown] for name, seen in verdicts.items()}, "labels": labels[:shown]}


def _share(verdicts: np.ndarray, labels: np.ndarray) -> float:
    return float((verdicts == labels).mean())


def _norms(attacked: np.ndarray, clean: np.ndarray) -> Dict[str, float]:
    return summed_up(to_float(attacked), to_float(clean))._asdict()
