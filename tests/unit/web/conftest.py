"""The workshop with the small bundle, and its pages: made once, for tests that leave them as they are."""

from collections.abc import Iterator

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from busi.serving.workshop import Workshop, open_workshop
from busi.web.pages import build_pages


@pytest.fixture(scope="session")
def workshop(small_bundle) -> Workshop:
    return open_workshop(small_bundle.folder)


@pytest.fixture(scope="session")
def pages(workshop) -> gr.Blocks:
    return build_pages(workshop)


@pytest.fixture(scope="session")
def client(pages) -> Iterator[TestClient]:
    """Asks the pages' app over HTTP, under /x."""
    with TestClient(gr.mount_gradio_app(FastAPI(), pages, path="/x")) as client:
        yield client
