"""Typed settings, read from the environment (or `.env`) and checked once, at the start."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from environs import Env, EnvError
from marshmallow import validate

from . import single_values
from .single_values import THIS_MACHINE
from .single_values import SettingsError as SettingsError

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
INSTANCE_PATH = PROJECT_ROOT / "instance"
MAX_BODY_BYTES = 2 * 1024 * 1024
"""Of JSON: 200,000 ids. Forms take half of it, see `front_door`."""


SIMULATED_PACE = 20.0
"""How fast messages go to a simulated Twilio that the app starts itself: as a small account of Twilio's takes them."""


class SmsMode(StrEnum):
    """Where messages go: to Twilio, or to the simulated Twilio on this machine."""

    TWILIO = "twilio"
    SIMULATED = "simulated"


class Workers(StrEnum):
    """Who sends and imports: the process that serves the pages, or processes of their own on any machine."""

    EMBEDDED = "embedded"
    DISTRIBUTED = "distributed"


@dataclass(frozen=True)
class TwilioSettings:
    """What a carrier needs to reach Twilio, or the stand-in at `api_base_url`."""

    account_sid: str = ""
    auth_token: str = field(default="", repr=False)
    from_number: str = ""
    messaging_service_sid: str = ""
    api_base_url: str = ""
    max_concurrency: int = 100
    messages_per_second: float = 0.0
    """SMS parts a second; 0 leaves the pace to Twilio's own queue."""

    def missing(self) -> list[str]:
        """Name the variables without which nothing can be sent."""
        missing = []
        if not self.account_sid:
            missing.append("TWILIO_ACCOUNT_SID")
        if not self.auth_token:
            missing.append("TWILIO_AUTH_TOKEN")
        if not (self.from_number or self.messaging_service_sid):
            missing.append("TWILIO_FROM_NUMBER or TWILIO_MESSAGING_SERVICE_SID")
        return missing


@dataclass(frozen=True)
class Settings:
    """Every setting of the app."""

    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    """Keys of before, the newest last: what they signed still counts, nothing new is signed with them."""
    workers: Workers = Workers.EMBEDDED
    sms_mode: SmsMode = SmsMode.SIMULATED
    twilio: TwilioSettings = TwilioSettings()
    public_base_url: str = ""
    own_base_url: str = ""
    """Where the simulated Twilio, which is on this machine, reaches the app when no public address is set."""
    allowed_hosts: tuple[str, ...] = ()
    """Host names that the app answers to; none: the one of `public_base_url`, and this machine's own."""
    trusted_proxies: int = 0
    """How many proxies stand before the app: what they say of an address is believed, and nobody else's word."""
    ratelimit_storage_uri: str = field(default="", repr=False)
    """A Redis where tries are counted; empty: see `counts_at`."""
    send_wait_seconds: float = 25.0
    default_region: str = "CO"
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("America/Bogota"))
    simulator_latency_ms: int = 50
    bind: str = THIS_MACHINE
    """Where the server listens: an address of this machine, or the path of a socket."""
    port: int = 8000
    web_workers: int = 1
    """How many processes serve pages on this machine."""
    server_threads: int = 128
    most_streams: int = 2_000
    """How many live pages each of them keeps up to date as it happens; the others come back every few seconds."""
    uploads_path: Path = INSTANCE_PATH / "uploads"
    """Where files wait that are being imported; those of one database only, for what it does not name is deleted."""
    metrics_token: str = field(default="", repr=False)
    """What opens the metrics; empty: they are not to be had."""
    uploads_mb: int = 4_000
    uploads_mb_per_shop: int = 1_000
    """How much may wait to be imported, in all and of one account."""

    @property
    def distributed(self) -> bool:
        """Return whether workers of their own send and import."""
        return self.workers is Workers.DISTRIBUTED

    @property
    def simulated(self) -> bool:
        """Return whether messages stay on this machine."""
        return self.sms_mode is SmsMode.SIMULATED

    @property
    def counts_at(self) -> str:
        """Return where tries are counted: in a Redis, in the database that web machines share, or in each process."""
        return self.ratelimit_storage_uri or (self.database_url if self.distributed else "memory://")

    @property
    def listens_at(self) -> str:
        """Return where the server listens, as gunicorn takes it."""
        return f"unix:{self.bind}" if self.bind.startswith("/") else single_values.with_port(self.bind, self.port)

    @property
    def missing(self) -> list[str]:
        """Name the variables without which nothing can be sent; simulated mode needs none."""
        return [] if self.simulated else self.twilio.missing()

    @property
    def callback_base_url(self) -> str:
        """Return where Twilio, or the simulated one, reaches this app; empty where it does not."""
        return self.public_base_url or self.own_base_url

    @property
    def hosts(self) -> tuple[str, ...]:
        """Name the hosts that the app answers to."""
        if self.allowed_hosts:
            return (*self.allowed_hosts, *filter(None, [urlsplit(self.own_base_url).hostname]))
        public = urlsplit(self.public_base_url).hostname
        return (*([public] if public else []), "localhost", THIS_MACHINE)

    @property
    def most_held_threads(self) -> int:
        """How many threads may be held by what waits: with all of them taken, the site would hang."""
        return max(1, self.server_threads - 16)


