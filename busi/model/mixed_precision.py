"""Sixteen bits while a network learns, where the processor computes with them.

A bfloat16 has the range of a float32 and some three digits. On processors with instructions for it a training step
on one core takes seven tenths of the time or less; two cores that share a step gain nothing (docs/model.md).
Convolutions and pooling then compute with it; weights, normalisation, the last unit and the losses keep 32 bits
(P. Micikevicius et al. 2018, https://arxiv.org/abs/1710.03740; D. Kalamkar et al. 2019,
https://arxiv.org/abs/1905.12322). On other processors it would be imitated, slowly, so there nothing changes.

Pure Keras: its policies do the work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

FULL, MIXED = "float32", "mixed_bfloat16"
_PROCESSOR = Path("/proc/cpuinfo")
_INSTRUCTIONS = {"avx512_bf16", "amx_bf16"}


def has_bfloat16(processor: Path = _PROCESSOR) -> bool:
    """Whether the processor has instructions for bfloat16; False where nothing tells (Linux on x86 does).

    Args:
        processor: what the system tells of it.
    """
    if not processor.is_file():
        return False
    return bool(_INSTRUCTIONS & set(processor.read_text(encoding="utf-8", errors="replace").split()))


def policy_of(bfloat16: bool) -> str:
    """The policy to learn with: "mixed_bfloat16" if it is wanted and the processor can, else "float32"."""
    return MIXED if bfloat16 and has_bfloat16() else FULL


@contextmanager
def computing_in(policy: str) -> Iterator[None]:
    """Layers made within the block compute by this policy; their weights have 32 bits in any case.

    Args:
        policy: "float32" or "mixed_bfloat16".
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
