"""The rules of the house: who may import whom, and who may touch the request, as docs/architecture.md says."""

from __future__ import annotations

import re
from functools import cache

import pytest

from clientes_app.config import PROJECT_ROOT

from .test_structure import MODULES, imports, is_in, ours

PAGE = (PROJECT_ROOT / "docs" / "architecture.md").read_text()
FACTORY = {"clientes_app.__init__"}
THE_ARROW_BACK = ("clientes_app.background.import_worker", "clientes_app.create_app")
VIEWS = re.compile(r"(routes|forms|api|list_view|client_page|own_settings|\w+_routes)$")
OF_THE_REQUEST = {
    *(f"flask.{name}" for name in ("request", "session", "g", "flash", "redirect", "render_template", "url_for")),
    *(f"flask_login.{name}" for name in ("current_user", "login_user", "logout_user")),
    *(f"clientes_app.web.actor{name}" for name in ("", ".current_actor", ".current_account")),
}


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table whose first title this is, each as its cells."""
    lines = PAGE[PAGE.index(f"| {heading} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@cache
def rooms() -> dict[str, set[str]]:
    """Return what each package may import, from the ground up."""
    return {row[0].strip("`"): set(filter(None, row[2].split(", "))) for row in table("package")}


def room_of(module: str) -> str:
    return module.split(".")[1]


def imported_rooms(module: str) -> set[str]:
    names = ours(module) - ({THE_ARROW_BACK[1]} if module == THE_ARROW_BACK[0] else set())
    return {name.split(".")[1] for name in names} - {room_of(module)}


def test_each_package_has_its_row_and_each_row_its_package() -> None:
    assert {room_of(module) for module in MODULES if module not in FACTORY} == set(rooms())


@pytest.mark.parametrize("room", rooms())
def test_a_package_imports_what_its_row_says_and_nothing_else(room: str) -> None:
    used = {imported for module in MODULES if is_in(module, room) for imported in imported_rooms(module)}
    assert used == rooms()[room]


def test_no_arrow_goes_up() -> None:
    order = list(rooms())
    up = {
        (room, imported)
        for room, allowed in rooms().items()
        for imported in allowed
        if order.index(imported) > order.index(room)
    }
    assert up == set()


def test_no_packages_go_in_a_circle() -> None:
    left = {room: set(allowed) for room, allowed in rooms().items()}
    while free := {room for room, allowed in left.items() if not allowed & left.keys()}:
        left = {room: allowed for room, allowed in left.items() if room not in free}
    assert left == {}


def test_only_views_and_those_named_touch_the_request() -> None:
    named = {f"clientes_app.{row[0].strip('`')}" for row in table("module")}
    touching = {module for module in MODULES if imports(module) & OF_THE_REQUEST and not is_in(module, "web")}
    assert {module for module in touching if not VIEWS.match(module.rpartition(".")[2])} == named


def test_the_house_stays_small() -> None:
    """Few entries and loose modules at the top, few modules in a package, no module of more than 300 lines."""
    package = PROJECT_ROOT / "clientes_app"
    entries = [path for path in package.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= 46
    assert sum(path.suffix == ".py" for path in entries) <= 10
    for folder in {path.parent for path in package.rglob("*.py")}:
        most = 22 if folder.name in {"models", "sending", "web"} else 16
        assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= most, folder
    long = {path.name for path in package.rglob("*.py") if len(path.read_text().splitlines()) > 300}
    assert long == set()


def test_no_two_modules_of_one_name_do_different_things() -> None:
    """Those that are found in several packages do the same there: each does it for its own."""
    alike = {"__init__", "routes", "forms", "services", "listing", "list_view", "progress", "opening", "sentences"}
    alike |= {"control", "opt_outs", "export", "users"}
    names = [module.rpartition(".")[2] for module in MODULES]
    assert {name for name in names if names.count(name) > 1} - alike == set()
