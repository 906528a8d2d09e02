"""App configuration of audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """History wiring; each room keeps the history tables of its own models."""

    name = "audit"
    label = "audit"

    def ready(self) -> None:
        """Keep what is done to businesses; declare what is kept about people."""
        from accounts.hooks import register_change_writer, register_reset_writer  # noqa: PLC0415
        from audit import personal  # noqa: PLC0415
        from audit.services.addresses import log_address  # noqa: PLC0415
        from audit.services.platform_log import log_tenant_act  # noqa: PLC0415
        from audit.services.resets import log_person, log_reset  # noqa: PLC0415
        from audit.services.settings import log_setting  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        hooks.register_inventory(personal.INVENTORY)
        hooks.register_left_behind(
            {"audit_public.PlatformEntry": "the operators' own log, of which no row is ever written anew"}
        )
        hooks.register_outliving(
            {"audit_public.PlatformEntry": "the operators' own log, out of which nothing is taken"}
        )
        hooks.register_act_writer(log_tenant_act)
        hooks.register_address_writer(log_address)
        hooks.register_setting_writer(log_setting)
        register_reset_writer(log_reset)
        register_change_writer(log_person)
