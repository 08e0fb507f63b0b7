"""The tasks: which kinds of GAN there are, and which of them a command line or a run is of."""

import importlib
from pathlib import Path
from typing import Any, Dict, List, Optional, Union

from ms_gan.config.parser import YAML_BYTES, find_config, read_yaml
from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import leaves
from ms_gan.config.yaml import parse_yaml
from ms_gan.errors import UsageError
from ms_gan.tasks.task import Task

USUAL = "latent"  # the task of runs and files that name none
_modules = {name: f"ms_gan.tasks.{name}" for name in ("latent", "paired", "unpaired", "map", "attack")}
_added: Dict[str, Task] = {}


def names() -> List[str]:
    """The names of all tasks."""
    return [*_modules, *_added]


def find(name: str) -> Task:
    """The task of a name.

    Raises:
        UsageError: there is none.
    """
    if name in _added:
        return _added[name]
    if name not in _modules:
        raise UsageError(f"task: {name} is not known; allowed: {', '.join(names())}")
    return importlib.import_module(_modules[name]).TASK


def of_config(config: Any) -> Task:
    """The task of a run's configuration, with the headline measure that it is judged by.

    Raises:
        UsageError: there is none of that name.
    """
    return find(config.task).chosen_by(config)


def add(task: Task) -> None:
    """Make a task of one's own known to this process, before the command that trains it: docs/extending.md."""
    _added[task.name] = task


def named(argv: List[str]) -> str:
    """The task that a command line names: by --task, by the run that it resumes, or by its YAML files; else the usual.

    Raises:
        UsageError: a YAML file that is not there.
    """
    if resumed := _values(argv, "--resume"):  # whatever else is named contradicts it, and is refused for that
        return _named_in(Path(home_for_tilde(resumed[-1])) / "config.yaml") or USUAL
    found = [_named_in(find_config(file)) for file in _values(argv, "--config")]
    found = [*filter(None, found), *_values(argv, "--task")]
    return found[-1] if found else USUAL


def refuse_foreign(argv: List[str], task: Task) -> None:
    """Refuse an option that another task has and this one has not.

    Raises:
        UsageError: naming the option and the tasks.
    """
    own = {key for key, _, _ in leaves(task.config())}
    for flag in (text.partition("=")[0] for text in argv if text.startswith("--")):
        key = flag.removeprefix("--")
        if key not in own:
            having = [name for name in names() if key in {key for key, _, _ in leaves(find(name).config())}]
            if having:
                raise UsageError(f"{flag}: is an option of --task {' and '.join(having)}; this one is {task.name}")


def _values(argv: List[str], flag: str) -> List[str]:
    """What stands behind a flag on a command line, in the order of the arguments."""
    found = [text.partition("=")[2] for text in argv if text.startswith(f"{flag}=")]
    return found + [after for text, after in zip(argv, argv[1:]) if text == flag]


def _named_in(path: Path) -> Optional[str]:
    """The task that a YAML file names; what is wrong with the file is for those to say who read all of it."""
    try:
        with open(path, "rb") as file:
            values = parse_yaml(file.read(YAML_BYTES))
    except (OSError, ValueError, UsageError):
        return None
    return str(values["task"]) if isinstance(values, dict) and values.get("task") is not None else None


def _of_run(folder: Union[str, Path]) -> Task:
    """The task of a run, by its folder. Raises a UsageError for one that is not known."""
    path = Path(folder) / "config.yaml"
    try:
        return find(_named_in(path) or USUAL)
    except UsageError as error:
        raise UsageError(f"{path}: {error}", code=error.code, option=error.option) from None


def read_config(folder: Union[str, Path]) -> Any:
    """The configuration of a run, out of its folder.

    Raises:
        UsageError: config.yaml cannot be read, or is of a task that is not known.
    """
    return read_yaml(_of_run(folder).config, Path(folder) / "config.yaml")
