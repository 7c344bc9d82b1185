"""What a Space on ZeroGPU asks of an app.

Of the Spaces that run a program, a free account may only have those on ZeroGPU: a machine with processors of its own,
which lends a GPU to the functions declared with `spaces.GPU`, for as long as a call of theirs lasts, and counts that
time against a quota of whoever calls. The workshop answers in some milliseconds without a GPU. But the package `spaces`
reports the start to the platform only if such a function is declared when the app is launched, and the platform stops
an app that is not reported ("No @spaces.GPU function detected during startup"). So one is declared and never called: no
GPU is asked for, and nobody's quota is spent.

Read in the source of spaces 0.51.3: `zero/__init__.py` (startup), `zero/decorator.py`, `zero/client.py`, `config.py`.
"""

import os
from collections.abc import MutableMapping

ASKED = ("1", "t", "true")  # what spaces takes for yes


def declare_to_zero_gpu(environ: MutableMapping[str, str] = os.environ) -> None:
    """Declares the function that ZeroGPU looks for, and keeps TensorFlow away from its GPU; elsewhere does nothing.

    To be called before the app is launched and before TensorFlow is loaded.

    Args:
        environ: the environment; SPACES_ZERO_GPU in it tells a Space on ZeroGPU.

    Raises:
        ValueError: on ZeroGPU, if the package `spaces` is missing.
    """
    if environ.get("SPACES_ZERO_GPU", "").lower() not in ASKED:
        return
    environ["CUDA_VISIBLE_DEVICES"] = "-1"
    try:
        import spaces  # here, because it is of use on ZeroGPU only, and is installed there only
    except ImportError as error:
        raise ValueError(
            "a Space on ZeroGPU needs the package spaces: add it to requirements.txt, as `make space` does with"
            ' ARGS="--hardware zero"'
        ) from error
    spaces.GPU(duration=1)(never_called)


def never_called() -> None:
    """Stands for a computation on a GPU, of which the workshop has none; see the top of this file."""
