"""The Spanish catalogue says every sentence of the code and templates, and nothing else."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from clientes_app.config import PROJECT_ROOT

SPANISH = PROJECT_ROOT / "clientes_app" / "translations" / "es" / "LC_MESSAGES"
TEMPLATES = PROJECT_ROOT / "clientes_app" / "templates"
SCRIPTS = PROJECT_ROOT / "clientes_app" / "static"
SENTENCE = re.compile(r"(lazy_)?n?p?gettext|translatable")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}")


@pytest.fixture(scope="module")
def spanish() -> Catalog:
    """The catalogue as committed."""
    with (SPANISH / "messages.po").open("rb") as file:
        return read_po(file, locale="es")


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What `make translations` would extract now."""
    path = tmp_path_factory.mktemp("translations") / "messages.pot"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT_ROOT)
        keywords = ["-k", "lazy_gettext", "-k", "lazy_pgettext:1c,2", "-k", "translatable"]
        CommandLineInterface().run(["pybabel", "-q", "extract", "-F", "babel.cfg", *keywords, "-o", str(path), "."])
    with path.open("rb") as file:
        return read_po(file)


def test_the_catalogue_has_each_sentence_and_no_other(spanish: Catalog, extracted: Catalog) -> None:
    assert keys(spanish) == keys(extracted)
    assert not spanish.obsolete


def test_no_sentence_stands_inside_an_f_string() -> None:
    """Babel finds such a sentence where Python is 3.12 or later, and overlooks it before."""
    assert [
        f"{path.name}:{node.lineno}"
        for path in (PROJECT_ROOT / "clientes_app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr) and any(asks_for_a_sentence(part) for part in ast.walk(node))
    ] == []


def test_every_sentence_is_translated_for_good(spanish: Catalog) -> None:
    assert not spanish.fuzzy
    assert [message.id for message in sentences(spanish) if message.fuzzy or not all(translations(message))] == []


def test_translations_have_the_placeholders_of_their_sentences(spanish: Catalog) -> None:
    for message in sentences(spanish):
        for source, translation in zip(sources(message), translations(message), strict=True):
            assert placeholders(translation) == placeholders(source), source


def test_the_compiled_catalogue_is_up_to_date(spanish: Catalog) -> None:
    with (SPANISH / "messages.mo").open("rb") as file:
        compiled = read_mo(file)
    assert said(compiled) == said(spanish)
    assert compiled.plural_forms == spanish.plural_forms


def test_the_catalogue_is_the_same_on_every_machine(spanish: Catalog) -> None:
    files = {file for message in spanish for file, _ in message.locations}
    assert files
    assert [file for file in files if Path(file).is_absolute()] == []
    assert spanish.num_plurals == 2


NO_SENTENCE = re.compile(r"Clientes|openapi\.json|\{nombre\}")


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_no_template_says_anything_without_the_catalogue(template: Path) -> None:
    assert [text for text in texts_of(template.read_text()) if not NO_SENTENCE.search(text)] == []


def test_no_script_says_anything_by_itself() -> None:
    """What a script says stands on the page, in the reader's language."""
    sentence = re.compile(r"""(["'`])[A-Z][a-z]+ [a-z]+.*?\1""")
    code = {path.name: re.sub(r"^ *//.*|//.*$", "", path.read_text(), flags=re.M) for path in SCRIPTS.glob("*.js")}
    assert code
    assert {
        name: found for name, text in code.items() if (found := [each[0] for each in sentence.finditer(text)])
    } == {}


def texts_of(template: str) -> list[str]:
    """List what a template says as it stands: words between tags, and attributes that are read out."""
    markup = re.sub(r"\{#.*?#\}|<code>.*?</code>", "", template, flags=re.DOTALL)
    markup = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "\0", markup, flags=re.DOTALL)
    read_out = re.findall(r'(?:title|aria-label|placeholder|alt)="([^"]*)"', markup)
    between = re.split(r"[\0]|<[^<>]*>", markup)
    words = [text.strip() for text in (*read_out, *between)]
    return [text for text in words if re.match(r"[A-Z]?[a-zA-Z]+ [a-z]|[A-Z][a-z]+$", text)]


def asks_for_a_sentence(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and SENTENCE.fullmatch(node.id) is not None


def sentences(catalog: Catalog) -> list[Message]:
    """List the catalogue's messages without its header."""
    return [message for message in catalog if message.id]


def keys(catalog: Catalog) -> set[tuple[str | None, tuple[str, ...]]]:
    """Return what tells messages apart."""
    return {(message.context, sources(message)) for message in sentences(catalog)}


def said(catalog: Catalog) -> dict[tuple[str | None, tuple[str, ...]], tuple[str, ...]]:
    """Return what the catalogue says for each message; its header also names the Babel that wrote it."""
    return {(message.context, sources(message)): translations(message) for message in sentences(catalog)}


def sources(message: Message) -> tuple[str, ...]:
    """Return the sentence, or its singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translations(message: Message) -> tuple[str, ...]:
    """Return the translation, or its singular and plural."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def placeholders(text: str) -> Counter[str]:
    """Count what is filled in: %(name)s and {name}."""
    return Counter(PLACEHOLDER.findall(text))
