"""App configuration of tenants."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Tenants, domains, spare schemas and due work; all of it in the public schema."""

    name = "tenants"
    label = "tenants"

    def ready(self) -> None:
        """Register the platform's own due work; keep django-tenants from watching every delete."""
        from tenants import checks, hooks, personal  # noqa: F401, PLC0415 - checks register themselves
        from tenants.services import examples, sign_up  # noqa: PLC0415
        from tenants.services.addresses.answering import CHECK_KIND  # noqa: PLC0415
        from tenants.services.addresses.checks import check_domain  # noqa: PLC0415
        from tenants.services.copies import nightly, shared  # noqa: PLC0415
        from tenants.services.erasures import erasing  # noqa: PLC0415
        from tenants.services.leaving import removal  # noqa: PLC0415

        hooks.register_due_handler("provision", sign_up.provision_sign_up)
        hooks.register_due_handler(examples.DUE_KIND, examples.drop_example)
        hooks.register_due_handler(CHECK_KIND, check_domain)
        hooks.register_due_handler(erasing.DUE_KIND, erasing.store_waiting)
        hooks.register_due_handler(erasing.AGAIN_KIND, erasing.erase_late)
        hooks.register_due_handler(removal.DUE_KIND, removal.remove_business)
        hooks.register_due_handler(nightly.DUE_KIND, nightly.back_up_tonight, takes_long=True)
        hooks.register_inventory(personal.INVENTORY)
        hooks.register_left_behind(shared.LEFT_BEHIND)
        hooks.register_outliving(shared.OUTLIVING)
        _narrow_delete_receiver()


def _narrow_delete_receiver() -> None:
    """Disconnect django-tenants' catch-all ``post_delete`` receiver.

    It listens to every model, which disables Django's fast deletes in the whole project (102
    statements against 2). Schemas are dropped by ``services.life_cycle`` alone, so it has
    nothing to do here.
    """
    from django.db.models.signals import post_delete  # noqa: PLC0415, TID251 - to take one away
    from django_tenants.signals import tenant_delete_callback  # noqa: PLC0415

    post_delete.disconnect(tenant_delete_callback)
