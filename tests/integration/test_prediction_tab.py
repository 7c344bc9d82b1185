"""The tab La prédiction about a picture that is out of the domain."""

import dataclasses

from busi.model.out_of_domain import learn_domain
from busi.serving.predict import ClassifierInBackground
from busi.web.pages import build_pages
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import parsed
from tests.support.pages import callbacks


def test_what_is_out_of_the_domain_is_told_before_any_number(workshop, image_file):
    drawn = [drawn_ultrasound(seed)[0] for seed in range(60)]
    domain = learn_domain([drawn], drawn)
    bundle = dataclasses.replace(workshop.bundle, info={**workshop.bundle.info, "domain": domain.to_dict()})
    with_domain = dataclasses.replace(workshop, bundle=bundle, classifier=ClassifierInBackground(bundle))
    for number, language in enumerate(("fr", "en")):
        words, show = Words(language), callbacks(build_pages(with_domain), "show_answer")[number]
        title = words("prediction.outside_title")
        html = show(str(workshop.gallery.path("smiley")))
        assert html.index(title) < html.index('class="score-bar')
        assert parsed(html).select("details > summary") and parsed(html).select("details .score-bar")
        assert not parsed(html).select(".reading > .score-bar")
        assert title not in show(str(workshop.gallery.path("breast-001")))
        assert title not in show(str(image_file))
