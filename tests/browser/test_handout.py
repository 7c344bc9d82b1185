"""The sheet for attendees, as it comes out of a printer."""

import re

import pytest

from tests.support.places import ROOT


@pytest.mark.parametrize("name", ["feuille.html", "feuille.en.html"])
def test_the_handout_prints_on_one_page(chromium, name):
    page = chromium.new_page()
    page.goto((ROOT / "docs" / name).as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
