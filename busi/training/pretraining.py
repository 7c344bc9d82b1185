"""A head start: the network first learns from simulated images, of which there can be as many as one likes.

What can carry over to real images is what the simulator has in common with them: outlines, shadows, grain. What it was
worth is in docs/model.md. Simulated validation images choose the stage's best epoch, so no real image is spent on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import keras

from busi.data.parts import Part, simulated_part
from busi.data.simulated import held_out_seeds, training_seeds
from busi.model.augment import AugmentationSettings
from busi.training.checkpoints import Epoch
from busi.training.fit import Fitted, fit
from busi.training.recipe import Recipe


def simulated_stage(recipe: Recipe) -> Recipe:
    """How the simulated stage is trained: larger batches, the usual random changes, a short warm-up, no early stop.

    Its few epochs may all be kept, its rate falls to zero and its average is the usual one, whatever comes after: so
    recipes that differ in these alone set out from the same stage.

    Args:
        recipe: of the whole training.
    """
    epochs = recipe.pretrain_epochs
    usual = {"augmentation": AugmentationSettings(), "batch_size": 2 * recipe.batch_size, "warmup": 1}
    whole = {"epochs": epochs, "patience": epochs, "burn_in": 0.0, "cosine_decay": True, "averaging": Recipe.averaging}
    return replace(recipe, **whole, **usual)


def simulated_images(recipe: Recipe, cache: Path | None = None) -> Part:
    """The simulated images that a run learns from, and later rehearses.

    Args:
        recipe: of the whole training; `pretrain` says how many.
        cache: folder where drawn images are kept, if they shall be.
    """
    return simulated_part(training_seeds(recipe.seed, recipe.pretrain), recipe.image, cache)


def pretrain(
    recipe: Recipe,
    simulated: Part,
    checkpoints: Path,
    cache: Path | None = None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    record: Callable[[int, keras.Model], None] = lambda epoch, model: None,
) -> Fitted:
    """Trains a network on simulated images alone, or takes up where it was interrupted.

    Args:
        recipe: of the whole training.
        simulated: what is learned from, from `simulated_images`.
        checkpoints: folder of this stage's checkpoints.
        cache: folder where the validation images are kept, if they shall be.
        on_epoch: told of each finished epoch.
        callbacks: Keras callbacks, for a progress bar within an epoch.
        record: as for `fit`.

    Returns:
        The network, which has seen no real image.

    Raises:
        ValueError: if the checkpoints are of another recipe or of other images.
    """
    validation = simulated_part(held_out_seeds("validation"), recipe.image, cache)
    watching = {"on_epoch": on_epoch, "callbacks": callbacks, "record": record}
    return fit(simulated_stage(recipe), simulated, validation, checkpoints, **watching)
