"""Other architectures beside the workshop's, asked."""

from experiments.architectures import difference


def test_a_network_beside_itself_is_no_different(small_bundle):
    same = difference([small_bundle], [small_bundle])
    assert (same.value, same.low, same.high) == (0, 0, 0)
    test = small_bundle.predictions.query("split == 'test'")
    assert same.n == len(test)
