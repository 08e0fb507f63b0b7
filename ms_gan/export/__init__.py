"""A generator written for other programs; every file is compared with its source before success is reported."""

from ms_gan.export.html import export_html
from ms_gan.export.mindir import export_mindir
from ms_gan.export.onnx import export_onnx

__all__ = ["export_html", "export_mindir", "export_onnx"]
