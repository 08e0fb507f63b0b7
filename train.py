"""Train a generative adversarial network: python train.py --help."""

import sys
from pathlib import Path

from ms_gan.runtime.interpreter import ensure_environment

if __name__ == "__main__":
    ensure_environment(Path(__file__).resolve().parent)
    from ms_gan.cli.train import main

    sys.exit(main())
