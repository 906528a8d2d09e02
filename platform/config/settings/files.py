"""Where files of businesses and their archives lie: in folders of this machine, or in what speaks S3."""

from __future__ import annotations

from pathlib import Path

from config.environment import Environment, read_environment


def choose_storage(environment: Environment) -> dict[str, object]:
    """Return Django's description of the storage of pictures: the bucket when one is named, else a folder.

    An object is written again under the same name when a worker does its work a second time.
    """
    return _describe(environment, environment.s3_bucket, environment.state_dir / "files")


def choose_backup_storage(environment: Environment) -> dict[str, object]:
    """Return Django's description of the storage of archives, as `choose_storage`."""
    return _describe(environment, environment.backup_bucket, environment.backup_dir)


def _describe(environment: Environment, bucket: str, folder: Path) -> dict[str, object]:
    if not bucket:
        options = {"location": str(folder), "allow_overwrite": True, "file_permissions_mode": 0o640}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    from botocore.config import Config  # noqa: PLC0415 - of the extra [s3]

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": environment.s3_endpoint,
            "access_key": environment.s3_key,
            "secret_key": environment.s3_secret,
            "region_name": environment.s3_region,
            "client_config": Config(
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                # Somebody may wait for a picture; a worker comes again by itself.
                retries={"total_max_attempts": 2},
                connect_timeout=3,
                read_timeout=20,
            ),
            "file_overwrite": True,
            # Nobody reads the bucket but us: who may see a picture is decided by a view.
            "default_acl": None,
        },
    }


_environment = read_environment()
FILES_STORAGE = choose_storage(_environment)
BACKUPS_STORAGE = choose_backup_storage(_environment)
BACKUP_KEYS = [_environment.backup_key] if _environment.backup_key else []
"""Public keys: whoever has the other half of one of them opens the archives."""
BACKUP_WORK = _environment.state_dir / "unfinished-backups"
"""Where an archive is made and tried before it is kept."""
REPLICATION_URL = _environment.replication_url or _environment.database_url or "postgresql:///"
"""As whom the whole server is backed up."""
POSTGRES_BIN = _environment.postgres_bin
WAL_DIR = _environment.wal_dir
"""Where PostgreSQL puts its log for us to keep; None: the platform as a whole is not backed up."""
FILES_BYTES_PER_TENANT = 500_000_000
"""What one business may keep; a photo of a person takes about 60 kB in all its sizes."""
FILES_BYTES_FROM_VISITORS = 200_000_000
"""What visitors may have sent to one business, beside what it keeps itself: they never take its own room."""
