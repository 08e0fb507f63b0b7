"""Make images with a trained generator: python infer.py --help."""

import sys
from pathlib import Path

from ms_gan.runtime.interpreter import ensure_environment

if __name__ == "__main__":
    ensure_environment(Path(__file__).resolve().parent)
    from ms_gan.cli.infer import main

    sys.exit(main())
