"""The catalogue over HTTP: whole replies, and nothing but the catalogue."""

import asyncio
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from smartclient.backoffice.api.catalogue import catalogue_router
from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.wire.encoding import require_whole

DIGEST = "a" * 64


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    served = ServedCatalogue(tmp_path)
    served.add({"metadata/1.root.json": b"{}", f"targets/calc/{DIGEST}.flexi-1.zip": b"zip"})
    served.set_timestamp(b"{}")
    served.set_tag("1-abc")
    app = FastAPI()
    app.include_router(catalogue_router(served))
    return app


def _get(app: FastAPI, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
            return await client.get(path)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("path", "status", "cached"),
    [
        ("metadata/1.root.json", 200, True),
        ("metadata/timestamp.json", 200, False),
        (f"targets/calc/{DIGEST}.flexi-1.zip", 200, True),
        ("metadata/2.root.json", 404, False),
        ("metadata/%2e%2e%2ftag", 404, False),
        ("targets/../tag", 404, False),
        ("targets/calc/%2e%2e/%2e%2e/tag", 404, False),
        ("targets/calc/..%5c..%5ctag", 404, False),
    ],
)
def test_that_every_reply_proves_that_it_is_whole(
    app: FastAPI, path: str, status: int, cached: bool
) -> None:
    reply = _get(app, f"/v1/catalogue/{path}")
    assert reply.status_code == status
    if "Content-Digest" in reply.headers:
        require_whole(reply.content, reply.headers["Content-Digest"])
        assert reply.headers["Content-Length"] == str(len(reply.content))
        assert ("immutable" in reply.headers["Cache-Control"]) == cached
    else:
        assert reply.json() == {"detail": "Not Found"}
