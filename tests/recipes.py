"""What makes each recipe small enough for a test."""

DENSE = ["--data.source", "synthetic", "--generator.hidden", "[12,16]", "--discriminator.hidden", "[12]"]
NARROW = ["--generator.channels", "4", "--discriminator.channels", "4"]
SMALL = {
    "gan_mnist": DENSE,
    "gan_mnist_best": DENSE,
    "gan_mnist_wide": DENSE,
    "gan_mnist_plain": DENSE,
    "cgan_mnist": DENSE,
    "cdcgan_mnist": ["--data.source", "synthetic", *NARROW],
    "dcgan_64": NARROW,
    "dcgan_mnist": ["--data.source", "synthetic", *NARROW],
    "dcgan_cifar10_frog": ["--generator.channels", "8", "--discriminator.channels", "8"],
}
# Those whose graphs take long to compile: tests/soak/test_modern_recipes.py.
MODERN = {
    "cdcgan_64": NARROW,
    "r3gan_stacked": ["--data.source", "folder", *NARROW, "--data.image_size", "16"],
    "own_64": [*NARROW, "--data.image_size", "16"],
}
