"""The processes of the demo and what each is told through its environment."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from devtools.processes import own_environment
from devtools.servers.embedded import Servers
from devtools.supervising.child import ChildSpec

WEB_PORT = 8000
SMTP_PORT = 1025
CATCHER_WEB_PORT = 8025
STRIPE_PORT = 12111

SMS_ACCOUNT = "ACdemo00000000000000000000000000000"
SMS_SECRET = "demo-secret-of-the-catcher"  # noqa: S105 - opens nothing: the catcher takes any
SMS_FROM = "+15005550006"

# The stand-in for Stripe knows them (devtools.stripe_server.server); importing it here would load Stripe's SDK.
STRIPE_KEY = "sk_test_standin"
STRIPE_SECRET, STRIPE_NOTICE_SECRET = "whsec_standin", "whsec_standin_notices"

# Celery warns everybody who is root, as one is in a container; the demo's tasks are our own.
ROOT_WARNING = "ignore:You're running the worker with superuser privileges"


@dataclass(frozen=True)
class DemoParts:
    """Describes each child process of one demo.

    Attributes:
        state: Folder of the demo's files.
        servers: Where PostgreSQL and Redis answer.
        web_port: Port of the pages and the API.
        smtp_port: Port where the catcher takes e-mail.
        catcher_port: Port where the catcher takes SMS and shows what arrived.
        stripe_port: Port where the stand-in for Stripe answers and shows its pages.
    """

    state: Path
    servers: Servers
    web_port: int
    smtp_port: int
    catcher_port: int
    stripe_port: int

    @property
    def platform_host(self) -> str:
        """Return host and port of the platform itself; tenants live on its subdomains."""
        return f"localhost:{self.web_port}"

    @property
    def platform_url(self) -> str:
        """Return the address to open first."""
        return f"http://{self.platform_host}/"

    @cached_property
    def environment(self) -> dict[str, str]:
        """Return what every child sees; messages can only reach the catcher, and money only the stand-in."""
        return own_environment(
            DJANGO_SETTINGS_MODULE="config.settings.development",
            PYTHONUNBUFFERED="1",
            TURNERO_PLATFORM_HOST=self.platform_host,
            TURNERO_SMTP_URL=f"smtp://127.0.0.1:{self.smtp_port}",
            TURNERO_SMS_URL=f"http://127.0.0.1:{self.catcher_port}",
            TURNERO_SMS_ACCOUNT=SMS_ACCOUNT,
            TURNERO_SMS_SECRET=SMS_SECRET,
            TURNERO_SMS_FROM=SMS_FROM,
            TURNERO_STATE_DIR=str(self.state),
            TURNERO_STRIPE_KEY=STRIPE_KEY,
            TURNERO_STRIPE_URL=f"http://127.0.0.1:{self.stripe_port}",
            TURNERO_STRIPE_WEBHOOK_SECRETS=STRIPE_SECRET,
            TURNERO_STRIPE_NOTICE_SECRETS=STRIPE_NOTICE_SECRET,
            **self.servers.variables(),
        )

    def catcher(self) -> ChildSpec:
        """Return the local mail server and SMS carrier."""
        ports = ["--smtp-port", str(self.smtp_port), "--http-port", str(self.catcher_port)]
        return self._python("catcher", "devtools.catcher", str(self.state / "catcher"), *ports)

    def stripe(self) -> ChildSpec:
        """Return the stand-in for Stripe, which remembers over restarts."""
        told = [f"{self.platform_url}webhooks/stripe/{kind}/" for kind in ("events", "notices")]
        options = ["--port", str(self.stripe_port), "--events", told[0], "--notices", told[1]]
        return self._python("stripe", "devtools.stripe_server", str(self.state / "stripe"), *options)

    def manage(self, name: str, *arguments: str) -> ChildSpec:
        """Return a management command."""
        return self._python(name, "config.manage", *arguments)

    def web(self) -> ChildSpec:
        """Return the web server."""
        listen = ["--host", "127.0.0.1", "--port", str(self.web_port)]
        # An open live board would hold the server for ever: cut streams after two seconds.
        quiet = ["--no-access-log", "--no-server-header", "--lifespan", "off", "--timeout-graceful-shutdown", "2"]
        return self._python("web", "uvicorn", "config.asgi:application", *listen, *quiet)

    def worker(self) -> ChildSpec:
        """Return the worker, with two processes."""
        options = ["--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        return self._celery("worker", "worker", "--pool", "prefork", *options)

    def beat(self) -> ChildSpec:
        """Return the clock that wakes the sweepers."""
        schedule = self.state / "beat" / "schedule"
        schedule.parent.mkdir(exist_ok=True)
        options = ["--loglevel", "WARNING", "--schedule", str(schedule), "--pidfile", ""]
        return self._celery("beat", "beat", *options)

    def _celery(self, name: str, *arguments: str) -> ChildSpec:
        """Describe a process of Celery without its banner."""
        warnings = ("-W", ROOT_WARNING)
        return self._python(name, "celery", "--quiet", "-A", "config.celery", *arguments, interpreter=warnings)

    def _python(self, name: str, module: str, *arguments: str, interpreter: tuple[str, ...] = ()) -> ChildSpec:
        return ChildSpec(
            name=name,
            command=[sys.executable, *interpreter, "-m", module, *arguments],
            environment=self.environment,
            ending=signal.SIGTERM,
        )
