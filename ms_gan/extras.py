"""Packages that only some commands need."""

from importlib.util import find_spec

from ms_gan.errors import UsageError


def need(purpose: str, extra: str, *packages: str) -> None:
    """Refuse a purpose for which a package is missing.

    Args:
        purpose: what the packages are for, as the sentence begins.
        extra: of setup.py, which brings them.
        packages: by the names that they are imported by.

    Raises:
        UsageError: one is not installed; says how to install it.
    """
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise UsageError(
            f'{purpose} needs {" and ".join(missing)}; install with: pip install "ms_gan[{extra}]"', code="uninstalled"
        )
