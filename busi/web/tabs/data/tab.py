"""The tab Les données: folders and counts, examples with their outline, the table, twins, images with two labels."""

from dataclasses import dataclass
from functools import partial
from html import escape

import gradio as gr
import pandas as pd

from busi.bundle.card import data_name
from busi.bundle.files import BUSI, OWN, SIMULATED, Bundle
from busi.bundle.measured import Measured, judged_before, measured
from busi.data.split import PARTS
from busi.lessons.twins import Round, round_of
from busi.serving.gallery import CONFLICT, Example, Gallery
from busi.web.figures import (
    SHAPES,
    class_word,
    data_attributes,
    figure,
    heading,
    interval,
    light_picture,
    next_tab,
    outline_path,
    rich,
)
from busi.web.files import read
from busi.web.guesses import MARKS, RIGHT, WRONG, judged
from busi.web.page import Page
from busi.web.parts.medicine import truth_of_labels, ultrasound
from busi.web.parts.thumbnails import PICK_JS, let_choose
from busi.words.classes import BENIGN, CLASSES, MALIGNANT
from busi.words.text import Words

EACH_CLASS = 4  # examples shown at a time
TABLE_ROWS = 6
NEAR = 5  # images of 100: a guess as near as that to a share was right
LEAK_SHARE, LEAK_LOW, LEAK_HIGH = 31, 23, 41  # % of images; a test draws random splits of BUSI and compares

_DATA_JS = read("tabs/data/tab.js")
_PICTURE_SIDE = 260


@dataclass(frozen=True)
class PartCount:
    """How many images a part of the data has.

    Attributes:
        part: one of `PARTS`.
        images: in all.
        by_class: of each class, if the bundle tells.
    """

    part: str
    images: int
    by_class: dict[str, int] | None


def data_tab(page: Page) -> None:
    """Lays out the tab and wires it to the chosen image."""
    words, workshop, picture = page.words, page.workshop, page.picture
    bundle, gallery = workshop.bundle, workshop.gallery
    with gr.Tab(words("data.tab"), id="data", elem_id="tab-data"):
        gr.HTML(heading(words, "data") + ultrasound(words))
        gr.HTML(folders(words, bundle) + counts(words, bundle), js_on_load=_DATA_JS)
        shown = gr.HTML(_to_come(words), js_on_load=PICK_JS + _DATA_JS)
        gr.HTML(table(words, bundle.predictions))
        game = gr.HTML(_to_come(words), js_on_load=_DATA_JS)
        labels = two_labels(words, bundle, gallery) + truth_of_labels(words, bundle)
        gr.HTML(labels + leak_guess(words, bundle), js_on_load=_DATA_JS)
        gr.Markdown(words.lesson("data"), elem_classes="lesson")
        gr.HTML(next_tab(words, "preprocessing"))

    def more_examples(event: gr.EventData) -> str:
        return examples(words, gallery, _whole(event, "page"))

    def play(event: gr.EventData) -> str:
        return twin_game(words, gallery, bundle, _whole(event, "round"), _choice(event))

    private = {"api_visibility": "private", "show_progress": "hidden"}
    shown.apply(fn=more_examples, outputs=[shown], **private)
    game.apply(fn=play, outputs=[game], **private)
    let_choose(shown, gallery, picture)


def part_counts(bundle: Bundle) -> list[PartCount]:
    """How many images each part has: by class where bundle.json or predictions.csv tells.

    Args:
        bundle: whose data.
    """
    held = bundle.predictions[bundle.predictions["source"] == bundle.population]
    found = []
    for part in PARTS:
        told = bundle.info["data"]["parts"].get(part, {})
        rows = held[held["split"] == part]
        by_class = {label: int(told.get(label, (rows["label"] == label).sum())) for label in CLASSES}
        images = int(told.get("images", len(rows)))
        found.append(PartCount(part, images, by_class if sum(by_class.values()) == images else None))
    return found