def read_settings() -> Settings:
    """Read the environment and `.env`.

    Raises SettingsError with one line that names the variable and what it takes.
    """
    env = Env()
    env.read_env(str(PROJECT_ROOT / ".env"), recurse=False)
    try:
        settings = _settings_from(env)
    except EnvError as error:
        raise SettingsError(str(error).replace("\n", " ")) from error
    if settings.distributed and settings.simulated and not settings.twilio.api_base_url:
        raise SettingsError("TWILIO_API_BASE_URL is not set: with WORKERS=distributed nobody starts a simulated Twilio")
    return replace(settings, own_base_url=_own_base_url(settings))


def _settings_from(env: Env) -> Settings:
    twilio = _twilio_from(env)
    mode = _sms_mode(env, twilio)
    twilio = replace(twilio, messages_per_second=_pace(env, mode, twilio))
    database_url = _database_url(env)
    workers = _workers(env, database_url)
    return Settings(
        secret_key=_secret_key(env, mode, workers),
        database_url=database_url,
        workers=workers,
        sms_mode=mode,
        twilio=twilio,
        public_base_url=single_values.url(env, "PUBLIC_BASE_URL"),
        secret_key_fallbacks=single_values.words(env, "SECRET_KEY_FALLBACKS"),
        allowed_hosts=single_values.words(env, "ALLOWED_HOSTS"),
        trusted_proxies=env.int("TRUSTED_PROXIES", 0, validate=validate.Range(0, 10)),
        ratelimit_storage_uri=_storage(env, workers),
        send_wait_seconds=env.float("SEND_WAIT_SECONDS", 25.0, validate=validate.Range(0, 300)),
        default_region=single_values.region(env),
        timezone=single_values.timezone(env),
        simulator_latency_ms=env.int("SIMULATOR_LATENCY_MS", 50, validate=validate.Range(0, 60_000)),
        bind=single_values.bind(env),
        port=env.int("PORT", 8000, validate=validate.Range(1, 65_535)),
        web_workers=_web_workers(env, workers),
        server_threads=env.int("SERVER_THREADS", 128, validate=validate.Range(20, 2_000)),
        most_streams=env.int("LIVE_STREAMS", 2_000, validate=validate.Range(1, 50_000)),
        uploads_path=Path(env.str("UPLOADS_PATH", "") or INSTANCE_PATH / "uploads").resolve(),
        metrics_token=env.str("METRICS_TOKEN", "", validate=validate.Length(min=16)),
        uploads_mb=env.int("UPLOADS_MB", 4_000, validate=validate.Range(1, 10_000_000)),
        uploads_mb_per_shop=env.int("UPLOADS_MB_PER_SHOP", 1_000, validate=validate.Range(1, 10_000_000)),
    )


def _own_base_url(settings: Settings) -> str:
    # Of several machines nobody knows which one the simulated Twilio would reach.
    if settings.public_base_url or settings.distributed or not settings.simulated:
        return ""
    return single_values.own_base_url(settings.bind, settings.port)


