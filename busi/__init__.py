"""Démystifions l'IA: how a neural network looks at a breast ultrasound.

A teaching demonstration on the BUSI images. It is never a diagnosis. Start with `docs/architecture.md`, or
follow one picture: `images/`, `predict.py`, `ui/prediction.py`.
"""
