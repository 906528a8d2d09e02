"""App configuration of files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files of one tenant."""

    name = "files"
    label = "files"

    def ready(self) -> None:
        """Take on this room's due work; declare what is kept about people."""
        from files import personal  # noqa: PLC0415
        from files.services import brand, copies, copying, data_copies, removal, rendering, uploads  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        brand.register()
        copies.register()
        data_copies.register()
        hooks.register_due_handler(uploads.DUE_KIND, rendering.render_file)
        hooks.register_due_handler(removal.DUE_KIND, removal.finish_removal)
        hooks.register_due_handler(data_copies.MAKE_KIND, copying.make_copy, takes_long=True)
        hooks.register_due_handler(data_copies.END_KIND, data_copies.end_copy)
        hooks.register_eraser("", "files", 50, removal.erase_files)
        hooks.register_eraser("", "data_copies", 60, data_copies.erase_copies)
        hooks.register_inventory(personal.INVENTORY)
