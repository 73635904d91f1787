"""The lists of libraries name what the code imports, and the locks pin all that the lists ask for."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from clientes_app.config import PROJECT_ROOT

OWN = {"clientes_app", "tests", "wsgi"}
TYPES_ONLY = {"_typeshed"}
APP = [
    PROJECT_ROOT / "wsgi.py",
    PROJECT_ROOT / "gunicorn.conf.py",
    *(PROJECT_ROOT / "clientes_app").rglob("*.py"),
    *(PROJECT_ROOT / "migrations").rglob("*.py"),
]
TESTS = list((PROJECT_ROOT / "tests").rglob("*.py"))
LISTS = ["requirements.in", "requirements-dev.in"]
PIN = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[\w.+!]+)( ; [\w.<>=!'() ]+)? \\$", re.MULTILINE)
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?$")
ASKED_BY = re.compile(r"    # (via( |$)|  )(-[rc] requirements[\w.-]*|[\w.-]+)?$")


def test_every_import_of_the_app_is_in_its_list() -> None:
    assert imported(APP) - named("requirements.in") == set()


def test_every_import_of_the_tests_is_in_a_list() -> None:
    assert imported(TESTS) - named("requirements.in") - named("requirements-dev.in") == set()


def test_what_is_listed_without_a_word_why_is_imported() -> None:
    assert unexplained("requirements.in") - imported(APP) == set()
    assert unexplained("requirements-dev.in") - imported(TESTS) == set()


def test_nothing_is_listed_twice() -> None:
    assert named("requirements.in") & named("requirements-dev.in") == set()


@pytest.mark.parametrize("name", LISTS)
def test_the_lock_pins_what_its_list_asks_for(name: str) -> None:
    pins = locked(lock_of(name))
    for requirement in requirements(entries(name)):
        versions = pins.get(canonicalize_name(requirement.name))
        assert versions, f"{requirement} is not locked: run `make lock OPTIONS=`"
        assert [version for version in versions if version not in requirement.specifier] == []


def test_both_locks_pin_the_same_versions() -> None:
    run, dev = (locked(lock_of(name)) for name in LISTS)
    assert {name: (run[name], dev[name]) for name in run.keys() & dev.keys() if run[name] != dev[name]} == {}


@pytest.mark.parametrize("name", LISTS)
def test_a_lock_has_pins_with_hashes_and_nothing_of_the_machine_that_made_it(name: str) -> None:
    lines = (PROJECT_ROOT / lock_of(name)).read_text().splitlines()
    assert [line for line in lines if not (PIN.match(line) or HASH.match(line) or ASKED_BY.match(line))] == []


def imported(files: list[Path]) -> set[str]:
    """Return the distributions whose modules the files import, anywhere in them."""
    modules = {name for file in files for node in ast.walk(ast.parse(file.read_text())) for name in modules_of(node)}
    foreign = modules - OWN - TYPES_ONLY - sys.stdlib_module_names
    distributions = packages_distributions()
    return {canonicalize_name(distributions[module][0]) for module in foreign}


def modules_of(node: ast.AST) -> set[str]:
    """Return the top-level modules that a statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {node.module.split(".")[0]}
    return set()


def entries(name: str) -> list[str]:
    """Return the lines of a list that name a library."""
    return [line for line in (PROJECT_ROOT / name).read_text().splitlines() if line[:1].isalpha()]


def requirements(lines: list[str]) -> list[Requirement]:
    """Return what the lines of a list ask for."""
    return [Requirement(line.partition("#")[0]) for line in lines]


def named(name: str) -> set[str]:
    """Return the distributions that a list asks for."""
    return {canonicalize_name(requirement.name) for requirement in requirements(entries(name))}


def unexplained(name: str) -> set[str]:
    """Return the distributions of a list of which no comment says why they are needed."""
    lines = [line for line in entries(name) if "#" not in line]
    return {canonicalize_name(requirement.name) for requirement in requirements(lines)}


def lock_of(name: str) -> str:
    """Return the name of the lock that is made from a list."""
    return name.replace(".in", ".txt")


def locked(name: str) -> dict[str, set[str]]:
    """Return the versions that a lock pins for each distribution: several where they differ by Python."""
    versions: dict[str, set[str]] = {}
    for pin in PIN.finditer((PROJECT_ROOT / name).read_text()):
        versions.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
    return versions
