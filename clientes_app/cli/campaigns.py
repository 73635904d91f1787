"""`campaigns`: proofs from the command line."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup

from ..campaigns.verification import verify
from ..errors import DomainError

group = AppGroup("campaigns", help="Campaigns.")


@group.command("verify")
@click.argument("campaign_id", type=int)
def verify_campaign(campaign_id: int) -> None:
    """Prove that a campaign's counters and its rows agree, and that no number was sent to twice."""
    try:
        verification = verify(campaign_id)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(json.dumps(verification.as_json(), indent=2))
    sys.exit(0 if verification.holds else 1)
