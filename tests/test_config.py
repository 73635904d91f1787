"""Settings: what they are by default, and the one line that a wrong value gets."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from clientes_app.config import Settings, SettingsError, SmsMode, read_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every setting out of the environment but a secret key."""
    for name in list(os.environ):
        if re.match(
            r"(TWILIO_|SMS_|DATABASE_URL|SECRET_KEY|PUBLIC_|SEND_|DEFAULT_|TIMEZONE|PORT|SERVER_|SIMULATOR_|ALLOWED_|TRUSTED_|RATELIMIT_|UPLOADS_|WORKERS|WEB_WORKERS|BIND)",
            name,
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SECRET_KEY", "for tests only")


def test_without_twilio_it_is_simulated() -> None:
    settings = read_settings()
    assert settings.simulated
    assert settings.missing == []
    assert settings.database_url.startswith("sqlite:///")
    assert (settings.port, settings.default_region, settings.timezone.key) == (8000, "CO", "America/Bogota")


def test_what_the_app_simulates_itself_goes_out_as_slowly_as_in_earnest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().twilio.messages_per_second == 20
    monkeypatch.setenv("TWILIO_MESSAGES_PER_SECOND", "0")
    assert read_settings().twilio.messages_per_second == 0
    monkeypatch.delenv("TWILIO_MESSAGES_PER_SECOND")
    monkeypatch.setenv("TWILIO_API_BASE_URL", "http://127.0.0.1:1")
    assert read_settings().twilio.messages_per_second == 0, "a stand-in gets them as fast as it takes them"
    monkeypatch.delenv("TWILIO_API_BASE_URL")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC1")
    assert read_settings().twilio.messages_per_second == 0


def test_one_twilio_variable_makes_it_earnest_and_the_others_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC1")
    settings = read_settings()
    assert settings.sms_mode is SmsMode.TWILIO
    assert settings.missing == ["TWILIO_AUTH_TOKEN", "TWILIO_FROM_NUMBER or TWILIO_MESSAGING_SERVICE_SID"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMS_MODE", "real"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("SEND_WAIT_SECONDS", "-1"),
        ("TWILIO_MAX_CONCURRENCY", "0"),
        ("TWILIO_MESSAGES_PER_SECOND", "fast"),
        ("TIMEZONE", "Bogota"),
        ("DEFAULT_REGION", "Colombia"),
        ("DATABASE_URL", "mysql://x"),
        ("PUBLIC_BASE_URL", "example.com"),
        ("TWILIO_API_BASE_URL", "localhost:1"),
        ("TRUSTED_PROXIES", "-1"),
        ("METRICS_TOKEN", "short"),
        ("UPLOADS_MB", "0"),
        ("UPLOADS_MB_PER_SHOP", "much"),
        ("RATELIMIT_STORAGE_URI", "http://localhost"),
        ("WORKERS", "many"),
        ("BIND", "localhost"),
        ("BIND", "run/clientes.sock"),
        ("WEB_WORKERS", "0"),
        ("WEB_WORKERS", "2"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        read_settings()
    assert name in str(error.value)
    assert "\n" not in str(error.value)


def test_twilio_mode_wants_a_secret_key(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("clientes_app.config.INSTANCE_PATH", tmp_path)
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setenv("SMS_MODE", "twilio")
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        read_settings()


def test_simulated_mode_makes_a_secret_key_and_keeps_it(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("clientes_app.config.INSTANCE_PATH", tmp_path)
    monkeypatch.delenv("SECRET_KEY")
    first = read_settings().secret_key
    assert len(first) >= 32
    assert read_settings().secret_key == first


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_is_reached_through_its_present_driver(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://ana:x@localhost/clientes")
    assert read_settings().database_url == "postgresql+psycopg://ana:x@localhost/clientes"


def test_streams_leave_threads_for_pages() -> None:
    assert Settings(secret_key="x", database_url="sqlite://", server_threads=128).most_held_threads == 112


def test_host_names_are_those_of_the_public_address_unless_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://shop.example:8443/app")
    assert read_settings().hosts == ("shop.example", "localhost", "127.0.0.1")
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, .b.example,")
    assert read_settings().hosts == ("a.example", ".b.example")


def test_the_simulated_twilio_reports_to_the_app_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    assert read_settings().callback_base_url == "http://127.0.0.1:8123"
    monkeypatch.setenv("ALLOWED_HOSTS", "shop.example")
    assert "127.0.0.1" in read_settings().hosts, "or what it reports would be refused"
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://shop.example")
    assert read_settings().callback_base_url == "https://shop.example"


def test_twilio_itself_reports_nowhere_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_MODE", "twilio")
    monkeypatch.setenv("SECRET_KEY", "x")
    assert read_settings().callback_base_url == ""


def test_keys_of_before_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", "older, old")
    assert read_settings().secret_key_fallbacks == ("older", "old")


@pytest.fixture
def several_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the web machines of one database are given at the least."""
    monkeypatch.setenv("WORKERS", "distributed")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db/clientes")
    monkeypatch.setenv("SMS_MODE", "twilio")


@pytest.mark.usefixtures("several_machines")
def test_workers_of_their_own_need_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().distributed
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x.sqlite")
    with pytest.raises(SettingsError, match="WORKERS=distributed needs PostgreSQL"):
        read_settings()


@pytest.mark.usefixtures("several_machines")
def test_several_machines_are_given_one_secret_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("clientes_app.config.INSTANCE_PATH", tmp_path)
    (tmp_path / "secret_key").write_text("made by this machine when it was the only one")
    monkeypatch.delenv("SECRET_KEY")
    with pytest.raises(SettingsError, match=r"^SECRET_KEY is not set: with WORKERS=distributed .*$"):
        read_settings()


@pytest.mark.usefixtures("several_machines")
def test_several_machines_count_tries_where_all_of_them_look(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().counts_at == read_settings().database_url
    monkeypatch.setenv("RATELIMIT_STORAGE_URI", "redis://counter/0")
    assert read_settings().counts_at == "redis://counter/0"
    monkeypatch.setenv("RATELIMIT_STORAGE_URI", "memory://")
    with pytest.raises(SettingsError, match=r"^RATELIMIT_STORAGE_URI.*$"):
        read_settings()


@pytest.mark.usefixtures("several_machines")
def test_several_machines_are_told_where_the_simulated_twilio_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_MODE", "simulated")
    with pytest.raises(SettingsError, match=r"^TWILIO_API_BASE_URL is not set.*$"):
        read_settings()
    monkeypatch.setenv("TWILIO_API_BASE_URL", "http://simulator:9000")
    assert read_settings().callback_base_url == "", "none of them knows which one it would reach"


@pytest.mark.usefixtures("several_machines")
def test_a_machine_of_several_may_serve_by_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().web_workers == 1
    monkeypatch.setenv("WEB_WORKERS", "4")
    assert read_settings().web_workers == 4


@pytest.mark.parametrize(
    ("bind", "listens_at", "reached_at"),
    [
        (None, "127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("0.0.0.0", "0.0.0.0:8000", "http://127.0.0.1:8000"),
        ("10.0.0.7", "10.0.0.7:8000", "http://10.0.0.7:8000"),
        ("::1", "[::1]:8000", "http://[::1]:8000"),
        ("/run/clientes.sock", "unix:/run/clientes.sock", ""),
    ],
)
def test_where_it_listens(monkeypatch: pytest.MonkeyPatch, bind: str | None, listens_at: str, reached_at: str) -> None:
    if bind:
        monkeypatch.setenv("BIND", bind)
    settings = read_settings()
    assert (settings.listens_at, settings.callback_base_url) == (listens_at, reached_at)


def test_one_process_is_the_default() -> None:
    settings = read_settings()
    assert (settings.distributed, settings.counts_at, settings.web_workers) == (False, "memory://", 1)