def folders(words: Words, bundle: Bundle) -> str:
    """How BUSI's folders are laid out, or what other data or a simulated set are instead, as HTML.

    Args:
        words: of the reader's language.
        bundle: whose data.
    """
    if bundle.data_kind != BUSI:
        values = {"data": data_name(words, bundle.origin), "served": measured().served_the_simulator}
        told = rich(words.unfilled(f"data.folders_{bundle.data_kind}"), **values)
        return f"<h3>{escape(words('data.folders'))}</h3><p>{told}</p>"
    rows = "".join(
        f"<li><code>{name}/</code> <span>{rich(words(f'data.folder_{name}'))}</span></li>"
        for name in (BENIGN, MALIGNANT, "normal")
    )
    files = "".join(
        f"<li><code>{name}</code> <span>{escape(words(f'data.file_{kind}'))}</span></li>"
        for kind, name in (("image", "benign (1).png"), ("mask", "benign (1)_mask.png"))
    )
    return (
        f"<h3>{escape(words('data.folders'))}</h3><p>{rich(words('data.folders_told'))}</p>"
        f"{_learned_from_physicians(words, bundle)}"
        f'<ul class="tree"><li><code>Dataset_BUSI_with_GT/</code><ul>{rows}</ul></li></ul>'
        f"<p>{escape(words('data.files_told'))}</p><ul class='tree'>{files}</ul>"
    )


def _learned_from_physicians(words: Words, bundle: Bundle) -> str:
    """What the network learns from physicians beside the class, as HTML; nothing if the bundle does not tell how."""
    recipe = bundle.info.get("training", {}).get("recipe")
    if not recipe:
        return ""
    told = words("data.folders_outline" if recipe.get("outline") else "data.folders_no_outline")
    return f"<p>{rich(told)}</p>"


def counts(words: Words, bundle: Bundle) -> str:
    """The images of each part and class, as bars and numbers, and a first guess about them, as HTML.

    Args:
        words: of the reader's language.
        bundle: whose data.
    """
    parts = part_counts(bundle)
    most = max(part.images for part in parts)
    bars = "".join(_part(words, part, most) for part in parts)
    images = words(f"page.images_{bundle.data_kind}", data=data_name(words, bundle.origin))
    caption = words("data.counts_caption", n=words.number(sum(part.images for part in parts)), images=images)
    seen = f'<p class="aside">{rich(words("data.counts_seen"))}</p>' if judged_before(bundle.info) else ""
    return (
        f"<h3>{escape(words('data.counts'))}</h3><p>{rich(words('data.counts_told'))}</p>{seen}"
        f'<figure class="parts"><figcaption>{escape(caption)}</figcaption>{bars}</figure>{_majority(words, parts[-1])}'
    )


def examples(words: Words, gallery: Gallery, page: int) -> str:
    """Some images of each class, with the outline of the lesion to switch on, as HTML.

    Args:
        words: of the reader's language.
        gallery: of the page.
        page: which four of each class; numbers past the end begin again.
    """
    source = gallery.ultrasound
    rows = "".join(
        f'<div class="examples-of"><h4>{class_word(words, label)}</h4><div class="examples">'
        + "".join(_example(words, example) for example in _some(gallery, label, page))
        + "</div></div>"
        for label in CLASSES
    )
    return (
        f"<h3>{escape(words('data.examples'))}</h3><p>{rich(words(f'data.examples_{source}'))}</p>"
        f'<label class="switch"><input type="checkbox" data-outline> {escape(words(f"data.outline_{source}"))}</label>'
        f'<div class="example-rows">{rows}</div>'
        f'<button type="button" class="plain" data-page="{page + 1}">{escape(words("data.more"))}</button>'
    )


