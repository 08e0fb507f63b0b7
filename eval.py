"""Measure the images of a trained generator: python eval.py --help."""

import sys
from pathlib import Path

from ms_gan.runtime.interpreter import ensure_environment

if __name__ == "__main__":
    ensure_environment(Path(__file__).resolve().parent)
    from ms_gan.cli.eval import main

    sys.exit(main())
