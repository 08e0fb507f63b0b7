"""What workers do with PyTorch: one function a kind of task."""

import contextlib

import torch

from benchmarks.translation_twins import CycleTwin, PairedTwin
from benchmarks.twins import Twin
from benchmarks.worker import PRODUCT, THREADS, TRANSLATION, Activity, Task


def set_precision(precision, threads=THREADS):
    """Prepare PyTorch; returns the context of a forward pass."""
    torch.set_num_threads(threads)
    if precision == "bf16":  # weights and activations stay float32, products are computed in bfloat16
        torch.backends.mkldnn.matmul.fp32_precision = "bf16"
        torch.backends.mkldnn.conv.fp32_precision = "bf16"
    return torch.autocast("cpu", torch.bfloat16) if precision == "autocast" else contextlib.nullcontext()


def torch_step(task: Task) -> Activity:
    """A training step of a recipe's twin, data feed included, with fused Adam."""
    if task.recipe in TRANSLATION:
        return translation_step(task)
    twin = Twin(task.recipe, fused=True)
    twin.forward_context = set_precision(task.precision, task.cores)
    images = torch.randint(0, 256, (task.images, *twin.shape), dtype=torch.uint8)
    noisy = task.recipe == "dcgan_cifar10_frog"
    if task.compiled:
        twin.generator, twin.discriminator = torch.compile(twin.generator), torch.compile(twin.discriminator)

    def take(steps):
        for _ in range(steps):
            chosen = images[torch.randint(0, len(images), (task.batch,))].float() / 127.5 - 1
            latents = [torch.randn(task.batch, twin.latent) for _ in range(1 if twin.shared else 2)]
            noise = 0.05 * torch.rand(2, task.batch, 1) if noisy else None
            masks = (torch.rand(3, task.batch, twin.features) >= 0.4) / 0.6 if noisy else (None, None, None)
            loss, *_ = twin.step(chosen, latents[0], latents[-1], noise, masks)
        loss.item()

    return Activity(take, note=f"PyTorch {torch.__version__}")


def translation_step(task: Task) -> Activity:
    """A training step from picture to picture of the recipe's twin."""
    twin = (PairedTwin if task.recipe == "pix2pix" else CycleTwin)(fused=True)
    twin.forward_context = set_precision(task.precision, task.cores)
    images = [torch.randint(0, 256, (task.images, *shape), dtype=torch.uint8) for shape in twin.shapes]
    if task.compiled:
        twin.networks = {name: torch.compile(network) for name, network in twin.networks.items()}

    def take(steps):
        for _ in range(steps):
            chosen = [one[torch.randint(0, len(one), (task.batch,))].float() / 127.5 - 1 for one in images]
            draws = [] if task.recipe == "pix2pix" else list(torch.rand(2, task.batch, 2))
            loss, *_ = twin.step(*chosen, *draws)
        loss.item()

    return Activity(take, note=f"PyTorch {torch.__version__}")


def torch_product(task: Task) -> Activity:
    """A large matrix product; in bf16 of matrices that are bfloat16 already."""
    set_precision("fp32", task.cores)
    a = torch.randn(PRODUCT, PRODUCT, dtype=torch.bfloat16 if task.precision == "bf16" else torch.float32)

    def take(steps):
        for _ in range(steps):
            torch.matmul(a, a)

    return Activity(take, 2 * PRODUCT**3)