def table(words: Words, predictions: pd.DataFrame) -> str:
    """The first rows of the DataFrame of held-out images, with what each column is, as HTML.

    Args:
        words: of the reader's language.
        predictions: the rows of predictions.csv.
    """
    heads = "".join(f'<th scope="col">{name}</th>' for name in predictions.columns)
    lines = "".join(
        f'<tr><th scope="row">{number}</th>' + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>"
        for number, row in enumerate(predictions.head(TABLE_ROWS).itertuples(index=False))
    )
    told = "".join(f"<dt>{name}</dt><dd>{rich(words(f'data.column_{name}'))}</dd>" for name in predictions.columns)
    size = words("data.table_size", rows=words.number(len(predictions)), columns=len(predictions.columns))
    return (
        f"<h3>{escape(words('data.table'))}</h3><p>{rich(words('data.table_told'))}</p>"
        '<pre class="code"><code>predictions = pd.read_csv("predictions.csv")\npredictions.head('
        f"{TABLE_ROWS})</code></pre>"
        f'<div class="frame" tabindex="0" role="region" aria-label="{escape(words("data.table"))}">'
        f'<table><thead><tr><td></td>{heads}</tr></thead><tbody>{lines}</tbody></table></div><p class="aside">'
        f"{escape(size)}</p><details><summary>{escape(words('data.columns'))}</summary><dl>{told}</dl></details>"
    )


def twin_game(words: Words, gallery: Gallery, bundle: Bundle, number: int, choice: int | None = None) -> str:
    """A round of "find the twin": the question, or after a choice what was right and why it matters, as HTML.

    Args:
        words: of the reader's language.
        gallery: of the page.
        bundle: whose predictions tell which images are near-duplicates.
        number: of the round.
        choice: which of the six the visitor took, from 0; None if none yet.
    """
    title = f"<h3>{escape(words('data.twins'))}</h3>"
    try:
        game = round_of(gallery, bundle, number)
    except ValueError:  # a gallery without near-duplicates
        return f"{title}<p>{escape(words('data.twins_none'))}</p>"
    inside = _question(words, game) if choice is None else _answer(words, game, choice)
    return f'<section class="twins">{title}{inside}</section>'


def two_labels(words: Words, bundle: Bundle, gallery: Gallery) -> str:
    """The near-duplicates that carry two labels: their pictures where they are at hand, as HTML.

    Args:
        words: of the reader's language.
        bundle: whose data.
        gallery: of the page.
    """
    left_out = bundle.info["data"].get("left_out")
    if bundle.data_kind == SIMULATED or not left_out:
        return ""
    pairs = gallery.page(0, CONFLICT)
    shown = "".join(f'<div class="pair-of">{_known(words, a)}{_known(words, b)}</div>' for a, b in _by_two(pairs))
    if not pairs:
        shown = f'<p class="aside">{escape(words("data.two_labels_no_pictures"))}</p>'
    told = words("data.two_labels_told_own" if bundle.data_kind == OWN else "data.two_labels_told", count=left_out)
    return f"<h3>{escape(words('data.two_labels'))}</h3><p>{rich(told)}</p><div class='pairs-of'>{shown}</div>"


def leak_guess(words: Words, bundle: Bundle) -> str:
    """How many test images have a twin in training if images are drawn one by one: a guess, then the number, as HTML.

    Args:
        words: of the reader's language.
        bundle: whose data.
    """
    data = bundle.info["data"]
    if bundle.data_kind != BUSI or "images_with_twins" not in data:  # the share that leaks was counted on BUSI
        return ""
    images = sum(part.images for part in part_counts(bundle))
    told = words("data.leak_answer", share=LEAK_SHARE, low=LEAK_LOW, high=LEAK_HIGH, n=images, guess="{guess}")
    told += f" {leak_gain(words, measured())}"
    count = words("data.leak_told", twins=data["images_with_twins"], groups=data["groups_of_twins"])
    return f"<h3>{escape(words('data.leak'))}</h3><p>{rich(count)}</p>" + _guess(
        words, "leak", words("data.leak_question"), told, (LEAK_LOW, LEAK_HIGH)
    )


