"""Business numbers as they come in, real ones from federal orders aside (those are in the vectors)."""

import pytest

from tracker.clients.business_number import (
    BusinessNumberError,
    check_business_number,
    check_import_account,
    parse_business_number,
)


@pytest.mark.parametrize(
    ("typed", "normalized", "display"),
    [
        ("123456782", "123456782", "123456782"),
        (" 12345 6782 ", "123456782", "123456782"),
        ("123456782RM0001", "123456782RM0001", "123456782 RM 0001"),
        ("123456782rm0001", "123456782RM0001", "123456782 RM 0001"),
        ("123456782-RM-0001", "123456782RM0001", "123456782 RM 0001"),
        ("123456782 RM 0802", "123456782RM0802", "123456782 RM 0802"),
        ("123456782\u00a0RM\u202f0001\n", "123456782RM0001", "123456782 RM 0001"),
        ("712345677RP0001", "712345677RP0001", "712345677 RP 0001"),
        (123456782, "123456782", "123456782"),
        (123456782.0, "123456782", "123456782"),
    ],
)
def test_accepted(typed: object, normalized: str, display: str) -> None:
    result = check_business_number(typed)
    assert (result.ok, result.normalized, result.display, result.problem) == (True, normalized, display, None)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "empty"),
        ("  -  ", "empty"),
        (None, "empty"),
        ("12345678", "length"),
        ("1140169609", "length"),  # a Québec enterprise number has ten digits
        ("123456782RM1", "length"),
        ("123456782RM001", "length"),
        ("123456782RM00001", "length"),
        ("123456782/RM0001", "length"),
        (12345678, "length"),
        (123456782.5, "length"),
        (True, "length"),
        ("12345678Z", "format"),
        ("١٢٣٤٥٦٧٨٢", "format"),
        ("000000000", "format"),
        ("000000000RM0001", "format"),
        ("123456789RM0001", "check_digit"),
        ("112358145", "check_digit"),
        ("123456782RR0001", "program"),
        ("123456782RZ0001", "program"),
        ("123456782RM0000", "reference"),
        ("123456782RM00A1", "reference"),
    ],
)
def test_refused(typed: object, problem: str) -> None:
    result = check_business_number(typed)
    assert (result.ok, result.problem, result.normalized, result.display) == (False, problem, None, None)


def test_one_wrong_digit_is_always_found() -> None:
    right = "712345677"
    for place, digit in enumerate(right):
        for other in "0123456789".replace(digit, ""):
            wrong = right[:place] + other + right[place + 1 :]
            assert check_business_number(wrong).problem == "check_digit", wrong


def test_an_import_account_is_an_rm() -> None:
    assert check_import_account("123456782RM0001").ok
    assert check_import_account("123456782RC0001").problem == "program"
    assert check_import_account("123456782").problem == "length"
    assert check_import_account("123456782", allow_bn9=True).ok


def test_parse_tells_the_parts_and_says_why_not() -> None:
    number = parse_business_number("123456782 RM 0013")
    assert (number.bn9, number.program, number.reference) == ("123456782", "RM", "0013")
    with pytest.raises(BusinessNumberError) as refused:
        parse_business_number("123456782", allow_bn9=False)
    assert refused.value.problem == "length"
