"""Where data sets are searched for, and where downloaded and decoded data is kept."""

import os
from pathlib import Path
from typing import List, Optional

from ms_gan.config.paths import FOLDER, home_for_tilde, kind_at
from ms_gan.errors import UsageError

SYSTEM_FOLDERS = (Path("/usr/share/datasets"), Path("/usr/local/share/datasets"))


def cache_dir() -> Path:
    """This user's cache folder of the project; it need not exist yet.

    MS_GAN_CACHE names it; otherwise it is `ms_gan` under XDG_CACHE_HOME, or under ~/.cache.

    Raises:
        UsageError: none of these is known.
    """
    own = os.environ.get("MS_GAN_CACHE")
    if own:
        return Path(home_for_tilde(own)).absolute()
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification has relative paths ignored.
    if not os.path.isabs(base):
        base = home_for_tilde("~/.cache")
    if not os.path.isabs(base):  # as in a container whose user has no entry
        raise UsageError("this user has no home folder for the cache; set MS_GAN_CACHE to a folder", code="missing")
    return Path(base) / "ms_gan"


def data_cache() -> Path:
    """The folder under which fetched data sets are kept, one folder each."""
    return cache_dir() / "data"


def data_folders(given: Optional[str]) -> List[Path]:
    """The folders in which to look for data files, in order.

    Args:
        given: the folder named by --data-dir. Whoever names a folder means that one: no other is searched.

    Raises:
        UsageError: the folder named by --data-dir or by MS_GAN_DATA does not exist.
    """
    if given:
        return [_existing(given, "--data-dir")]
    shared = os.environ.get("MS_GAN_DATA")
    named = [_existing(shared, "MS_GAN_DATA")] if shared else []
    return [*named, data_cache(), *SYSTEM_FOLDERS]


def _existing(folder: str, named_by: str) -> Path:
    path = Path(home_for_tilde(folder))
    kind = kind_at(path, named_by)
    if kind != FOLDER:
        what = "is not a folder" if kind else "does not exist"
        raise UsageError(f"{named_by}: {folder} {what}; give an existing folder, or omit it")
    return path
