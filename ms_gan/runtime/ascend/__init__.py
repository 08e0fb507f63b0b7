"""Ascend: examined; no Ascend is needed for that."""