def leak_gain(words: Words, found: Measured) -> str:
    """What images drawn one by one gain the recipe, beside whole families, and what else may gain others more.

    Args:
        words: of the reader's language.
        found: the numbers.
    """
    two = partial(words.number, digits=2)
    gain = words(
        "data.leak_gain",
        n=found.leaky.auc.n,
        leaky=words.number(found.leaky.auc.value, 3),
        leaky_interval=interval(words, found.leaky.auc, two),
        grouped=words.number(found.grouped.auc.value, 3),
        grouped_interval=interval(words, found.grouped.auc, two),
    )
    apart = found.leaky.auc.low > found.grouped.auc.high
    return f"{gain} {words('data.leak_gain_large' if apart else 'data.leak_gain_small')}"


def _part(words: Words, part: PartCount, most: int) -> str:
    """One bar, a segment for each class, and the counts in words."""
    name = escape(words(f"data.part_{part.part}"))
    total = words.number(part.images)
    if part.by_class is None:
        inside, told = f'<i class="unknown" style="width:{part.images / most:.1%}"></i>', ""
    else:
        inside = "".join(
            f'<i class="{label}" style="width:{count / most:.1%}"></i>' for label, count in part.by_class.items()
        )
        told = " ".join(
            f'<span class="class {label}"><span aria-hidden="true">{SHAPES[label]}</span> '
            f"{escape(words(f'data.count_{label}', count=words.number(count)))}</span>"
            for label, count in part.by_class.items()
        )
    use = escape(words(f"data.part_{part.part}_use"))
    return (
        f'<div class="part"><b>{name}</b><span class="part-bar" aria-hidden="true">{inside}</span>'
        f"<span><strong>{total}</strong> {told}</span><small>{use}</small></div>"
    )


def _majority(words: Words, test: PartCount) -> str:
    """What a machine that always says benign would score."""
    if not test.by_class:
        return ""
    share = test.by_class[BENIGN] / test.images
    told = words(
        "data.majority_answer",
        guess="{guess}",
        share=words.number(100 * share),
        benign=test.by_class[BENIGN],
        n=test.images,
        malignant=test.by_class[MALIGNANT],
    )
    return _guess(words, "majority", words("data.majority_question"), told, (100 * share - NEAR, 100 * share + NEAR))


def _guess(words: Words, name: str, question: str, told: str, right: tuple[float, float]) -> str:
    """A slider for a guess from 0 to 100, and the answer that waits for it; its {guess} is filled in the browser.

    Args:
        words: of the reader's language.
        name: of the guess.
        question: what is to be guessed.
        told: the answer.
        right: the lowest and the highest guess that was right.
    """
    low, high = right
    verdicts = {f"said-{verdict}": words(f"guess.{verdict}") for verdict in ("within", "higher", "lower")}
    label, show = escape(words("data.guess_label")), escape(words("data.guess_show"))
    return (
        f'<div class="card data-guess"><h4>{escape(question)}</h4>'
        f'<label for="data-{name}">{label} <output>50</output></label>'
        f'<input id="data-{name}" type="range" min="0" max="100" value="50">'
        f'<button type="button" class="solid" data-reveal>{show}</button>'
        f'<p role="status" {data_attributes({"told": told, "low": low, "high": high, **verdicts})}></p></div>'
    )


