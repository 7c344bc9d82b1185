"""The two classes that the network tells apart: their names, order and colours.

The order fixes what a probability means: the network ends in one sigmoid, which is the probability of
`CLASSES[1]`, malignant. Colours come in pairs for light and dark pages, chosen to stay apart for colour-blind
readers; a word or a shape always says the same as the colour.
"""

BENIGN = "benign"
MALIGNANT = "malignant"
CLASSES = (BENIGN, MALIGNANT)

# BUSI's third folder: breasts without a lesion. Indexed, never part of the two-class task.
NORMAL = "normal"
FOLDERS = (*CLASSES, NORMAL)

COLOURS = {BENIGN: "#2563EB", MALIGNANT: "#EA580C"}
DARK_COLOURS = {BENIGN: "#60A5FA", MALIGNANT: "#FB923C"}
