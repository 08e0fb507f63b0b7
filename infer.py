"""Makes images with a trained generator: `python infer.py --help` lists the options."""

import sys

from ms_gan.cli.infer import main

if __name__ == "__main__":
    sys.exit(main())
