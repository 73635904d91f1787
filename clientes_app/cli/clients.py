"""`clients`: a client list from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import click
from flask.cli import AppGroup

from ..audit_log import NOBODY
from ..auth.services import find_person_called
from ..client_files.columns import Layout
from ..client_files.meaning.roles import Role
from ..client_files.refusals import Refused
from ..database.processes import new_owner
from ..database.transactions import expect_many_rows
from ..errors import DomainError
from ..extensions import db
from ..importing import jobs, services, uploading
from ..importing.applying import apply
from ..importing.jobs import Job, Surroundings
from ..importing.reviewing import review
from ..importing.staging import asking
from ..importing.staging.verdicts import Answer
from ..models import Importacion
from ..settings import current_settings
from ..values.text import fold

group = AppGroup("clients", help="Clients.")

SAME_NUMBER = {"leave": Answer.NONE, "same": Answer.SAME, "another": Answer.ANOTHER}


class Said(NamedTuple):
    """What a page asks of a person when all rows have been checked."""

    keeps_existing: bool
    of_same_number: Answer


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--owner", required=True, help="The admin whose clients they become.")
@click.option("--map", "mapped", multiple=True, metavar="ROLE=COLUMN", help="A title or a number from 1; repeatable.")
@click.option("--tag", default="", help="Tags for all of them, with commas between.")
@click.option(
    "--existing",
    type=click.Choice(["update", "keep"]),
    default="update",
    help="Whether clients that there are get what the file says, or stay as they are.",
)
@click.option(
    "--same-number",
    type=click.Choice(list(SAME_NUMBER)),
    default="leave",
    help="Who a row is that has somebody's number and another name; left out where it is not said.",
)
def import_clients(file: Path, owner: str, mapped: Sequence[str], tag: str, **said: str) -> None:
    """Import a list (XLSX or CSV); what is not mapped is guessed."""
    try:
        row = _imported(file, owner, mapped, tag, Said(said["existing"] == "keep", SAME_NUMBER[said["same_number"]]))
    except DomainError as error:
        raise click.ClickException(error.message) from error
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    applied = f"{row.nuevas} new, {row.actualizadas} updated, {row.iguales + row.intactas} unchanged"
    asked = f", {row.preguntadas} with somebody's number and another name" if row.preguntadas else ""
    click.echo(f"{applied}; rejected: {row.dobles} doubled in the file, {row.malas} wrong{asked}")


def _imported(file: Path, owner: str, mapped: Sequence[str], tag: str, said: Said) -> Importacion:
    expect_many_rows(db.engine)
    place = Surroundings.of(current_settings())
    admin = find_person_called(owner)
    if admin is None or not admin.is_admin:
        raise click.ClickException(f"no admin is called {owner}")
    with file.open("rb") as stream:
        row = uploading.upload(admin.id, uploading.Upload(stream, file.name), place, by=NOBODY)
    layout = _mapped(Layout.from_json(row.columnas), mapped)
    services.start_review(admin.id, row.id, layout, services.ForAll(tag), place.storage)
    with click.progressbar(length=row.filas, label="Checking") as bar:
        review(db.engine, _taken(row.id, place), bar.update)
    asking.keep_existing(admin.id, row.id, said.keeps_existing)
    if said.of_same_number is not Answer.NONE:
        asking.answer_all(admin.id, row.id, said.of_same_number, place.storage)
    row = services.start_applying(admin.id, row.id, by=NOBODY)
    with click.progressbar(length=row.por_aplicar, label="Importing") as bar:
        apply(db.engine, _taken(row.id, place), bar.update)
    db.session.expire_all()
    return services.find_import(admin.id, row.id)


def _taken(import_id: int, place: Surroundings) -> Job:
    job = jobs.take(db.engine, new_owner(), place, import_id)
    if job is None:
        raise click.ClickException("the server's worker has taken the import: look at its page")
    return job


def _mapped(layout: Layout, mapped: Sequence[str]) -> Layout:
    """Return the layout with the columns that were named; roles that are named are not guessed."""
    if not mapped:
        return layout
    named = [_column(layout, each) for each in mapped]
    told = {role for role, _ in named}
    roles = [Role.NOTHING if role in told else role for role in layout.roles]
    for role, place in named:
        roles[place] = role
    return replace(layout, roles=tuple(roles))


def _column(layout: Layout, mapping: str) -> tuple[Role, int]:
    role, _, column = mapping.partition("=")
    titles = [fold(title) for title in layout.titles]
    if role not in set(Role) - {Role.NOTHING}:
        raise click.ClickException(f"--map takes {', '.join(each for each in Role if each)}: not {role}")
    if fold(column) in titles:
        return Role(role), titles.index(fold(column))
    if column.isdecimal() and 1 <= int(column) <= len(layout.roles):
        return Role(role), int(column) - 1
    raise click.ClickException(f"the file has no column {column}: it has {', '.join(filter(None, layout.titles))}")
