"""The experiment of the exercise on groups: images made worse on purpose, one step by step, or many at once."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from markupsafe import Markup

from busi.images import resize
from busi.images.degradation import STEPS, degrade
from busi.images.quality import measure
from busi.model.metrics import rate
from busi.serving.gallery import Example
from busi.serving.predict import Classifier
from busi.serving.workshop import Workshop
from busi.web.events import Message
from busi.web.page import Page
from busi.web.parts.cases import predicted_class
from busi.web.sentences import answer_text, score_text
from busi.words.text import Words

MANY = 24  # images on which a way is tried, the first of the population in the order of the gallery
# The measure that each way changes on purpose.
CHANGED = {"blur": "blur", "darker": "brightness", "brighter": "brightness", "contrast": "contrast"}

_TEMPLATE = "tabs/exercise_groups/experiment.html"

FlipCounter = Callable[[str, int], tuple[int, int]]


class Trial(Message):
    """What a visitor wants to try.

    Attributes:
        image: the name of an image; empty if none was chosen yet, or if it is about many.
        way: how it is made worse; one that there is not is taken for blur.
    """

    image: str = ""
    way: str = "blur"

    @property
    def known_way(self) -> str:
        """A key of `busi.images.degradation.STEPS`."""
        return self.way if self.way in STEPS else "blur"


def trial_of(page: Page, trial: Trial) -> Markup:
    """One image made worse step by step, with the network's answer to each step.

    Args:
        page: that it stands on.
        trial: which image, in which way; without an image that there is, what to do first.

    Raises:
        BundleError: if the weights cannot be used.
    """
    example, way = page.workshop.find(trial.image), trial.known_way
    markup = page.template(_TEMPLATE)
    if example is None:
        return markup.invitation()
    images, probabilities = made_worse(page.workshop.classifier.get(), example, way)
    steps = [_step(page, way, *one) for one in zip(range(len(images)), images, probabilities, strict=True)]
    verdict, moved = _verdict(page, probabilities), _moved(page, probabilities)
    return markup.trial(example, way, STEPS, steps, verdict, moved)


def made_worse(classifier: Classifier, example: Example, way: str) -> tuple[list[np.ndarray], np.ndarray]:
    """An image at each step of a way, and what the network answers to it.

    Args:
        classifier: who answers.
        example: the image.
        way: a key of `busi.images.degradation.STEPS`.

    Returns:
        uint8 (S, S) for each step, before CLAHE, the image as it is first; and float64 (steps,), probability of
        malignant.
    """
    image = resize(example.image, classifier.contract.size)
    images = [degrade(image, way, amount) for amount in STEPS[way]]
    return images, classifier.probabilities(images)


def many_invitation(page: Page) -> Markup:
    """What can be done to many images at once."""
    return page.template(_TEMPLATE).many_invitation(MANY, STEPS)


def many_of(page: Page, trial: Trial, flips: FlipCounter) -> Markup:
    """The same done to many images: how many answers change side at each step.

    Args:
        page: that it stands on.
        trial: in which way.
        flips: gives for a way and the number of a step how many answers changed, and of how many images.

    Raises:
        BundleError: if the weights cannot be used.
    """
    words, way, markup, n = page.words, trial.known_way, page.template(_TEMPLATE), flips(trial.known_way, 0)[1]
    steps = [
        (_amount(words, way, number), _share(words, flips(way, number)[0], n)) for number in range(1, len(STEPS[way]))
    ]
    strongest = {name: flips(name, len(STEPS[name]) - 1)[0] for name in STEPS}
    images = words(f"picker.{page.workshop.gallery.ultrasound}")
    return markup.many(
        markup.many_title(MANY, STEPS, way),
        words("exercise_groups.many_caption", n=n, images=images),
        steps,
        words("exercise_groups.many_strongest", n=n),
        [(name, _strongest_step(words, name), _share(words, count, n)) for name, count in strongest.items()],
        reading(words, strongest, n),
    )


def reading(words: Words, strongest: Mapping[str, int], n: int) -> str:
    """What the numbers tell of the four ways, and what they do not.

    Args:
        words: of the reader's language.
        strongest: for each way, how many answers changed sides at its last step.
        n: of how many images.
    """
    low, high = min(strongest.values()), max(strongest.values())
    if low == high:
        return words("exercise_groups.many_equal" if high else "exercise_groups.many_none")
    most, least = (_names(words, [way for way in STEPS if strongest[way] == count]) for count in (high, low))
    blur, grays = strongest["blur"], max(count for way, count in strongest.items() if way != "blur")
    compared = "grays" if grays > blur else "blur" if blur > grays else "as_much"
    apart = rate(high, n).low > rate(low, n).high
    return " ".join(
        (
            words("exercise_groups.many_ranking", most=most, least=least),
            words(f"exercise_groups.many_{compared}"),
            words("exercise_groups.many_sure" if apart else "exercise_groups.many_unsure", n=n),
            words("exercise_groups.many_doses"),
        )
    )


def flip_counter(workshop: Workshop) -> FlipCounter:
    """A function that counts answers that change side; what it found for a way and step it knows from then on."""

    @lru_cache(maxsize=1)
    def images() -> list[np.ndarray]:
        gallery, side = workshop.gallery, workshop.classifier.get().contract.size
        chosen = gallery.of(gallery.ultrasound)[:MANY]
        return [resize(example.image, side) for example in chosen]

    @lru_cache(maxsize=sum(map(len, STEPS.values())))
    def alerts(way: str, amount: float) -> np.ndarray:
        probabilities = workshop.classifier.get().probabilities([degrade(image, way, amount) for image in images()])
        return probabilities >= workshop.bundle.threshold

    def flips(way: str, number: int) -> tuple[int, int]:
        as_it_is = alerts("blur", STEPS["blur"][0])  # no way changes anything at its first step
        changed = alerts(way, STEPS[way][number]) != as_it_is if number else np.zeros_like(as_it_is)
        return int(changed.sum()), len(as_it_is)

    return flips


def _names(words: Words, ways: Sequence[str]) -> str:
    return ", ".join(words(f"exercise_groups.way_{way}").lower() for way in ways)


def _strongest_step(words: Words, way: str) -> str:
    """The last step of a way in words."""
    name, amount = words(f"exercise_groups.way_{way}"), _amount(words, way, len(STEPS[way]) - 1)
    return words("exercise_groups.many_strongest_head", way=name, amount=amount)


def _verdict(page: Page, probabilities: np.ndarray) -> str:
    """How often the answer is another one than to the image as it is."""
    first, *others = (predicted_class(one, page.bundle.threshold) for one in probabilities)
    flips = sum(one != first for one in others)
    return page.words("exercise_groups.flips" if flips else "exercise_groups.no_flip", flips=flips, steps=len(others))


def _moved(page: Page, probabilities: np.ndarray) -> str:
    """How far the score moved."""
    shown = [probabilities[0], probabilities[-1], probabilities.min(), probabilities.max()]
    (first, last, low, high), at = page.words.scores_and_threshold(shown, page.bundle.threshold)
    return page.words("exercise_groups.moved", first=first, last=last, low=low, high=high, threshold=at)


def _step(page: Page, way: str, number: int, image: np.ndarray, probability: float) -> dict[str, object]:
    """One step: the picture, its measure, the answer."""
    words, threshold, measured = page.words, page.bundle.threshold, CHANGED[way]
    return {
        "amount": _amount(words, way, number),
        "image": image,
        "measure": measured,
        "value": words.number(getattr(measure(image), measured)),
        "alerts": bool(probability >= threshold),
        "score": score_text(words, probability, threshold),
        "answer": answer_text(words, probability, threshold),
    }


def _amount(words: Words, way: str, number: int) -> str:
    """A step in words."""
    if not number:
        return words("exercise_groups.as_it_is")
    amount = STEPS[way][number]
    written = {"blur": words.number(amount, 1), "contrast": words.number(100 * amount)}
    return words(f"exercise_groups.amount_{way}", value=written.get(way, words.number(abs(amount))))


def _share(words: Words, count: int, n: int) -> str:
    share = rate(count, n)
    value, low, high = map(words.percent, (share.value, share.low, share.high))
    return words("exercise_groups.changed_side", count=count, n=n, share=value, low=low, high=high)
