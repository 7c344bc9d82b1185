"""Telling whoever waits for a training how far it is, and listening when they want it to stop.

In a terminal a bar moves within the epoch; elsewhere (a log file, a pipe) only the line of each epoch is printed.
Control-C is heard at the end of a batch, because TensorFlow turns one that strikes elsewhere into errors of its own.
"""

import signal
import sys
import time
from types import FrameType

import keras
from tqdm import tqdm

from busi.training.checkpoints import Epoch


class Progress(keras.callbacks.Callback):
    """A Keras callback for the bar, and `on_epoch` for the lines. A context manager: it closes its bar."""

    def __init__(self, epochs: int) -> None:
        """Args: epochs, the most that may be run."""
        super().__init__()
        self.epochs = epochs
        self._bar: tqdm | None = None
        self._start = time.monotonic()
        self._epochs_here = 0

    def __enter__(self) -> "Progress":
        """Starts the clock."""
        self._start = time.monotonic()
        return self

    def __exit__(self, *error: object) -> None:
        """Closes the bar."""
        self._close_bar()

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Opens the bar of an epoch; a no-op where there is no terminal."""
        self._bar = tqdm(total=self.params.get("steps"), unit="batch", leave=False, disable=not sys.stderr.isatty())

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Moves the bar."""
        if self._bar is not None and logs:
            self._bar.set_postfix(loss=f"{logs['loss']:.3f}", refresh=False)
            self._bar.update()

    def on_epoch(self, row: Epoch) -> None:
        """Prints an epoch's line, with the time that is left if no early stop comes."""
        self._close_bar()
        self._epochs_here += 1
        left = (time.monotonic() - self._start) / self._epochs_here * (self.epochs - row.epoch)
        measured = {"train": (row.loss, row.auc), "validation": (row.val_loss, row.val_auc)}
        told = [f"{name}: loss {loss:.3f} auc {auc:.3f}   " for name, (loss, auc) in measured.items() if loss == loss]
        print(
            f"epoch {row.epoch:>3}/{self.epochs}   {''.join(told)}{row.seconds:.0f} s, at most {_clock(left)} left",
            flush=True,
        )

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Interruption(keras.callbacks.Callback):
    """A context manager and Keras callback: Control-C ends the training after the batch, a second one at once."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        super().__init__()
        self._asked = False
        self._before = signal.SIG_DFL

    def __enter__(self) -> "Interruption":
        """Begins to listen."""
        self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *error: object) -> None:
        """Gives Control-C back its usual meaning."""
        signal.signal(signal.SIGINT, self._before)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Stops if that was asked.

        Raises:
            KeyboardInterrupt: as Control-C usually does.
        """
        if self._asked:
            raise KeyboardInterrupt

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
