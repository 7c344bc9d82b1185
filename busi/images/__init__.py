"""Image preprocessing, from a file to what the network sees.

Four steps, in the order in which training and the app both take them:

    read_image      file -> uint8 (H, W)        gray levels, or a refusal that says why
    resize          -> uint8 (S, S)
    clahe           -> uint8 (S, S)              local contrast made even
    to_model_input  -> float32 (S, S, 1)         in [0, 1]

`standardise` does the second and third, `prepare` the second to the fourth.

The settings of these steps form an `ImageContract`. Training writes it into the bundle and the app reads it
from there, so the two cannot disagree.

Reading: a file is judged by its content (`read`), a TIFF (`tiff`) or a DICOM file (`dicom`) by a module of its own;
numbers of any depth become eight bits in `levels`; what stands beside the pixels is looked at in `metadata`. What
decoding will cost is told before it begins (`cost`, `refused`); `worker` is a process that does nothing else.
"""

from busi.images.contract import (
    ImageContract,
    clahe,
    gray_levels,
    prepare,
    proportion_of,
    resize,
    standardise,
    to_model_input,
)
from busi.images.levels import is_flat
from busi.images.read import SUFFIXES, ImageSource, Original, Reading, colour_share, read_image, read_picture
from busi.images.refused import MAX_PIXELS, MIN_SIDE, ImageRefused, NotHere, no_more_than, too_costly

__all__ = [
    "MAX_PIXELS",
    "MIN_SIDE",
    "SUFFIXES",
    "ImageContract",
    "ImageRefused",
    "ImageSource",
    "NotHere",
    "Original",
    "Reading",
    "clahe",
    "colour_share",
    "gray_levels",
    "is_flat",
    "no_more_than",
    "prepare",
    "proportion_of",
    "read_image",
    "read_picture",
    "resize",
    "standardise",
    "to_model_input",
    "too_costly",
]
