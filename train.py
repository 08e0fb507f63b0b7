"""Trains a GAN: `python train.py --help` lists the options."""

import sys

from ms_gan.cli.train import main

if __name__ == "__main__":
    sys.exit(main())
