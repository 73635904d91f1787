"""The views of a campaign's certificate: a page to print, and a file for spreadsheets."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..extensions import db, engine_apart
from ..models.types import utc_now
from ..values.ids import read_id
from ..web.access import Access, access
from ..web.actor import current_account, current_actor
from ..web.csv_export import csv_download
from ..web.formatting import phone_number
from . import bp, certificate, services
from .law.binding import excepted_by, lifted_by
from .verification import verify


@bp.get("/campanas/<int:pk>/certificado/imprimir/")
@access(Access.STAFF)
def print_certificate(pk: int) -> ResponseReturnValue:
    """Show the proof of a campaign as it is printed; a large one in parts."""
    campaign = services.get_campaign(current_user.account_id, pk)
    reader = certificate.Reader(current_account().zone, phone_number)
    part = certificate.part_of(pk, read_id(request.args.get("despues", "")), reader)
    certificate.note_handing_out(campaign, len(part.rows), by=current_actor())
    proof = verify(pk)
    return render_template(
        "campaigns/certificate.html",
        campaign=campaign,
        part=part,
        titles=reader.titles[:-1],
        sums=certificate.sums(proof),
        conclusion=certificate.conclusion(proof),
        total=proof.total_clientes,
        excepted_by=excepted_by(db.session(), campaign),
        lifted=lifted_by(db.session(), campaign),
        now=utc_now(),
    )


@bp.get("/campanas/<int:pk>/certificado/")
@access(Access.STAFF)
def download_certificate(pk: int) -> ResponseReturnValue:
    """Download the proof of a campaign: the sums, and every row."""
    campaign = services.get_campaign(current_user.account_id, pk)
    certificate.note_handing_out(campaign, campaign.total_clientes, by=current_actor())
    reader = certificate.Reader(current_account().zone, str)
    batches = certificate.spreadsheet(engine_apart(), campaign, verify(pk), reader)
    return csv_download(batches, f"campana-{pk}.csv")
