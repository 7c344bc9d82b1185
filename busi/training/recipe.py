"""Everything that decides how a network is trained, in one place; bundle.json keeps it."""

from dataclasses import dataclass, field, replace
from typing import Any

from busi.images import ImageContract
from busi.model.augment import AugmentationSettings
from busi.model.network import ATELIER, DEEP, LITE
from busi.system.ranges import check_number

RANDOM, IMAGENET = WEIGHTS = ("random", "imagenet")
VAL_LOSS, VAL_AUC, LAST = CRITERIA = ("val_loss", "val_auc", "last")
DEFAULT, SCRATCH, STEADY, SHORT, QUICK, PLAIN = "default", "scratch", "steady", "short", "quick", "plain"


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a network is trained.

    Attributes:
        arch: name of the architecture.
        weights: what its weights begin with: "random", or "imagenet", what a million photographs taught it; `lite` has
            those alone.
        image: how an image becomes the input.
        augmentation: how far the random changes of real images go, and of simulated ones shown among them; in the
            simulated stage they stay at the usual ones of `AugmentationSettings`.
        epochs: most epochs.
        keep: what chooses the epoch whose weights are kept: the lowest "val_loss", the highest "val_auc", or nothing:
            the "last" one, of a length that was fixed before.
        burn_in: share of the epochs, at the start, of which none is kept: until the network settles, the loss of a few
            validation images jumps, and the lowest may be luck.
        patience: epochs without a better one before stopping.
        batch_size: images per step.
        learning_rate: highest learning rate of Adam, reached after `warmup` epochs.
        warmup: epochs over which the learning rate rises.
        cosine_decay: whether it then falls to zero over the other epochs, along half a cosine, or stays.
        weight_decay: how strongly Adam pulls weights to zero (AdamW).
        averaging: how much of the averaged weights stays at each step.
        label_smoothing: 0.05 asks for 0.975 and 0.025 instead of 1 and 0.
        pretrain: simulated images that the network learns from before it sees a real one; 0 for none.
        pretrain_epochs: how often it sees them.
        outline: how much drawing the expert's outline counts in the loss, beside naming the class; 0 for a network that
            is never shown an outline. It is an output while learning, never an input, and gone afterwards.
        drawn: simulated images that a network of its own learns to draw outlines from (`drawing.py`), whose outlines
            count in the score; 0 for none.
        drawn_epochs: how often it sees them.
        drawn_real_epochs: how often it then sees experts' outlines, among as many simulated ones.
        folds: of training and validation images together, each held out once (`cross_fit.py`), so that all of them
            calibrate the score and choose the threshold, and all are learned from; with `drawn` images, and only then.
        rehearsal: simulated images shown among the real ones in each epoch, per real image, lest the network forget
            what it learned from them; 0 for none, and none where none were drawn to learn from.
        mirrored: whether the trained network answers by the mean over an image and its mirror image.
        finer: whether the trained network looks at twice as many places than it did while it learned.
        bfloat16: whether convolutions are computed with 16 bits while it learns, where the processor can
            (`precision.py`).
        name: of the set of settings in `RECIPES` that it began with.
        seed: of the starting weights, the order, the random changes, dropout and the simulated images.
    """

    arch: str = ATELIER
    weights: str = RANDOM
    image: ImageContract = field(default_factory=ImageContract)
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    epochs: int = 40
    keep: str = VAL_LOSS
    burn_in: float = 0.0
    patience: int = 15
    batch_size: int = 16
    learning_rate: float = 1e-3
    warmup: int = 3
    cosine_decay: bool = True
    weight_decay: float = 1e-2
    averaging: float = 0.98
    label_smoothing: float = 0.05
    pretrain: int = 4000
    pretrain_epochs: int = 8
    outline: float = 0.0
    drawn: int = 0
    drawn_epochs: int = 12
    drawn_real_epochs: int = 15
    folds: int = 0
    rehearsal: float = 3.0
    mirrored: bool = False
    finer: bool = False
    bfloat16: bool = False
    name: str = DEFAULT
    seed: int = 0

    @property
    def first_kept(self) -> int:
        """The first epoch that may be kept, counted from 1."""
        return int(self.burn_in * self.epochs) + 1

    def __post_init__(self) -> None:
        """Refuses settings out of range.

        Raises:
            ValueError: naming the setting and the value received.
        """
        for name in ("epochs", "patience", "batch_size", "pretrain_epochs"):
            check_number(name, getattr(self, name), 1, whole=True)
        if self.keep not in CRITERIA:
            raise ValueError(f"keep must be one of {', '.join(CRITERIA)}, got {self.keep!r}")
        if self.weights not in WEIGHTS or (self.weights == IMAGENET and self.arch != LITE):
            raise ValueError(f"weights must be {RANDOM!r}, or {IMAGENET!r} with {LITE!r}, got {self.weights!r}")
        if not 0 <= self.burn_in < 1:
            raise ValueError(f"burn_in must be from 0 to below 1, got {self.burn_in}")
        check_number("outline", self.outline, 0, 100)
        check_number("folds", self.folds, 0, 20, whole=True)
        if (self.folds or self.drawn) and (self.folds < 3 or self.keep != LAST or not self.drawn):
            raise ValueError(f"folds must be 0, or 3 and more with drawn images and keep {LAST!r}, got {self.folds}")
        check_number("drawn", self.drawn, 0, 1_000_000, whole=True)
        for name in ("drawn_epochs", "drawn_real_epochs"):
            check_number(name, getattr(self, name), 1, whole=True)
        check_number("rehearsal", self.rehearsal, 0, 10)
        check_number("pretrain", self.pretrain, 0, 1_000_000, whole=True)
        check_number("seed", self.seed, 0, 2**31 - 1, whole=True)


# What train.py --recipe may name: the settings that differ from those above.
_SMALL = ImageContract(size=128)
# The usual changes go further, and with them come those of another scanner, and stray marks.
_ELSEWHERE = AugmentationSettings(
    rotation=20, zoom=0.2, translation=0.15, gamma=0.3, shading=0.3, softness=0.5, grain=0.15, marks=0.3
)
_PHOTOGRAPHS: dict[str, Any] = {
    "image": _SMALL,
    "arch": LITE,
    "weights": IMAGENET,
    "augmentation": replace(_ELSEWHERE, contrast=0.5, contrast_both_ways=True, marks=0.5),
    "keep": LAST,
    "pretrain": 0,
    "outline": 1.0,
    "mirrored": True,
}
_FROM_DRAWINGS: dict[str, Any] = {"image": _SMALL, "outline": 1.0, "finer": True, "mirrored": True}
# What helped in the trials of docs/model.md: deeper, longer, and for other scanners and stray marks too.
_SCRATCH: dict[str, Any] = {
    **_FROM_DRAWINGS,
    "arch": DEEP,
    "augmentation": _ELSEWHERE,
    "epochs": 60,
    "burn_in": 1 / 3,
    "patience": 60,
    "pretrain": 6000,
    "pretrain_epochs": 6,
    "outline": 3.0,
    "rehearsal": 0.5,
    "bfloat16": True,
}
RECIPES: dict[str, dict[str, Any]] = {
    # A network that begins with what photographs taught it, and another one that draws what counts too.
    DEFAULT: {**_PHOTOGRAPHS, "epochs": 20, "rehearsal": 0.0, "drawn": 6000, "folds": 5},
    # The default until November 2026: no photograph, a head start on simulated images, one network.
    SCRATCH: _SCRATCH,
    # A rate that stays, with a longer average, did better in trials; images of less contrast are what the networks of
    # "scratch" mind most. Under make quality it was no better (.920 and .919, one seed), so it was never the default.
    STEADY: {
        **_SCRATCH,
        "augmentation": replace(_ELSEWHERE, contrast_both_ways=True),
        "burn_in": 2 / 3,
        "cosine_decay": False,
        "averaging": 0.995,
    },
    # The default before that; the trials of docs/model.md, "A second round of levers", set out from it.
    SHORT: {
        **_FROM_DRAWINGS,
        "epochs": 20,
        "patience": 20,
        "pretrain": 6000,
        "pretrain_epochs": 6,
        "rehearsal": 1.0,
    },
    # The first of the default's two networks alone: threshold and calibration by the validation part.
    QUICK: {**_PHOTOGRAPHS, "epochs": 12, "rehearsal": 0.0},
    # No simulated image, no outline, no mirror: on it `experiments.architectures` compares architectures.
    PLAIN: {"pretrain": 0, "rehearsal": 0.0},
}
