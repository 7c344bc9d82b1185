"""The two classes that the network tells apart: their names and order.

The order fixes what a probability means: the network ends in one sigmoid, which is the probability of
`CLASSES[1]`, malignant. Their colours are in ui/style.css, their shapes in ui/figures.py.
"""

BENIGN = "benign"
MALIGNANT = "malignant"
CLASSES = (BENIGN, MALIGNANT)

# BUSI's third folder: breasts without a lesion. Indexed, never part of the two-class task.
NORMAL = "normal"
FOLDERS = (*CLASSES, NORMAL)
