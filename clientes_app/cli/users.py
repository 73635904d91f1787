"""`users`: people from the command line."""

from __future__ import annotations

import getpass
import sys

import click
from flask.cli import AppGroup

from ..audit_log import NOBODY
from ..auth import services
from ..auth.second_factor import enrolment
from ..errors import DomainError, NotFound
from ..models import Rol
from ..people import links
from ..people.link_address import link_address

group = AppGroup("users", help="People who log in.")


@group.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Rol]), required=True)
@click.option("--owner", help="The admin whose data a vendedor sees.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(name: str, role: str, owner: str | None, *, password_stdin: bool) -> None:
    """Create a person who can log in."""
    password = _password(from_stdin=password_stdin)
    try:
        services.create_user(name.strip(), password, Rol(role), owner)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{role} {name} created")


@group.command("link")
@click.argument("name")
def link(name: str) -> None:
    """Print a link with which a person chooses a new password; it works once, within 72 hours."""
    try:
        secret = links.make_link_for(name.strip(), by=NOBODY)
    except NotFound as error:
        raise click.ClickException(f"nobody is called {name}") from error
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(link_address(secret))


@group.command("remove-second-factor")
@click.argument("name")
def remove_second_factor(name: str) -> None:
    """Let a person who lost app, passkeys and recovery codes log in with the password alone."""
    try:
        enrolment.remove_all(name, by=NOBODY)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{name} logs in with the password alone")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass()
