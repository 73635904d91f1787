"""Likely doubles, and merging two clients: the views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from ...errors import DomainError, NotFound
from ...extensions import db
from ...fields.services import list_fields
from ...values.client_keys import LONGEST_NAME
from ...values.ids import read_id
from ...values.text import clean_line
from ...web.access import Access, access
from ...web.actor import current_account, current_actor
from ...web.filters import chosen_of
from ...web.htmx import done, flash_and_go, page_or_fragment
from .. import bp
from . import merging
from . import services as duplicates
from .own_differences import name_of
from .services import Likeness


@bp.get("/dobles/")
@access(Access.ADMIN)
def show_doubles() -> ResponseReturnValue:
    """List likely doubles."""
    return page_or_fragment(
        "clients/duplicates/doubles.html", "clients/duplicates/_doubles.html", **_listed(request.args)
    )


@bp.post("/dobles/distintos/")
@access(Access.ADMIN)
def set_apart() -> ResponseReturnValue:
    """Remember that two clients are different people."""
    duplicates.set_apart(current_user.account_id, *_pair(request.form))
    listed = _listed(request.form)
    said = gettext("Remembered: they are different people.")
    return done(said, _doubles_address(request.form), render_template("clients/duplicates/_doubles.html", **listed))


@bp.post("/dobles/distintos/deshacer/")
@access(Access.ADMIN)
def take_back() -> ResponseReturnValue:
    """Forget that two clients are different people."""
    duplicates.take_back(current_user.account_id, *_pair(request.form))
    listed = _listed(request.form)
    said = gettext("They may be the same person again.")
    return done(said, _doubles_address(request.form), render_template("clients/duplicates/_doubles.html", **listed))


@bp.get("/unir/")
@access(Access.ADMIN)
def compare() -> ResponseReturnValue:
    """Show two clients beside each other, to choose what the merged one will have."""
    proposal = merging.propose(current_user.account_id, _pair(request.args))
    return render_template(
        "clients/duplicates/merge.html", proposal=proposal, back=_back(request.args, proposal.kept.id)
    )


@bp.post("/unir/")
@access(Access.ADMIN)
def merge() -> ResponseReturnValue:
    """Merge two clients."""
    pair = _pair(request.form)
    client = merging.merge(current_account(), pair, _values_of(pair), by=current_actor())
    said = gettext("The two are one client now: %(name)s.", name=client.nombre)
    return flash_and_go(said, _back(request.form, client.id))


def _pair(values: MultiDict[str, str]) -> tuple[int, int]:
    one, other = (read_id(values.get(name, "")) for name in ("a", "b"))
    if one is None or other is None:
        raise NotFound
    return one, other


def _values_of(pair: tuple[int, int]) -> dict[str, int]:
    """Return of which of the two each value is to be taken that was chosen.

    Raises DomainError where what is given is neither.
    """
    own = map(name_of, list_fields(db.session(), current_user.account_id))
    given = {name: request.form.getlist(name) for name in (*merging.FIELDS, *own) if name in request.form}
    if any(texts not in ([str(pair[0])], [str(pair[1])]) for texts in given.values()):
        raise DomainError(gettext("Say of which of the two each value is to be taken."))
    return {name: int(texts[0]) for name, texts in given.items()}


def _listed(values: Mapping[str, str]) -> dict[str, Any]:
    likeness, after = _likeness(values), _after(values)
    return {
        "page": duplicates.find_page(current_user.account_id, likeness, after),
        "apart": duplicates.set_apart_lately(current_user.account_id),
        "likeness": likeness,
        "likenesses": Likeness,
        "after": after,
    }


def _back(values: Mapping[str, str], client_id: int) -> str:
    """Return where a person goes who leaves: to the list of doubles that led here, or to the client."""
    return _doubles_address(values) if "por" in values else url_for("clients.show", pk=client_id)


def _doubles_address(values: Mapping[str, str]) -> str:
    return url_for("clients.show_doubles", por=_likeness(values).value, despues=_after(values) or None)


def _likeness(values: Mapping[str, str]) -> Likeness:
    return Likeness(chosen_of(values, "por", list(Likeness), Likeness.NUMBER))


def _after(values: Mapping[str, str]) -> str:
    return clean_line(values.get("despues", "")[:LONGEST_NAME])
