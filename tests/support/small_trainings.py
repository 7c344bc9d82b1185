"""The training that visitors watch, made short."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from busi.lessons import small_training


@contextmanager
def short_trainings() -> Iterator[None]:
    """Small trainings to watch have three epochs on few images, so that a test takes no time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_training, "EPOCHS", 3)
        patch.setattr(small_training, "VALIDATION_IMAGES", 12)
        yield