def _twilio_from(env: Env) -> TwilioSettings:
    return TwilioSettings(
        account_sid=env.str("TWILIO_ACCOUNT_SID", "").strip(),
        auth_token=env.str("TWILIO_AUTH_TOKEN", "").strip(),
        from_number=env.str("TWILIO_FROM_NUMBER", "").strip(),
        messaging_service_sid=env.str("TWILIO_MESSAGING_SERVICE_SID", "").strip(),
        api_base_url=single_values.url(env, "TWILIO_API_BASE_URL"),
        max_concurrency=env.int("TWILIO_MAX_CONCURRENCY", 100, validate=validate.Range(1, 1_000)),
    )


def _pace(env: Env, mode: SmsMode, twilio: TwilioSettings) -> float:
    # A stand-in that is named is for tests and measurements: it gets messages as fast as it takes them.
    own_simulator = mode is SmsMode.SIMULATED and not twilio.api_base_url
    usual = SIMULATED_PACE if own_simulator else 0.0
    return env.float("TWILIO_MESSAGES_PER_SECOND", usual, validate=validate.Range(0, 10_000))


def _sms_mode(env: Env, twilio: TwilioSettings) -> SmsMode:
    some_twilio = twilio.account_sid or twilio.auth_token or twilio.from_number or twilio.messaging_service_sid
    default = SmsMode.TWILIO if some_twilio else SmsMode.SIMULATED
    name = env.str("SMS_MODE", default.value, validate=validate.OneOf([mode.value for mode in SmsMode]))
    return SmsMode(name)


def _secret_key(env: Env, mode: SmsMode, workers: Workers) -> str:
    key = env.str("SECRET_KEY", "")
    if key:
        return key
    if workers is Workers.DISTRIBUTED:
        raise SettingsError("SECRET_KEY is not set: with WORKERS=distributed every machine must be given the same one")
    kept = INSTANCE_PATH / "secret_key"
    if kept.exists():
        return kept.read_text().strip()
    if mode is SmsMode.TWILIO:
        raise SettingsError("SECRET_KEY is not set: it takes a long random text, the same on every start")
    INSTANCE_PATH.mkdir(exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(secrets.token_hex(32))
    return kept.read_text()


def _database_url(env: Env) -> str:
    url = env.str("DATABASE_URL", "")
    if not url:
        INSTANCE_PATH.mkdir(exist_ok=True)
        return f"sqlite:///{INSTANCE_PATH / 'clientes.sqlite'}"
    scheme, separator, rest = url.partition("://")
    if not separator or not scheme.startswith(("sqlite", "postgres")):
        raise SettingsError("DATABASE_URL takes sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg://{rest}"
    return url


def _workers(env: Env, database_url: str) -> Workers:
    known = [workers.value for workers in Workers]
    workers = Workers(env.str("WORKERS", Workers.EMBEDDED.value, validate=validate.OneOf(known)))
    if workers is Workers.DISTRIBUTED and not database_url.startswith("postgresql"):
        raise SettingsError(
            "WORKERS=distributed needs PostgreSQL: DATABASE_URL takes postgresql://USER:PASSWORD@HOST/NAME"
        )
    return workers


def _storage(env: Env, workers: Workers) -> str:
    uri = env.str("RATELIMIT_STORAGE_URI", "").strip()
    if uri and not uri.startswith(("memory://", "redis://", "rediss://", "redis+unix://")):
        raise SettingsError("RATELIMIT_STORAGE_URI takes memory:// or redis://HOST:PORT/NUMBER")
    if workers is Workers.DISTRIBUTED and uri.startswith("memory://"):
        raise SettingsError(
            "RATELIMIT_STORAGE_URI: WORKERS=distributed does not count in memory://; unset, PostgreSQL counts"
        )
    return uri


def _web_workers(env: Env, workers: Workers) -> int:
    count = env.int("WEB_WORKERS", 1, validate=validate.Range(1, 64))
    if count > 1 and workers is Workers.EMBEDDED:
        raise SettingsError("WEB_WORKERS: more than 1 needs WORKERS=distributed, for this one process sends as well")
    return count
