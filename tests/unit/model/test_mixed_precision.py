import keras
import numpy as np
import pytest

from busi.model import mixed_precision as precision
from busi.model.mixed_precision import FULL, MIXED, computing_in, has_bfloat16, policy_of
from busi.model.network import build_network, in_float32, with_outline


def mixed(arch: str = "atelier_deep", outline: bool = True) -> keras.Model:
    with computing_in(MIXED):
        network = build_network(arch, 64, seed=3)
        return with_outline(network) if outline else network


@pytest.mark.parametrize(
    ("flags", "has"), [("fma avx512f avx512_bf16", True), ("amx_bf16", True), ("avx2 avx512f", False), ("", False)]
)
def test_the_processor_tells_whether_it_computes_with_sixteen_bits(tmp_path, monkeypatch, flags, has):
    told = tmp_path / "cpuinfo"
    told.write_text(f"processor : 0\nflags\t\t: fpu {flags}\n\n")
    assert has_bfloat16(told) == has and not has_bfloat16(tmp_path / "nothing")
    monkeypatch.setattr(precision, "has_bfloat16", lambda: has)
    assert policy_of(True) == (MIXED if has else FULL) and policy_of(False) == FULL


def test_only_what_is_made_within_computes_so_whatever_happens():
    with pytest.raises(KeyError), computing_in(MIXED):
        assert keras.config.dtype_policy().name == MIXED
        raise KeyError
    assert keras.config.dtype_policy().name == FULL
    assert {layer.compute_dtype for layer in build_network("atelier", 64).layers} == {"float32"}


def test_weights_and_answers_keep_their_32_bits():
    network = mixed()
    assert network.get_layer("conv2a").compute_dtype == "bfloat16"
    assert network.get_layer("up7").compute_dtype == "bfloat16"
    assert {network.get_layer(name).compute_dtype for name in ("probability", "outline")} == {"float32"}
    assert {weight.dtype for weight in network.weights} == {"float32"}


@pytest.mark.parametrize("outline", [True, False])
def test_the_same_network_in_32_bits_is_the_one_that_was_never_another(outline):
    network = mixed(outline=outline)
    full, usual = in_float32(network), build_network("atelier_deep", 64, seed=3)
    usual = with_outline(usual) if outline else usual
    assert full.get_config() == usual.get_config() and in_float32(usual) is usual
    for one, other in zip(full.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert isinstance(full.output, dict) == outline
