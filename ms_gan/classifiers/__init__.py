"""Classifiers with a card, for what attacks and defends them: of the features' kind and of two others."""

from ms_gan.classifiers.opened import FAMILIES, ImageClassifier, open_classifier

__all__ = ["FAMILIES", "ImageClassifier", "open_classifier"]
