"""The pages. The only package that imports Gradio; it does not import TensorFlow, which loads behind the first page.

`page.py` composes; `picker.py` is where an image is chosen; each tab has its file; `figures.py` draws.
"""
