"""Where files of businesses lie: a folder of this machine, or what speaks S3."""

from __future__ import annotations

from config.environment import Environment, read_environment


def choose_storage(environment: Environment) -> dict[str, object]:
    """Return Django's description of the storage: the bucket when one is named, else a folder.

    An object is written again under the same name when a worker does its work a second time.
    """
    if not environment.s3_bucket:
        folder = environment.state_dir / "files"
        options = {"location": str(folder), "allow_overwrite": True, "file_permissions_mode": 0o640}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    from botocore.config import Config  # noqa: PLC0415 - of the extra [s3]

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": environment.s3_bucket,
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


FILES_STORAGE = choose_storage(read_environment())
FILES_BYTES_PER_TENANT = 500_000_000
"""What one business may keep; a photo of a person takes about 60 kB in all its sizes."""
