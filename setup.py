"""Packaging of ms_gan. scripts/check_env.py compares an environment with what is named below."""

import re
from pathlib import Path
from typing import List

# Those for which all the releases of MindSpore below exist. What is admitted here is what .ci/run tests.
PYTHON = ">=3.10,<3.13"
REQUIREMENTS = [
    # One wheel serves CPU, GPU and Ascend.
    "mindspore>=2.8,<2.11",
    # MindSpore is compiled against numpy 1, but not every release of it says so.
    "numpy>=1.22,<2",
    "matplotlib>=3.7,<4",
    "Pillow>=9.5",
    "jsonargparse>=4.30,<5",
    "pooch>=1.8,<2",
    "requests>=2.28,<3",
    "filelock>=3.12,<5",
    "tqdm>=4.64,<5",
    "PyYAML>=6.0,<7",
]

# MindSpore's GPU plugin wants CUDA 11 and cuDNN 8; these wheels hold the libraries that it loads.
LINUX = 'platform_system == "Linux" and platform_machine == "x86_64"'
EXTRAS = {
    # Every minor release of ruff formats a little differently.
    "dev": [
        "ruff>=0.17,<0.18",
        "pytest>=8,<10",
        "pytest-xdist>=3.5,<4",
        "hypothesis>=6.100,<7",
        "onnx>=1.16,<2",
        "onnxruntime>=1.16,<2",
        "build>=1.2,<2",
        "flask>=3.1,<4",
        "waitress>=3,<4",
        "tensorboardX>=2.6,<3",
        "playwright>=1.40,<2",
        "scikit-image>=0.22,<0.27",
    ],
    # Image features from a network in an ONNX file.
    "metrics": ["onnxruntime>=1.16,<2"],
    # export.py --format ONNX.
    "export": ["onnx>=1.16,<2", "onnxruntime>=1.16,<2"],
    # The local page of ms_gan.cli.explore.
    "explore": ["flask>=3.1,<4", "waitress>=3,<4"],
    # Event files, with --train.tensorboard.
    "tensorboard": ["tensorboardX>=2.6,<3"],
    # The pages of docs/ and the reference of all modules as a site: CONTRIBUTING.md.
    "docs": ["mkdocs>=1.6,<2", "mkdocs-material>=9.5,<10", "pdoc>=15,<17"],
    "bench": ["torch>=2.2,<3", "foolbox>=3.3,<4"],
    "gpu": [
        f"nvidia-cuda-runtime-cu11==11.8.89; {LINUX}",
        f"nvidia-cublas-cu11==11.11.3.6; {LINUX}",
        f"nvidia-cudnn-cu11==8.9.6.50; {LINUX}",
        f"nvidia-cufft-cu11==10.9.0.58; {LINUX}",
        f"nvidia-curand-cu11==10.3.0.86; {LINUX}",
        f"nvidia-cusolver-cu11==11.4.1.48; {LINUX}",
        f"nvidia-cusparse-cu11==11.7.5.86; {LINUX}",
        f"nvidia-cuda-nvrtc-cu11==11.8.89; {LINUX}",
    ],
}


ROOT = Path(__file__).resolve().parent
CLASSIFIERS = [
    "Development Status :: 4 - Beta",
    "Environment :: Console",
    "Intended Audience :: Education",
    "Intended Audience :: Science/Research",
    "Operating System :: POSIX :: Linux",
    "Programming Language :: Python :: 3 :: Only",
    *(f"Programming Language :: Python :: 3.{minor}" for minor in range(10, 13)),
    "Topic :: Scientific/Engineering :: Artificial Intelligence",
    "Topic :: Scientific/Engineering :: Image Processing",
]


def read_version() -> str:
    """The package's version, read as text: importing the package would need what is not installed yet."""
    source = (ROOT / "ms_gan" / "__init__.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE).group(1)


def commands() -> List[str]:
    """What installing puts on the PATH: ms-gan-NAME for each module with a `main` in ms_gan/cli and ms_gan/data."""
    sources = [path for room in ("cli", "data") for path in sorted((ROOT / "ms_gan" / room).glob("*.py"))]
    modules = [path for path in sources if "\ndef main(" in path.read_text(encoding="utf-8")]
    return [f"ms-gan-{path.stem} = ms_gan.{path.parent.name}.{path.stem}:main" for path in modules]


if __name__ == "__main__":
    from setuptools import find_packages, setup

    setup(
        name="ms_gan",
        version=read_version(),
        description="Trains generative adversarial networks for images with MindSpore",
        long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
        long_description_content_type="text/markdown",
        keywords=["GAN", "DCGAN", "MindSpore", "image generation"],
        classifiers=CLASSIFIERS,
        license="Apache-2.0",
        python_requires=PYTHON,
        packages=[*find_packages(include=["ms_gan", "ms_gan.*"]), "ms_gan.configs"],
        package_dir={"ms_gan.configs": "configs"},  # recipes lie beside the package in a clone, in it where installed
        package_data={
            "ms_gan": [f"**/*.{kind}" for kind in ("html", "js", "css", "svg", "npz", "json", "ckpt")],
            "ms_gan.configs": ["*.yaml"],
        },
        entry_points={"console_scripts": commands()},
        install_requires=REQUIREMENTS,
        extras_require=EXTRAS,
    )
