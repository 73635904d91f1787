"""Domain errors: what services refuse, said in a sentence; `web.error_pages` turns them into answers."""

from __future__ import annotations

from flask_babel import gettext


class DomainError(Exception):
    """What a service refuses, said in a sentence for the person who asked."""

    status = 400
    retry_after: int | None = None
    """After how many seconds it may be tried again, where that is known."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FieldErrors(DomainError):
    """Fields of a JSON request have values that they do not take."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(gettext("Some fields are not right."))
        self.errors = errors


class Forbidden(DomainError):
    """Somebody else may do it."""

    status = 403


class NotFound(DomainError):
    """The row does not exist, or belongs to another account: nobody learns which."""

    status = 404

    def __init__(self) -> None:
        super().__init__(gettext("This does not exist, or no longer does."))


class Conflict(DomainError):
    """The state of things does not allow it."""

    status = 409


class Gone(DomainError):
    """What was here once is used up."""

    status = 410


class ServiceUnavailable(DomainError):
    """Something that the operator must set up is missing."""

    status = 503


class DiskFull(DomainError):
    """The disk takes no more."""

    status = 507