def _some(gallery: Gallery, label: str, page: int) -> list[Example]:
    own = [e for e in gallery.examples.values() if e.source == gallery.ultrasound and e.label == label]
    pages = max(1, -(-len(own) // EACH_CLASS))
    return own[page % pages * EACH_CLASS :][:EACH_CLASS]


def _example(words: Words, example: Example) -> str:
    """A picture with its outline, as a button that makes it the current image and opens the tab Prédiction."""
    edge = f'<path d="{outline_path(example.mask)}"/>' if example.mask is not None else ""
    name = escape(words("data.example_name", label=words(f"class.{example.label}")))
    return (
        f'<button type="button" data-key="{example.key}" data-then="prediction" aria-label="{name}" title="{name}">'
        f'<span class="plate"><img src="{light_picture(example.image, _PICTURE_SIDE)}" alt="">'
        '<svg class="edge" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">'
        f"{edge}</svg>{_badge(words, example)}</span></button>"
    )


def _badge(words: Words, example: Example) -> str:
    if example.source != SIMULATED:
        return ""
    return f'<span class="badge">{escape(words("laboratory.simulated"))}</span>'


def _question(words: Words, game: Round) -> str:
    buttons = "".join(
        f'<button type="button" data-round="{game.number}" data-choice="{place}"'
        f' aria-label="{escape(words("data.twins_candidate", number=place + 1))}">'
        f'<span class="plate"><img src="{light_picture(candidate.image, _PICTURE_SIDE)}" alt="">'
        f"{_badge(words, candidate)}</span></button>"
        for place, candidate in enumerate(game.candidates)
    )
    source = game.reference.source
    return (
        f"<p>{rich(words('data.twins_told'))} {rich(words(f'data.twins_{source}'))}</p>"
        f'<div class="twins-board"><div>{_shown(words, game.reference, words("data.twins_reference"))}</div>'
        f'<div class="candidates" role="group" aria-label="{escape(words("data.twins_choose"))}">{buttons}</div></div>'
    )


def _answer(words: Words, game: Round, choice: int) -> str:
    right = choice == game.answer
    twin = game.candidates[game.answer]
    verdict = f"<strong>{escape(words('data.twins_right' if right else 'data.twins_wrong'))}</strong>"
    pictures = [
        _shown(words, game.reference, words("data.twins_if_training")),
        _chosen(words, twin, RIGHT, "data.twins_if_test"),
    ]
    if not right and 0 <= choice < len(game.candidates):
        pictures.append(_chosen(words, game.candidates[choice], WRONG, "data.twins_yours"))
    return (
        f'<p role="status">{judged(RIGHT if right else WRONG, verdict)} {rich(words("data.twins_why"))}</p>'
        f'<div class="twins-answer">{"".join(pictures)}</div>'
        f'<button type="button" class="plain" data-round="{game.number + 1}">'
        f"{escape(words('data.twins_again'))}</button>"
    )


def _chosen(words: Words, example: Example, kind: str, key: str) -> str:
    """A picture that was the right one, or the wrong one that was taken, told apart by its frame and its mark."""
    return f'<div class="choice-of {kind}">{_shown(words, example, f"{MARKS[kind]} {words(key)}")}</div>'


def _shown(words: Words, example: Example, caption: str) -> str:
    badge = words("laboratory.simulated") if example.source == SIMULATED else ""
    return figure(light_picture(example.image, _PICTURE_SIDE), caption, caption, badge=badge)


def _known(words: Words, example: Example) -> str:
    """A real picture by its name and its label."""
    alt = words("data.conflict_alt", name=example.image_id)
    return (
        f'<figure><span class="plate"><img src="{light_picture(example.image, _PICTURE_SIDE)}" alt="{escape(alt)}">'
        f"</span><figcaption>{class_word(words, example.label)}<small>{escape(example.image_id)}</small></figcaption>"
        "</figure>"
    )


def _to_come(words: Words) -> str:
    """In the place of pictures that are drawn when the tab is first opened, so that the page need not wait for them."""
    return f'<p class="aside" data-to-come>{escape(words("data.to_come"))}</p>'


def _by_two(examples: list[Example]) -> list[tuple[Example, Example]]:
    return list(zip(examples[::2], examples[1::2], strict=True))


def _whole(event: gr.EventData, name: str) -> int:
    """A number from 0 on that a browser sent; 0 for anything else."""
    value = getattr(event, name, 0)
    return value if type(value) is int and 0 <= value < 1_000_000 else 0


def _choice(event: gr.EventData) -> int | None:
    value = getattr(event, "choice", None)
    return value if type(value) is int else None
