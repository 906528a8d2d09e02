"""The e-mail of who accepted may be corrected as long as nobody confirmed it; all else stays as it was (decision 11)."""

from django.db import migrations

REFUSE = "RAISE EXCEPTION 'accepted terms are append-only' USING ERRCODE = 'restrict_violation';"
FUNCTION = """
CREATE OR REPLACE FUNCTION tenants_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {correction}
    {refuse}
END $$
"""
# Only to the address that the sign-up has now, and only while the mail to it is not answered.
CORRECTION = """
    IF TG_OP = 'UPDATE' THEN
        IF NEW.email <> OLD.email
            AND to_jsonb(NEW) - 'email' = to_jsonb(OLD) - 'email'
            AND EXISTS (
                SELECT FROM tenants_signup
                WHERE id = NEW.sign_up_number AND status = 'started' AND email = NEW.email
            )
        THEN
            RETURN NEW;
        END IF;
    END IF;
"""


class Migration(migrations.Migration):
    """Replaces what the triggers call."""

    dependencies = [("tenants", "0008_example")]

    operations = [
        migrations.RunSQL(
            FUNCTION.format(correction=CORRECTION, refuse=REFUSE), FUNCTION.format(correction="", refuse=REFUSE)
        )
    ]
