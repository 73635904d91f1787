"""Compression of answers: pages anew each time, static files once; what might give a secret away, never."""

from __future__ import annotations

import posixpath
from pathlib import Path

import brotli
from flask import Flask, Request, Response, current_app, request
from flask_compress import Compress, DictCache

_pages = Compress()
_files = Compress()


def init_app(app: Flask) -> None:
    """Compress what the app answers, for whoever takes it."""
    for compress in (_pages, _files):
        compress.init_app(app)
    _files.cache, _files.cache_key = _Packed(Path(str(app.static_folder))), _path_of_file
    _files.enabled_algorithms = ("br", *(name for name in _pages.enabled_algorithms if name != "br"))
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    response.vary.add("Accept-Encoding")
    # Ranges are of the file as it is.
    if response.status_code == 206 or not _takes_any():
        return response
    if request.endpoint == "static":
        return _compress_file(response)
    return response if _may_give_away() else _pages.after_request(response)


def _takes_any() -> bool:
    # Flask-Compress overlooks that `q=0` means no.
    accepted = request.accept_encodings
    return any(accepted.quality(name) > 0 for name in _pages.enabled_algorithms)


def _may_give_away() -> bool:
    """Return whether the length of the answer could tell somebody what is in it (BREACH).

    That takes a foreign page which makes the browser ask again and again with text of its choice: browsers say where a
    request comes from (https://www.w3.org/TR/fetch-metadata/). And what is secret is not compressed for anybody.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    foreign = request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
    return foreign or getattr(view, "shows_secret", False)


def _path_of_file(request: Request) -> str:
    # Written in one way only, so that there are no more entries than files.
    return posixpath.normpath(str((request.view_args or {})["filename"]))


class _Packed(DictCache):
    """Files as small as Brotli makes them. The large ones come so: packing them takes too long while somebody waits."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        """Return a packed file; the library packs those that are asked for in another way."""
        way, _, name = key.partition(";")
        if key not in self.data and way == "br":
            self.set(key, self._pack(self._folder / name))
        return super().get(key)

    def _pack(self, path: Path) -> bytes:
        packed = path.with_name(f"{path.name}.br")
        return packed.read_bytes() if packed.exists() else brotli.compress(path.read_bytes())


def _compress_file(response: Response) -> Response:
    response.direct_passthrough = False
    response.get_data()  # what is streamed is not kept
    response = _files.after_request(response)
    if "Content-Encoding" in response.headers:
        response.headers.pop("Accept-Ranges", None)
    return response
