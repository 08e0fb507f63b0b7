"""A new run that begins with networks of another one."""

from pathlib import Path
from typing import Dict, List, Optional

import mindspore as ms
import numpy as np

from ms_gan.errors import UsageError
from ms_gan.files import counted
from ms_gan.generators.weights import Contents, read_checkpoint
from ms_gan.runs.events import say
from ms_gan.runs.run_folder import RunFolder
from ms_gan.training.checkpoint import newest_whole
from ms_gan.training.system import System

NAMED = 5  # parameters that are spelt out in a message


def begin_with(path: Optional[str], system: System, tell: bool = True) -> None:
    """Set the networks of a system to those of another run, parameter by parameter where name and shape agree.

    Values of half precision, as the zoo keeps them, become those of the parameter's type.

    Optimizers and counts begin anew. Where the other run kept no average of a network, its average begins as it does.

    Args:
        path: None: nothing is done; a run's folder, of which the newest whole checkpoint counts, or a file such as
            generator.ckpt.
        system: at step 0.
        tell: whether to say what was taken, and what does not fit.

    Raises:
        UsageError: there is nothing at `path`, or none of it fits.
        GanError: a damaged file.
    """
    if path is None:
        return
    values = _contents(Path(path)).values
    anew: List[str] = []
    taken = 0
    for name, network in system.networks.items():
        for parameter in network.get_parameters():
            found = _found(values, parameter.name, name)
            if found is not None and _fits(found, parameter):
                parameter.set_data(ms.Tensor(found.asnumpy(), parameter.dtype))
                taken += 1
            else:
                anew.append(parameter.name)
    if not taken:
        raise UsageError(
            f"--init-from {path}: none of its parameters fits this run's networks; give a run whose networks have the "
            "same names and widths"
        )
    if tell:
        some = ", ".join(anew[:NAMED]) + (", ..." if len(anew) > NAMED else "")
        rest = f"; {len(anew):,} do not fit and begin anew: {some}" if anew else ""
        say(f"note: begins with {counted(taken, 'parameter')} of the networks of {path}{rest}")


def _contents(path: Path) -> Contents:
    if not path.is_dir():
        if not path.is_file():
            raise UsageError(f"--init-from {path}: no such run or file; give a run's folder or its generator.ckpt")
        return read_checkpoint(path)
    found = newest_whole(RunFolder(path).checkpoints)
    if found is None:
        raise UsageError(f"--init-from {path}: holds no checkpoint; give a run's folder or its generator.ckpt")
    return found.contents


def _found(values: Dict[str, ms.Parameter], name: str, network: str) -> Optional[ms.Parameter]:
    """The value for a parameter of a network; of an average without one the network's own."""
    if name not in values and network.endswith("_ema"):
        name = network.removesuffix("_ema") + name[len(network) :]
    return values.get(name)


def _fits(found: ms.Parameter, parameter: ms.Parameter) -> bool:
    """Whether a value has the shape of a parameter, and a type of which its own holds every number."""
    kinds = (one.asnumpy().dtype for one in (found, parameter))
    return found.shape == parameter.shape and np.can_cast(*kinds, casting="safe")
