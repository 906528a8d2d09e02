"""What a production server is told: enough to start, leading nowhere."""

from __future__ import annotations

from hashlib import sha256

# Worked out, so that the house publishes no secret that production would take.
SECRET = sha256(b"a production server of the tests").hexdigest()
COMPLETE = {
    "TURNERO_SECRET_KEY": SECRET,
    "TURNERO_PLATFORM_HOST": "turnero.example",
    "DATABASE_URL": "postgresql://u:p@db.example:5432/turnero",
    "REDIS_URL": "redis://:p@cache.example:6379/0",
    "TURNERO_SMTP_URL": "smtp+tls://u:p@mail.example:587",
    "TURNERO_FROM_EMAIL": "citas@turnero.example",
}
