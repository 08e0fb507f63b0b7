"""How long a run is, and how often something is due in it, in steps."""

from typing import Any, NamedTuple


class Lengths(NamedTuple):
    """Lengths in steps.

    Attributes:
        per_epoch: of an epoch.
        total: of the run.
        sample, save: between two sheets, and between two checkpoints.
        measure: between two measurements of quality; 0: there are none.
    """

    per_epoch: int
    total: int
    sample: int
    save: int
    measure: int

    @classmethod
    def of(cls, config: Any, per_epoch: int) -> "Lengths":
        """Those of a run; `config`: its RunConfig, `per_epoch`: steps of an epoch."""
        train = config.train
        total = train.steps or train.epochs * per_epoch
        unit = per_epoch if train.cadence == "epochs" else 1
        measure = config.metrics.every * per_epoch
        return cls(
            per_epoch=per_epoch,
            total=total,
            sample=train.sample_every * unit,
            save=train.checkpoint_every * unit,
            measure=measure if measure <= total else 0,
        )

    def times(self, every: int, step: int = 0) -> int:
        """How often something that is due every so many steps, and at the end, happens after `step`."""
        return -(-self.total // every) - step // every
