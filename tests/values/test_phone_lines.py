"""Kinds of lines: only those that get SMS are used, and why another is not can be said."""

import phonenumbers
import pytest

from clientes_app.values.phone import problem, read_e164, to_e164
from clientes_app.values.phone_lines import PhoneProblem


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("601 234 5678", PhoneProblem.LANDLINE),
        ("+57 1 234 5678", PhoneProblem.LANDLINE),
        ("01 8000 123456", PhoneProblem.TOLL_FREE),
        ("+57 1800 111 2222", PhoneProblem.TOLL_FREE),
        ("+52 1 800 123 4567", PhoneProblem.TOLL_FREE),
        ("+800 1234 5678", PhoneProblem.TOLL_FREE),
        ("01 900 123 4567", PhoneProblem.PREMIUM),
        ("+1 900 555 0199", PhoneProblem.PREMIUM),
        ("+979 123 456 789", PhoneProblem.PREMIUM),
        ("+808 1234 5678", PhoneProblem.SHARED_COST),
        ("+33 9 72 12 34 56", PhoneProblem.VOIP),
        ("+44 70 1234 5678", PhoneProblem.PERSONAL),
        ("+1 500 234 5678", PhoneProblem.PERSONAL),
        ("+44 76 0012 3456", PhoneProblem.PAGER),
        ("+44 55 1234 5678", PhoneProblem.COMPANY),
        ("+870 773 123 456", PhoneProblem.SATELLITE),
        ("+881 6 1234 5678", PhoneProblem.SATELLITE),
        ("+882 16 123 456", PhoneProblem.SATELLITE),
        ("+878 10 1234567890", PhoneProblem.SATELLITE),
        ("85432", PhoneProblem.SHORT_CODE),
        ("890 000", PhoneProblem.SHORT_CODE),
        ("123", PhoneProblem.SHORT_CODE),
    ],
)
def test_a_line_without_sms_says_of_what_kind_it_is(text: str, why: PhoneProblem) -> None:
    assert to_e164(text, "CO") is None
    assert problem(text, "CO") is why


@pytest.mark.parametrize("kind", [*range(11), 28])
def test_of_every_country_only_lines_that_may_be_mobile_are_used(kind: int) -> None:
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    for region in phonenumbers.SUPPORTED_REGIONS:
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None:
            continue
        national = phonenumbers.national_significant_number(example)
        assert to_e164(national, region) == read_e164(national, region), f"{region} {national}"
        read = to_e164(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164), region)
        if read is not None:
            assert phonenumbers.number_type(phonenumbers.parse(read)) in mobile
