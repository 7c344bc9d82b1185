"""The pages over HTTP, without a server."""

from collections.abc import Iterator

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient


@pytest.fixture(scope="session")
def client(pages) -> Iterator[TestClient]:
    """Asks the pages' app over HTTP, under /x."""
    with TestClient(gr.mount_gradio_app(FastAPI(), pages, path="/x")) as client:
        yield client
