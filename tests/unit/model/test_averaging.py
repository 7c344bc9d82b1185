import keras
import numpy as np
import pytest

from busi.model.averaging import RunningAverage


@pytest.fixture
def model() -> keras.Model:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[0.0]], np.float32)])
    return model


def follow(average: RunningAverage, model: keras.Model, weights: list[float]) -> None:
    average.set_model(model)
    for weight in weights:
        model.set_weights([np.array([[weight]], np.float32)])
        average.on_train_batch_end(0)


def test_the_average_by_hand(model):
    """Steps 1, 2, 3 keep min(0.5, 1/10), then 2/11 and 3/12 of the average: 0, then 9/11, then 9/44 + 3/2."""
    average = RunningAverage(0.5)
    follow(average, model, [0.0, 1.0, 2.0])
    assert average.values[0].item() == pytest.approx(9 / 44 + 3 / 2)


def test_decay_zero_is_the_last_step(model):
    average = RunningAverage(0)
    follow(average, model, [3.0, 7.0])
    assert average.values[0].item() == 7


def test_after_many_steps_it_has_the_memory_asked_for(model):
    average = RunningAverage(0.9)
    follow(average, model, [1.0] * 200 + [0.0])
    assert average.values[0].item() == pytest.approx(0.9, abs=1e-4)


def test_it_is_lent_and_given_back_even_after_an_error(model):
    average = RunningAverage(0.9)
    follow(average, model, [1.0, 3.0])
    with pytest.raises(KeyError), average.lent_to(model):
        assert model.get_weights()[0].item() == average.values[0].item()
        raise KeyError
    assert model.get_weights()[0].item() == 3


def test_a_decay_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"decay must be in \[0, 1\), got 1"):
        RunningAverage(1)
