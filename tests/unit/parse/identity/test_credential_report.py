"""The credential report of IAM, as CSV and as the command line prints it."""

from __future__ import annotations

import base64
import json

import pytest

from iamlint.model.aws import AccessKey
from iamlint.model.sign_in import Credential
from iamlint.project.memory import memory_session

REPORT = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,"
    "access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"
    "<root_account>,arn:aws:iam::111111111111:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,"
    "not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
    "ci,arn:aws:iam::111111111111:user/ci,2021-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,"
    "true,2024-05-06T07:08:09+00:00,2026-01-01T00:00:00+00:00,eu-west-1,s3,false,2022-01-01T00:00:00+00:00,N/A,N/A,N/A,"
    "true,2023-02-03T00:00:00+00:00,false,N/A\n"
    "alice,arn:aws:iam::111111111111:user/alice,2021-01-01T00:00:00+00:00,true,2026-01-01T00:00:00+00:00,"
    "2025-03-04T00:00:00+00:00,N/A,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
)


def facts(files: dict[str, str]):  # type: ignore[no-untyped-def]
    return memory_session(files).estate


def test_keys_certificates_and_passwords_have_their_days() -> None:
    estate = facts({"aws/credential_report.csv": REPORT})
    assert [(key.user, key.account, key.active, key.created, key.kind) for key in estate.all(AccessKey)] == [
        ("ci", "111111111111", True, "2024-05-06", "reported"),
        ("ci", "111111111111", False, "2022-01-01", "reported"),
    ]
    assert [(one.name, one.kind, one.created) for one in estate.all(Credential)] == [
        ("signing certificate 1 of ci", "certificate", "2023-02-03"),
        ("console password of alice", "password", "2025-03-04"),
    ]
    begin, end = estate.all(AccessKey)[0].place.span
    assert REPORT.encode()[begin:end] == b"2024-05-06T07:08:09+00:00"


def test_the_report_in_base64_is_the_same() -> None:
    text = json.dumps({"Content": base64.b64encode(REPORT.encode()).decode(), "ReportFormat": "text/csv"})
    estate = facts({"aws/report.json": text})
    assert [key.created for key in estate.all(AccessKey)] == ["2024-05-06", "2022-01-01"]
    assert estate.all(AccessKey)[0].place.route == ("Content",)


@pytest.mark.parametrize("content", ["%%%", "aGVsbG8="])
def test_a_report_that_is_none_is_said_to_be_unreadable(content: str) -> None:
    estate = facts({"aws/report.json": json.dumps({"Content": content, "ReportFormat": "text/csv"})})
    assert [line.reason for line in estate.unresolved()] == ["the credential report is not in base64"]


def test_an_old_key_is_found_at_its_cell() -> None:
    session = memory_session({"aws/credential_report.csv": REPORT})
    found = [(made.rule, made.path, made.span.line, made.span.column) for made in session.check().diagnostics]
    column = REPORT.split("\n")[2].index("2024-05-06") + 1
    assert ("BOT102", "aws/credential_report.csv", 3, column) in found
    assert not [made for made in found if made[0] == "BOT104"]  # a report does not say who made the key, and what for


def test_other_tables_are_not_looked_into() -> None:
    assert facts({"data/users.csv": REPORT}).all(AccessKey) == []


def test_hostile_rows_give_nothing() -> None:
    header = REPORT.split("\n")[0]
    for row in ("", ",,,,", "x", "a,b," + "," * 5000, "\x00\xff,arn:aws:iam"):
        assert facts({"credential_report.csv": f"{header}\n{row}\n"}).all(AccessKey) == []
