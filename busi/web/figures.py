"""Drawing: pictures and bars as HTML and SVG, from arrays and words.

Functions from values to strings; no Gradio, no state. Colours come from style.css, so that they follow light and
dark. A class is always told by a shape and a word as well as by a colour.
"""

import base64
import re
from html import escape

import cv2
import numpy as np

from busi.images.provenance import mark_simulated
from busi.web.sentences import answer_text, interval  # noqa: F401
from busi.words.classes import BENIGN, MALIGNANT
from busi.words.text import Words

SHAPES = {BENIGN: "●", MALIGNANT: "▲"}
ALERTS = {True: "◆", False: "◇"}  # by whether the network raises an alert
LARGEST_SHOWN = 560  # pixels: what a page has room for


def exact_picture(image: np.ndarray) -> str:
    """A gray image as a data URI, losslessly.

    Args:
        image: uint8 array of shape (H, W).
    """
    return _data_uri(image, ".png", [cv2.IMWRITE_PNG_COMPRESSION, 3])


def gray_levels(model_input: np.ndarray) -> np.ndarray:
    """What the network saw, as an image: uint8 (S, S).

    Args:
        model_input: float array (S, S, 1) in [0, 1].
    """
    return np.rint(model_input[..., 0] * 255).astype(np.uint8)


def simulated_picture(image: np.ndarray) -> str:
    """A simulated image as a data URI, losslessly; whoever saves it saves with it that it is simulated.

    Args:
        image: uint8 array of shape (H, W).
    """
    encoded = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1].tobytes()
    return f"data:image/png;base64,{base64.b64encode(mark_simulated(encoded)).decode()}"


def heat_picture(values: np.ndarray) -> str:
    """A map in colours from black over violet to pale yellow (magma), as a data URI.

    Args:
        values: float array (H, W) in [0, 1].
    """
    coloured = cv2.applyColorMap(np.rint(values * 255).astype(np.uint8), cv2.COLORMAP_MAGMA)
    return _data_uri(coloured, ".png", [cv2.IMWRITE_PNG_COMPRESSION, 3])


def veil_picture(values: np.ndarray) -> str:
    """A map to be laid over a picture: the higher, the brighter and the less transparent, as a data URI.

    Args:
        values: float array (H, W) in [0, 1].
    """
    coloured = cv2.applyColorMap(np.rint(values * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
    opacity = np.rint(np.clip(values * 1.4, 0, 1) * 255).astype(np.uint8)
    return _data_uri(np.dstack([coloured, opacity]), ".png", [cv2.IMWRITE_PNG_COMPRESSION, 3])


def outline_path(mask: np.ndarray) -> str:
    """The edge of a mask as the `d` of an SVG path in a field of 100 x 100; empty if nothing is inside.

    Args:
        mask: bool array (H, W), true inside.
    """
    edges = cv2.findContours(np.uint8(mask), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    scale = 100 / np.array(mask.shape[::-1])
    return "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in (edge[:, 0] + 0.5) * scale) + "Z" for edge in edges)


def verdict(words: Words, alerts: bool) -> str:
    """What the network does with its score, in a heading: it raises an alert or does not."""
    sign = f'<span class="alert-sign" aria-hidden="true">{ALERTS[alerts]}</span>'
    told = escape(words("score.raises" if alerts else "score.raises_not"))
    return f'<h3 class="verdict {_alert_kind(alerts)}">{sign} {told}</h3>'


def light_picture(image: np.ndarray, largest: int = LARGEST_SHOWN) -> str:
    """An image as a data URI, scaled down to `largest` pixels a side and lightly compressed.

    Args:
        image: uint8 array of shape (H, W), gray, or (H, W, 3), red, green, blue.
        largest: longest side, in pixels.
    """
    scale = largest / max(image.shape)
    if scale < 1:
        size = [max(1, round(side * scale)) for side in image.shape[1::-1]]
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return _data_uri(image, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, 88])


def figure(source: str, alt: str, caption: str, detail: str = "", badge: str = "") -> str:
    """A picture on near-black with its caption, a smaller line under it, and a word written over it."""
    small = f"<small>{escape(detail)}</small>" if detail else ""
    over = f'<span class="badge">{escape(badge)}</span>' if badge else ""
    return (
        f'<figure><span class="plate"><img src="{source}" alt="{escape(alt)}">{over}</span>'
        f"<figcaption>{escape(caption)}{small}</figcaption></figure>"
    )


def card(title: str, text: str, kind: str = "") -> str:
    """A short message in a frame: an invitation, or with kind "alert" something that went wrong."""
    role = ' role="alert"' if kind == "alert" else ""
    return f'<div class="card {kind}"{role}><h3>{escape(title)}</h3><p>{escape(text)}</p></div>'


def rich(text: str, **values: object) -> str:
    """A sentence of content/ as HTML: **bold**, links to a term `[pooling](#term-pooling)`, a tab, an article's DOI.

    Args:
        text: the sentence; from `Words.unfilled` if there are values.
        **values: for its placeholders, filled in last, so that no mark or bracket in them is read as one.
    """
    html = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text, quote=False))
    html = re.sub(r"\[([^\]]+)\]\((#(?:term|tab)-[\w-]+)\)", r'<a href="\2">\1</a>', html)
    article = r'<a href="\2" target="_blank" rel="noopener">\1</a>'
    html = re.sub(r"\[([^\]]+)\]\((https://doi\.org/10\.[\w./-]+)\)", article, html)
    return html.format(**{name: escape(str(value)) for name, value in values.items()}) if values else html


