"""Environment variables that MindSpore reads while it is imported."""

import os


def prepare() -> None:
    """Set what MindSpore's import should find; what the user has set already stands."""
    # MindSpore logs warnings for developers (deprecated operators of its own) at every import; errors still show.
    os.environ.setdefault("GLOG_v", "3")
