"""What a training step must know of a network beside what it computes."""

from mindspore import nn, ops

from ms_gan.models.embeddings import Projection
from ms_gan.models.layers import dense, product


class Discriminator(nn.Cell):
    """Tells real images from others.

    Attributes:
        mixes_batch: whether a layer, such as BatchNorm, mixes the images of a batch: then real and generated images
            take separate passes.
        dropout_features: how many features its dropout acts on; 0: it takes no mask.
        reconstructs: whether it makes real images again of what it has seen in them: `reconstructed(images)` gives
            logits and the error, a term of its loss.
        tells_classes: whether it gives logits of the classes too, (N, K), beside those of being real.
    """

    mixes_batch = False
    dropout_features = 0
    reconstructs = False
    tells_classes = False

    def learn_labels(self, condition: str, classes: int, channels: int, pixels: int = 1) -> None:
        """Add what follows the last features where the run has labels; to be called last in `__init__`.

        Args:
            condition: projection (Miyato and Koyama 2018, arXiv:1802.05637), auxiliary (AC-GAN: Odena et al. 2017,
                arXiv:1610.09585), or concat, for which nothing is added here.
            classes: K; 0: there are no labels.
            channels, pixels: of the last features, (N, channels * pixels).
        """
        self.pixels = pixels
        self.tells_classes = bool(classes) and condition == "auxiliary"
        self.projection = Projection(classes, channels) if classes and condition == "projection" else None
        self.classifier = dense(channels * pixels, classes) if self.tells_classes else None

    def verdict(self, logits, features, labels):
        """What the discriminator returns, once `learn_labels` has been called.

        Args:
            logits: (N, 1), of the features alone.
            features: (N, channels * pixels), float32.
            labels: int32 (N,), or None.

        Returns:
            logits (N, 1), with the class's projection where there is one; where it tells classes, those and (N, K).
        """
        if self.projection is not None:
            if self.pixels > 1:
                # Summed over the pixels, by a product: docs/notes/kernels.md.
                sums = product(features.reshape((-1, self.pixels)), ops.ones((self.pixels, 1), features.dtype))
                features = sums.reshape((features.shape[0], -1))
            return logits + self.projection(features, labels)
        if self.classifier is not None:
            return logits, self.classifier(features)
        return logits