def data_attributes(data: dict[str, object]) -> str:
    """Values for a script of the page, as the data-attributes of an HTML element."""
    return " ".join(f'data-{name}="{escape(str(value))}"' for name, value in data.items())


def heading(words: Words, tab: str) -> str:
    """What stands first on a tab: its title and what can be found out there."""
    return f'<h2>{escape(words(f"{tab}.title"))}</h2><p class="lead">{rich(words(f"{tab}.intro"))}</p>'


def next_tab(words: Words, tab: str) -> str:
    """A link at the end of a tab to the one that follows."""
    text = escape(f"{words('page.next')} {words(f'{tab}.tab')}")
    return f'<p class="next"><a href="#tab-{tab}">{text} <span aria-hidden="true">→</span></a></p>'


def class_word(words: Words, label: str) -> str:
    """A class by its shape and its word, in its colour."""
    return (
        f'<span class="class {label}"><span aria-hidden="true">{SHAPES[label]}</span> {words(f"class.{label}")}</span>'
    )


def alert_word(words: Words, alerts: bool) -> str:
    """What the network does, by its sign and its word: an alert, or none."""
    told = escape(words("score.alert" if alerts else "score.no_alert"))
    sign = f'<span aria-hidden="true">{ALERTS[alerts]}</span>'
    return f'<span class="alert-word {_alert_kind(alerts)}">{sign} {told}</span>'


def score_bar(words: Words, score: float, threshold: float) -> str:
    """The network's score as one bar from 0 to 100 %, the threshold marked on it.

    Args:
        words: of the reader's language.
        score: of malignancy, in [0, 1].
        threshold: in [0, 1]; a score from it on makes an alert.
    """
    written, at = words.score_and_threshold(score, threshold)
    alerts = score >= threshold
    alt = words("score.bar", score=written, threshold=at, alert=words("score.alert" if alerts else "score.no_alert"))
    side = "left" if threshold < 0.5 else "right"
    mark = (
        f'<span class="mark {side}" style="left:{threshold:.1%}">'
        f"<small>{escape(words('prediction.threshold', threshold=at))}</small></span>"
    )
    return (
        f'<div class="score-bar" role="img" aria-label="{escape(alt)}">'
        f"<p><span>{escape(words('score.name').capitalize())}</span> <b>{escape(written)}</b></p>"
        f'<span class="track"><span class="fill" style="width:{score:.1%}"></span>{mark}</span></div>'
    )


def _alert_kind(alerts: bool) -> str:
    return "alerts" if alerts else "calm"


def _data_uri(image: np.ndarray, extension: str, options: list[int]) -> str:
    encoded = cv2.imencode(extension, image, options)[1]
    kind = {".png": "png", ".jpg": "jpeg"}[extension]
    return f"data:image/{kind};base64,{base64.b64encode(encoded).decode()}"
