"""The rules of the code's shape: who imports whom, what every view declares, what every template keeps to."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import brotli
import pytest
from flask import Flask

import clientes_app
from clientes_app.web.access import Access

PACKAGE = Path(clientes_app.__file__).parent
TEMPLATES = PACKAGE / "templates"
VENDOR = PACKAGE / "static" / "vendor"

BLUEPRINTS = {path.parent.name for path in PACKAGE.glob("*/routes.py")}
INNER_BLUEPRINTS = {
    "auth.second_factor",
    "clients.segments",
    "drafts.own_numbers",
    "opt_outs.by_link",
    "people.profile",
    "shop.advertising",
    "web.offline",
}
OFFERED_TO_OTHER_BLUEPRINTS = {
    "certificate",
    "origins",
    "canonical",
    "finding",
    "questions",
    "sentences",
    "inputs",
    "showing",
    "values",
    "clients_of_numbers",
    "search_text",
    "asked",
    "law",
    "audience",
    "filling",
    "filters",
    "forgetting",
    "forms",
    "keeping",
    "kept_months",
    "keywords",
    "limits",
    "listing",
    "locks",
    "missing",
    "naming",
    "new_password",
    "opening",
    "passwords",
    "personal",
    "planned",
    "preview",
    "previewed",
    "progress",
    "repeats",
    "search",
    "selection",
    "services",
    "sessions",
    "staged_rows",
    "storing",
    "storage",
    "tags",
    "tries",
    "trying",
    "ways_out",
}
FRAMEWORK = {"flask", "flask_babel", "flask_login", "flask_migrate", "flask_sqlalchemy", "flask_wtf", "werkzeug"}
VIEWS_ONLY = {
    f"flask.{name}" for name in ("request", "session", "g", "flash", "redirect", "render_template", "url_for")
}

MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))
}


@cache
def imports(module: str) -> frozenset[str]:
    """Return what a module imports, anywhere in it, by full dotted names: `from ..x import y` is `clientes_app.x.y`."""
    tree = ast.parse(MODULES[module].read_text())
    return frozenset(name for node in ast.walk(tree) for name in imported_by(node, module))


def imported_by(node: ast.AST, module: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        source = ".".join(module.split(".")[: -node.level]) if node.level else ""
        path = ".".join(part for part in (source, node.module) if part)
        yield from (f"{path}.{alias.name}" for alias in node.names)


def modules_in(*packages: str) -> list[str]:
    """List the modules of some of our packages, or the modules themselves."""
    found = [module for module in MODULES if is_in(module, *packages)]
    assert found, f"nothing is called {packages}"
    return found


def is_in(name: str, *packages: str) -> bool:
    return any(f"{name}.".startswith(f"clientes_app.{package}.") for package in packages)


def ours(module: str) -> set[str]:
    """Return what a module imports of our own."""
    return {name for name in imports(module) if name.startswith("clientes_app")}


def libraries(module: str) -> set[str]:
    """Return the packages of others that a module imports."""
    return {name.partition(".")[0] for name in imports(module)}


@pytest.mark.parametrize(
    ("package", "may_import"),
    [
        ("values.text", {"values.text"}),
        ("values.log_in_names", {"values.text"}),
        ("web.csrf", set()),
        ("campaigns.dots.run_lengths", {"models"}),
        ("campaigns.progress", {"models", "database", "sending.waiting", "campaigns.dots.run_lengths"}),
    ],
)
def test_some_modules_know_still_less_than_their_packages(package: str, may_import: set[str]) -> None:
    for module in modules_in(package):
        above = {name for name in ours(module) if not is_in(name, *may_import)}
        assert not above, f"{module} imports {above}"


def test_pure_functions_know_neither_web_nor_database() -> None:
    for module in modules_in("values", "messaging", "client_files"):
        assert not libraries(module) & {*FRAMEWORK, "sqlalchemy", "wtforms"}, module


def test_text_comes_into_a_normal_form_in_one_place() -> None:
    """There the marks of a letter are counted first: with long runs of them it takes minutes.

    What `messaging` composes has been there before.
    """
    for module in set(MODULES) - {"clientes_app.values.text", *modules_in("messaging")}:
        assert "unicodedata.normalize" not in MODULES[module].read_text(), module


def test_the_sender_does_not_know_the_web() -> None:
    for module in modules_in("sending", "database"):
        assert not libraries(module) & {*FRAMEWORK, "wtforms"}, module


def test_a_blueprint_uses_of_another_only_what_is_offered() -> None:
    for module in modules_in(*BLUEPRINTS):
        own = module.split(".")[1]
        for name in ours(module):
            package, _, used = name.removeprefix("clientes_app.").partition(".")
            foreign = package in BLUEPRINTS - {own}
            assert not foreign or OFFERED_TO_OTHER_BLUEPRINTS & set(used.split(".")), f"{module} imports {name}"


def test_nothing_but_views_imports_views() -> None:
    registering = {f"clientes_app.{blueprint}.__init__" for blueprint in {*BLUEPRINTS, *INNER_BLUEPRINTS}}
    for module in set(MODULES) - registering:
        views = {
            name for name in ours(module) if name.endswith((".routes", "s.api", ".client_page")) or ".routes." in name
        }
        assert not views, module


def test_only_the_server_starts_the_sender() -> None:
    for module in MODULES:
        assert "clientes_app.background.sender.start_sender" not in imports(module), module


def test_the_factory_is_a_short_list() -> None:
    assert len((PACKAGE / "__init__.py").read_text().splitlines()) < 60


def test_every_view_declares_who_may_call_it(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    silent = {name for name in endpoints if not isinstance(getattr(app.view_functions[name], "access", None), Access)}
    assert silent == set()


def test_every_template_compiles_and_has_nothing_inline(app: Flask) -> None:
    templates = sorted(TEMPLATES.rglob("*.html"))
    assert len(templates) > 20
    for path in templates:
        name = path.relative_to(TEMPLATES).as_posix()
        app.jinja_env.get_template(name)
        markup = re.sub(r"{{.*?}}|{%.*?%}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)
        inline = re.findall(r"\s(?:style|on\w+|hx-on[\w:-]*)\s*=|<style|<script(?![^>]*\ssrc=)", markup)
        assert not inline, f"{name} has {inline}"


def test_no_field_cuts_in_silence_what_is_pasted() -> None:
    """A browser drops what is beyond `maxlength` without a word; the form says that a text is too long."""
    assert [path.name for path in TEMPLATES.rglob("*.html") if "maxlength" in path.read_text()] == []


def test_every_fragment_names_its_variables() -> None:
    silent = {path.name for path in TEMPLATES.rglob("_*.html") if not path.read_text().startswith("{#")}
    assert silent == set()


def test_our_own_scripts_are_few() -> None:
    scripts = [*PACKAGE.joinpath("static").glob("*.js"), *TEMPLATES.rglob("*.js")]
    assert len(scripts) == 6
    assert sum(len(path.read_text().splitlines()) for path in scripts) < 650


def test_vendored_files_are_what_they_were() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    assert sums == {name: digest for name, digest in found.items() if name not in ("SHA256SUMS", "README.md")}


def test_packed_files_are_those_beside_them() -> None:
    packed = list(VENDOR.glob("*.br"))
    assert packed
    for path in packed:
        assert brotli.decompress(path.read_bytes()) == path.with_suffix("").read_bytes(), path.name
