"""Adversarial inputs at inference time."""
