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
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?P<marker> ; [^\\]+)? \\$", re.MULTILINE)


def test_every_import_of_the_app_is_in_its_list() -> None:
    assert imported(APP) - named("requirements.in") == set()


def test_every_import_of_the_tests_is_in_a_list() -> None:
    assert imported(TESTS) - named("requirements.in") - named("requirements-dev.in") == set()


def test_what_is_listed_without_a_word_why_is_imported() -> None:
    assert named("requirements.in", without_comment=True) - imported(APP) == set()
    assert named("requirements-dev.in", without_comment=True) - imported(TESTS) == set()


def test_nothing_is_listed_twice() -> None:
    assert named("requirements.in") & named("requirements-dev.in") == set()


@pytest.mark.parametrize("name", LISTS)
def test_the_lock_pins_what_its_list_asks_for(name: str) -> None:
    pins = locked(name.replace(".in", ".txt"))
    for requirement in requirements(name):
        versions = pins.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement} is not locked: run make lock"
        assert all(requirement.specifier.contains(version) for version in versions)


def test_both_locks_pin_the_same_versions() -> None:
    run, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: (run[name], dev[name]) for name in run.keys() & dev.keys() if run[name] != dev[name]} == {}


@pytest.mark.parametrize("name", LISTS)
def test_the_lock_is_the_same_on_every_machine(name: str) -> None:
    lock = (PROJECT_ROOT / name.replace(".in", ".txt")).read_text()
    assert "://" not in lock
    assert " /" not in lock
    assert re.findall(r"^--.*", lock, re.MULTILINE) == []
    assert lock.count("==") == len(PIN.findall(lock)) + lock.count(" == ")


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


def requirements(name: str) -> list[Requirement]:
    """Return what a list asks for."""
    return [Requirement(line.split("#")[0]) for line in entries(name)]


def entries(name: str) -> list[str]:
    """Return the lines of a list that name a library."""
    return [line for line in (PROJECT_ROOT / name).read_text().splitlines() if line[:1].isalpha()]


def named(name: str, *, without_comment: bool = False) -> set[str]:
    """Return the distributions in a list; those that its comments do not explain, if asked."""
    lines = [line for line in entries(name) if not (without_comment and "#" in line)]
    return {canonicalize_name(Requirement(line.split("#")[0]).name) for line in lines}


def locked(name: str) -> dict[str, set[str]]:
    """Return the versions that a lock pins for each distribution: several where they differ by Python."""
    versions: dict[str, set[str]] = {}
    for distribution, version, _ in PIN.findall((PROJECT_ROOT / name).read_text()):
        versions.setdefault(canonicalize_name(distribution), set()).add(version)
    return versions
