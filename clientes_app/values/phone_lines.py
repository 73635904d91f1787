"""Kinds of telephone lines: which of them get an SMS, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from phonenumbers import COUNTRY_CODES_FOR_NON_GEO_REGIONS, PhoneNumber, PhoneNumberType, number_type

_GET_SMS = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
"""The second is what a country says that does not tell mobile lines from others."""

_TEST_NUMBERS = range(500_555_0000, 500_555_0010)
"""Twilio's, of the American code 1: https://www.twilio.com/docs/iam/test-credentials"""


class PhoneProblem(StrEnum):
    """Why a stored number cannot be sent to."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    SEVERAL = "several"
    """More than one number: nobody guesses which is meant."""
    EXTENSION = "extension"
    """It leads through a switchboard."""
    SHORT_CODE = "short code"
    LANDLINE = "landline"
    TOLL_FREE = "toll-free"
    PREMIUM = "premium"
    SHARED_COST = "shared cost"
    VOIP = "voip"
    PERSONAL = "personal"
    """It forwards calls to whatever line its owner says."""
    PAGER = "pager"
    COMPANY = "company"
    """A number that a company has for all its places."""
    VOICEMAIL = "voicemail"
    SATELLITE = "satellite"
    """Of no country: satellites, ships, networks that span the world."""


_PROBLEMS: Mapping[int, PhoneProblem] = {
    PhoneNumberType.FIXED_LINE: PhoneProblem.LANDLINE,
    PhoneNumberType.TOLL_FREE: PhoneProblem.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: PhoneProblem.PREMIUM,
    PhoneNumberType.SHARED_COST: PhoneProblem.SHARED_COST,
    PhoneNumberType.VOIP: PhoneProblem.VOIP,
    PhoneNumberType.PERSONAL_NUMBER: PhoneProblem.PERSONAL,
    PhoneNumberType.PAGER: PhoneProblem.PAGER,
    PhoneNumberType.UAN: PhoneProblem.COMPANY,
    PhoneNumberType.VOICEMAIL: PhoneProblem.VOICEMAIL,
}
_OF_NO_COUNTRY = {PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}


def is_number(number: PhoneNumber) -> bool:
    """Return whether a country gives out such a number, of whatever kind."""
    # The library calls exactly those numbers unknown that are not valid.
    return bool(number_type(number) != PhoneNumberType.UNKNOWN)


def problem_of(number: PhoneNumber) -> PhoneProblem | None:
    """Return why a line gets no SMS, None where it gets them."""
    line = number_type(number)
    if number.country_code in COUNTRY_CODES_FOR_NON_GEO_REGIONS and line not in _OF_NO_COUNTRY:
        return PhoneProblem.SATELLITE
    if line in _GET_SMS or (number.country_code == 1 and number.national_number in _TEST_NUMBERS):
        return None
    return _PROBLEMS.get(line, PhoneProblem.UNREADABLE)
