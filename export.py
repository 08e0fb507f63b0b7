"""Writes a trained generator as a file for other programs: `python export.py --help` lists the options."""

import sys

from ms_gan.cli.export import main

if __name__ == "__main__":
    sys.exit(main())
