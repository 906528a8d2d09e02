"""The files of a business for copies of it: archives name them by their place inside of its own folder."""

from __future__ import annotations

from files import storage
from files.selectors.files import list_stored_objects
from tenants.context import current_tenant
from tenants.hooks import ExportRule, FileStore, register_export_rules, register_file_store
from tenants.types import TenantFile

NAME = "pictures"


def register() -> None:
    """Let copies of a business have its pictures."""
    store = FileStore(list_files=list_files, read=read_file, write=write_file, remove_all=remove_files)
    register_file_store(NAME, store)
    # What waits to be made into pictures is no picture yet.
    register_export_rules([ExportRule("files.StoredFile", where="state = 'ready'", without={"incoming": "NULL"})])


def list_files() -> list[TenantFile]:
    """Return what the current tenant has in the storage, by its rows."""
    folder = f"{current_tenant().schema_name}/"
    return [TenantFile(each.path.removeprefix(folder), each.bytes, each.sha256) for each in list_stored_objects()]


def read_file(schema_name: str, path: str) -> bytes:
    """Return what an object holds.

    Raises:
        FileUnknown: There is none.
        StorageAway: The storage does not answer.
    """
    return storage.get(f"{schema_name}/{path}")


def write_file(schema_name: str, path: str, content: bytes) -> None:
    """Store an object of a business that may not be there yet; the sweep removes it if it never comes.

    Raises:
        StorageAway: It could not be stored.
    """
    storage.put(f"{schema_name}/{path}", content)


def remove_files(schema_name: str) -> None:
    """Remove all objects of a business that is not there.

    Raises:
        StorageAway: The storage does not answer.
    """
    for kind in storage.list_folder(schema_name)[0]:
        for name in storage.list_folder(f"{schema_name}/{kind}")[1]:
            storage.remove(f"{schema_name}/{kind}/{name}")
